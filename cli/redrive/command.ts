import type { Command } from 'commander';
import { CliError } from '../shared/cli-error.ts';
import { contextOf, type ProgramIo } from '../shared/context.ts';
import { exampleHelp, exitCodesHelp } from '../shared/help-text.ts';
import { DEFAULT_TIMEOUT_SECONDS, timeoutArgument } from '../shared/number-argument.ts';
import { waitContext } from '../shared/waiting.ts';
import { redriveAll } from './redrive-all.ts';
import { redriveOne } from './redrive-one.ts';

interface Options {
  readonly all?: true;
  readonly force?: true;
  readonly timeout: number;
}

const EXAMPLES = exampleHelp(
  'redrive genesys/voicemail',
  'redrive arn:aws:states:eu-central-1:111122223333:execution:genesys-token-rotation:…',
  'redrive --all          (after an outage)',
);

/** Declares `redrive`: resumes failed rotations in the state that failed. */
export function addRedrive(program: Command, io: ProgramIo): void {
  program
    .command('redrive')
    .summary('resume a failed rotation in the state that failed')
    .description(
      'Reports what failed and whether the cause seems fixed, redrives the execution, and follows it to its end. If the rotation is already running, follows it.',
    )
    .argument('[secret-or-execution]', 'name or ARN of the secret, or ARN of an execution')
    .option('--all', 'redrive every credential whose rotation failed and has not succeeded since')
    .option('--force', 'redrive even if the cause does not seem fixed')
    .option(
      '--timeout <seconds>',
      'how long to wait for each execution',
      timeoutArgument,
      DEFAULT_TIMEOUT_SECONDS,
    )
    .addHelpText('after', EXAMPLES)
    .addHelpText(
      'after',
      exitCodesHelp('done', 'failed', 'usage', 'rotationFailed', 'refused', 'stillRunning', 'interrupted'),
    )
    .action(async (subject: string | undefined, options: Options, command: Command) => {
      const { all = false, force = false, timeout } = options;
      if (all === (subject !== undefined)) {
        throw new CliError(
          'usage',
          'Name a secret or an execution, or use --all, not both. Run with --help for usage.',
        );
      }
      const context = waitContext(contextOf(command, io));
      const how = { force, timeoutMs: timeout * 1_000 };
      if (subject === undefined) await redriveAll(how, context);
      else await redriveOne(subject, how, context);
    });
}

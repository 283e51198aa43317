import type { Command } from 'commander';
import { CliError } from '../shared/cli-error.ts';
import { contextOf, type Surroundings } from '../shared/context.ts';
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

/** Declares `redrive`: failed rotations go on where they failed. */
export function addRedrive(program: Command, surroundings: Surroundings): void {
  program
    .command('redrive')
    .summary('let a failed rotation go on where it failed')
    .description(
      'Says what failed and whether the cause looks gone, lets the execution go on at the state that failed, and follows it to its end. A rotation that runs already is followed.',
    )
    .argument('[secret-or-execution]', 'name or ARN of the secret, or ARN of an execution')
    .option('--all', 'every credential whose rotation failed and has not succeeded since')
    .option('--force', 'also where the cause does not look gone')
    .option('--timeout <seconds>', 'how long to wait for each', timeoutArgument, DEFAULT_TIMEOUT_SECONDS)
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
          'Name a secret or an execution, or use --all, and not both. Add --help for what is possible.',
        );
      }
      const context = waitContext(contextOf(command, surroundings));
      const how = { force, timeoutMs: timeout * 1_000 };
      if (subject === undefined) await redriveAll(how, context);
      else await redriveOne(subject, how, context);
    });
}

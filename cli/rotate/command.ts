import type { Command } from 'commander';
import { contextOf, type ProgramIo } from '../shared/context.ts';
import { exampleHelp, exitCodesHelp } from '../shared/help-text.ts';
import { DEFAULT_TIMEOUT_SECONDS, timeoutArgument } from '../shared/number-argument.ts';
import { waitContext } from '../shared/waiting.ts';
import { rotate } from './rotate.ts';

/** Declares `rotate`: rotates a credential now. */
export function addRotate(program: Command, io: ProgramIo): void {
  program
    .command('rotate')
    .summary('rotate a credential now')
    .description(
      'Rotates a credential now with RotateSecret, shows when each state is entered, retried and left, and reports the result.',
    )
    .argument('<secret>', 'name or ARN of the secret')
    .option('--timeout <seconds>', 'how long to wait', timeoutArgument, DEFAULT_TIMEOUT_SECONDS)
    .option('--no-wait', 'start the rotation and exit')
    .addHelpText(
      'after',
      exampleHelp('rotate genesys/voicemail', 'rotate genesys/voicemail --no-wait --json'),
    )
    .addHelpText(
      'after',
      exitCodesHelp('done', 'failed', 'usage', 'rotationFailed', 'stillRunning', 'interrupted'),
    )
    .action(
      async (secretId: string, { timeout, wait }: { timeout: number; wait: boolean }, command: Command) => {
        await rotate({ secretId, timeoutMs: timeout * 1_000, wait }, waitContext(contextOf(command, io)));
      },
    );
}

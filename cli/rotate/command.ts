import type { Command } from 'commander';
import { contextOf, type Surroundings } from '../shared/context.ts';
import { exampleHelp, exitCodesHelp } from '../shared/help-text.ts';
import { DEFAULT_TIMEOUT_SECONDS, timeoutArgument } from '../shared/number-argument.ts';
import { waitContext } from '../shared/waiting.ts';
import { rotate } from './rotate.ts';

/** Declares `rotate`: a rotation now. */
export function addRotate(program: Command, surroundings: Surroundings): void {
  program
    .command('rotate')
    .summary('rotate a credential now')
    .description(
      'Lets Secrets Manager rotate a credential now, shows the states of the rotation as they are entered, retried and left, and how it ended.',
    )
    .argument('<secret>', 'name or ARN of the secret')
    .option('--timeout <seconds>', 'how long to wait', timeoutArgument, DEFAULT_TIMEOUT_SECONDS)
    .option('--no-wait', 'start it and do not wait')
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
        await rotate(
          { secretId, timeoutMs: timeout * 1_000, wait },
          waitContext(contextOf(command, surroundings)),
        );
      },
    );
}

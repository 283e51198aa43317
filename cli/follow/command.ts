import type { Command } from 'commander';
import { contextOf, type ProgramIo } from '../shared/context.ts';
import { exampleHelp, exitCodesHelp } from '../shared/help-text.ts';
import { DEFAULT_TIMEOUT_SECONDS, timeoutArgument } from '../shared/number-argument.ts';
import { waitContext } from '../shared/waiting.ts';
import { followRotation } from './follow-rotation.ts';

/** Declares `follow`: shows a running rotation. */
export function addFollow(program: Command, io: ProgramIo): void {
  program
    .command('follow')
    .summary('show a running rotation until it ends')
    .description(
      'Shows when each state of the running rotation is entered, retried and left, and reports the result. Changes nothing. If no rotation is running, shows the health of the credential.',
    )
    .argument('<secret>', 'name or ARN of the secret')
    .option('--timeout <seconds>', 'how long to wait', timeoutArgument, DEFAULT_TIMEOUT_SECONDS)
    .addHelpText('after', exampleHelp('follow genesys/voicemail'))
    .addHelpText(
      'after',
      exitCodesHelp('done', 'failed', 'usage', 'rotationFailed', 'unhealthy', 'stillRunning', 'interrupted'),
    )
    .action(async (secretId: string, { timeout }: { timeout: number }, command: Command) => {
      await followRotation(secretId, timeout * 1_000, waitContext(contextOf(command, io)));
    });
}

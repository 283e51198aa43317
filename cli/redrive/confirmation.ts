import { confirm } from '@clack/prompts';
import { interrupted, type WaitContext } from '../shared/waiting.ts';

/**
 * Asks the user for confirmation.
 *
 * @returns false if the user declines or there is no terminal
 * @throws CliError interrupted
 */
export async function confirmRedrive(
  message: string,
  { terminal, signal }: Pick<WaitContext, 'terminal' | 'signal'>,
): Promise<boolean> {
  if (!terminal.isInteractive) return false;
  const answer = await confirm({
    message,
    initialValue: false,
    input: terminal.in,
    output: terminal.err,
    signal,
  });
  if (typeof answer !== 'boolean') throw interrupted('Nothing was redriven.');
  return answer;
}

import { confirm } from '@clack/prompts';
import { interrupted, type WaitContext } from '../shared/waiting.ts';

/**
 * Asks the person at the terminal.
 *
 * @returns false when there is nobody to ask, too
 * @throws CliError interrupted
 */
export async function consents(
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

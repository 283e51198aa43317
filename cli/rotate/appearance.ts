import { describeExecution, isTransient } from '../../functions/shared/executions.ts';
import { interrupted, type WaitContext } from '../shared/waiting.ts';

/** How long apart to look, in ms: DescribeExecution has the smallest quota, and others need it more. */
const PAUSE_MS = 1_000;

/**
 * Waits until an execution exists.
 *
 * @returns false when the time is over first
 * @throws CliError interrupted
 */
export async function appears(
  executionArn: string,
  untilMs: number,
  { aws, time, signal }: Pick<WaitContext, 'aws' | 'time' | 'signal'>,
): Promise<boolean> {
  for (;;) {
    try {
      if ((await describeExecution(executionArn, aws)) !== undefined) return true;
    } catch (error) {
      if (!isTransient(error)) throw error;
    }
    const leftMs = untilMs - time.nowMs();
    if (leftMs <= 0) return false;
    await time.sleep(Math.min(PAUSE_MS, leftMs), signal);
    if (signal.aborted) throw interrupted('Secrets Manager goes on with the rotation.');
  }
}

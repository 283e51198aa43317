import {
  describeExecution,
  type ExecutionDescription,
  isTransient,
} from '../../functions/shared/executions/executions.ts';
import { interrupted, type WaitContext } from './waiting.ts';

/** Secrets Manager starts the execution within seconds. After this time, in ms, it could not run the function. */
export const MAX_START_MS = 30_000;

/** The pause between two polls, in ms: DescribeExecution has the smallest quota, and others need it more. */
const PAUSE_MS = 1_000;

/**
 * Polls until an execution exists and, where a condition is given, meets it.
 *
 * @returns false when the time is over first
 * @throws CliError interrupted
 */
export async function appears(
  executionArn: string,
  untilMs: number,
  { aws, time, signal }: Pick<WaitContext, 'aws' | 'time' | 'signal'>,
  isAwaited: (execution: ExecutionDescription) => boolean = () => true,
): Promise<boolean> {
  for (;;) {
    try {
      const found = await describeExecution(executionArn, aws);
      if (found !== undefined && isAwaited(found)) return true;
    } catch (error) {
      if (!isTransient(error)) throw error;
    }
    const leftMs = untilMs - time.nowMs();
    if (leftMs <= 0) return false;
    await time.sleep(Math.min(PAUSE_MS, leftMs), signal);
    if (signal.aborted) throw interrupted('Secrets Manager continues the rotation.');
  }
}

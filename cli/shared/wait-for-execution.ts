import {
  describeExecution,
  type ExecutionDescription,
  isTransient,
} from '../../functions/shared/executions/executions.ts';
import { interrupted, type WaitContext } from './waiting.ts';

/** Secrets Manager starts the execution within seconds. After this time, in ms, it has failed to run the function. */
export const MAX_START_MS = 30_000;

/** Polling interval in ms. DescribeExecution has the smallest quota, and the rotations need it. */
const PAUSE_MS = 1_000;

/**
 * Polls until an execution exists and meets the condition, if one is given.
 *
 * @returns false on timeout
 * @throws CliError interrupted
 */
export async function waitForExecution(
  executionArn: string,
  untilMs: number,
  { aws, time, signal }: Pick<WaitContext, 'aws' | 'time' | 'signal'>,
  condition: (execution: ExecutionDescription) => boolean = () => true,
): Promise<boolean> {
  for (;;) {
    try {
      const found = await describeExecution(executionArn, aws);
      if (found !== undefined && condition(found)) return true;
    } catch (error) {
      if (!isTransient(error)) throw error;
    }
    const leftMs = untilMs - time.nowMs();
    if (leftMs <= 0) return false;
    await time.sleep(Math.min(PAUSE_MS, leftMs), signal);
    if (signal.aborted) throw interrupted('Secrets Manager continues the rotation.');
  }
}

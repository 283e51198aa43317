import { RotationFailed, RotationStillRunning } from '../shared/errors.ts';
import { functionMessage } from '../shared/execution-data.ts';
import {
  describeExecution,
  type ExecutionDescription,
  hasFailed,
  isRunning,
  isTransient,
  type StateMachineAccess,
} from '../shared/executions.ts';
import { runbookEntryOf } from '../shared/verdict.ts';
import { waitBeforeLookMs } from './polling.ts';

/** What waiting for an execution needs. */
export interface WaitDependencies extends StateMachineAccess {
  readonly sleep: (ms: number) => Promise<void>;
  readonly random: () => number;
  /** The function's own remaining time, in ms. */
  readonly remainingMs: () => number;
}

/** An execution that is or will be running. */
export interface RunningExecution {
  readonly executionArn: string;
  /** A closed status with fewer redrives than this is an old answer: DescribeExecution lags behind. */
  readonly redriveCount: number;
}

/** What the function needs to answer once it gives up waiting, in ms. */
export const TIME_TO_ANSWER_MS = 2_000;

/** TIMED_OUT and ABORTED come without an error. */
const CLOSED_OTHERWISE: ReadonlyMap<string, string> = new Map([
  ['TIMED_OUT', 'ran out of time'],
  ['ABORTED', 'was stopped'],
]);

/**
 * Waits until an execution closes.
 *
 * @throws RotationStillRunning the function's own time is nearly over
 */
export async function awaitExecution(
  running: RunningExecution,
  dependencies: WaitDependencies,
): Promise<ExecutionDescription> {
  for (let look = 0; ; look++) {
    const leftMs = assertTimeLeft(running.executionArn, dependencies);
    await dependencies.sleep(Math.min(waitBeforeLookMs(look, dependencies.random), leftMs));
    const found = await describeExecution(running.executionArn, dependencies).catch(error => {
      if (!isTransient(error)) throw error;
    });
    if (!found || isRunning(found)) continue;
    if (hasFailed(found) && (found.redriveCount ?? 0) < running.redriveCount) continue;
    return found;
  }
}

/** What is known of an execution now; looks again while the look itself fails in passing. */
export async function lookAtExecution(
  executionArn: string,
  dependencies: WaitDependencies,
): Promise<ExecutionDescription | undefined> {
  for (let look = 0; ; look++) {
    try {
      return await describeExecution(executionArn, dependencies);
    } catch (error) {
      const leftMs = timeLeftMs(dependencies);
      if (!isTransient(error) || leftMs <= 0) throw error;
      await dependencies.sleep(Math.min(waitBeforeLookMs(look, dependencies.random), leftMs));
    }
  }
}

/**
 * @returns the ms that may still be waited
 * @throws RotationStillRunning there are none
 */
export function assertTimeLeft(executionArn: string, dependencies: WaitDependencies): number {
  const leftMs = timeLeftMs(dependencies);
  if (leftMs > 0) return leftMs;
  throw new RotationStillRunning(
    `Execution ${executionArn} is still running, and the time of this function is over. Nothing is lost: the execution goes on, and the next call attaches to it.`,
  );
}

function timeLeftMs({ remainingMs }: WaitDependencies): number {
  return remainingMs() - TIME_TO_ANSWER_MS;
}

/**
 * @returns the ARN of a closed execution that succeeded
 * @throws RotationFailed names the error and its message
 */
export function succeededOrThrow(closed: ExecutionDescription): string {
  const arn = closed.executionArn ?? '';
  if (closed.status === 'SUCCEEDED') return arn;
  const what = CLOSED_OTHERWISE.get(closed.status ?? '') ?? `failed with ${closed.error ?? 'no error name'}`;
  throw new RotationFailed(
    `Execution ${arn} ${what}: ${causeOf(closed)} It can be redriven once the cause is gone.`,
    runbookEntryOf({ isFailed: closed.status === 'FAILED', error: closed.error }),
  );
}

function causeOf({ cause }: ExecutionDescription): string {
  return functionMessage(cause) ?? cause ?? 'no cause is given.';
}

import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { RotationFailed, RotationStillRunning } from '../shared/errors.ts';
import { functionMessage } from '../shared/executions/execution-data.ts';
import type { RotationIdentity } from '../shared/executions/execution-name.ts';
import {
  describeExecution,
  type ExecutionDescription,
  hasFailed,
  isRunning,
  isTransient,
  type StateMachineAccess,
} from '../shared/executions/executions.ts';
import { runbookEntryOf } from '../shared/executions/verdict.ts';
import { oneLine } from '../shared/output/plain-text.ts';
import {
  describeSecret,
  type RotationProgress,
  rotationProgress,
} from '../shared/secrets/secret-versions.ts';
import { EXECUTION_POLLING, FAILURE_POLLING, LABEL_POLLING, waitBeforePollMs } from './polling.ts';

/** Dependencies of waiting for an execution. */
export interface WaitDependencies extends StateMachineAccess {
  readonly secrets: SecretsManagerClient;
  readonly sleep: (ms: number) => Promise<void>;
  readonly random: () => number;
  /** The function's own remaining time, in ms. */
  readonly remainingMs: () => number;
}

/** An execution that is running or about to run. */
export interface RunningExecution {
  readonly executionArn: string;
  /** A closed status with fewer redrives is stale: DescribeExecution is eventually consistent. */
  readonly redriveCount: number;
}

/** The time to respond after the function stops waiting, in ms. */
export const RESPONSE_RESERVE_MS = 2_000;

/** Anyone who stops an execution writes its cause, so the length of a cause without a function's message is limited. */
const MAX_CAUSE_LENGTH = 500;

/** TIMED_OUT and ABORTED executions have no error. */
const CLOSED_WITHOUT_ERROR: ReadonlyMap<string, string> = new Map([
  ['TIMED_OUT', 'timed out'],
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
  for (let poll = 0; ; poll++) {
    await pause(waitBeforePollMs(poll, EXECUTION_POLLING, dependencies.random), running, dependencies);
    const closed = await findClosed(running, dependencies);
    if (closed !== undefined) return closed;
  }
}

/**
 * Waits until AWSCURRENT is on the rotation's version, or its execution closes. It polls the labels for success. It
 * polls the execution rarely, but immediately when AWSPENDING has left the rotation's version.
 *
 * @returns undefined when the rotation is complete; its execution may not have closed yet
 * @throws RotationStillRunning the function's own time is nearly over
 */
export async function awaitRotation(
  running: RunningExecution,
  { secretArn, clientRequestToken }: RotationIdentity,
  dependencies: WaitDependencies,
): Promise<ExecutionDescription | undefined> {
  const { random, remainingMs } = dependencies;
  const initialRemainingMs = remainingMs();
  let executionPolls = 0;
  let executionDueMs = waitBeforePollMs(0, FAILURE_POLLING, random);
  let lastProgress: RotationProgress = 'pending';
  for (let poll = 0; ; poll++) {
    await pause(waitBeforePollMs(poll, LABEL_POLLING, random), running, dependencies);
    const progress: RotationProgress =
      (await progressNow(secretArn, clientRequestToken, dependencies)) ?? lastProgress;
    if (progress === 'complete') return undefined;
    const hasLeft = progress === 'elsewhere' && lastProgress !== 'elsewhere';
    lastProgress = progress;
    const elapsedMs = initialRemainingMs - remainingMs();
    if (!hasLeft && elapsedMs < executionDueMs) continue;
    executionPolls += 1;
    executionDueMs = elapsedMs + waitBeforePollMs(executionPolls, FAILURE_POLLING, random);
    const closed = await findClosed(running, dependencies);
    if (closed !== undefined) return closed;
  }
}

/** @returns undefined when the poll itself was throttled or failed */
async function progressNow(
  secretArn: string,
  versionId: string,
  { secrets }: WaitDependencies,
): Promise<RotationProgress | undefined> {
  try {
    return rotationProgress(await describeSecret(secrets, secretArn), versionId);
  } catch (error) {
    if (!isTransient(error)) throw error;
    return undefined;
  }
}

/** @returns undefined while the execution runs or its status may be stale, and when the poll itself failed */
async function findClosed(
  { executionArn, redriveCount }: RunningExecution,
  dependencies: WaitDependencies,
): Promise<ExecutionDescription | undefined> {
  const found = await describeExecution(executionArn, dependencies).catch(error => {
    if (!isTransient(error)) throw error;
  });
  if (!found || isRunning(found)) return undefined;
  return hasFailed(found) && (found.redriveCount ?? 0) < redriveCount ? undefined : found;
}

/** @throws RotationStillRunning no time is left */
async function pause(
  ms: number,
  { executionArn }: RunningExecution,
  dependencies: WaitDependencies,
): Promise<void> {
  const leftMs = assertTimeLeft(executionArn, dependencies);
  await dependencies.sleep(Math.min(ms, leftMs));
}

/** Describes an execution; retries on transient errors. */
export async function describeWithRetries(
  executionArn: string,
  dependencies: WaitDependencies,
): Promise<ExecutionDescription | undefined> {
  for (let poll = 0; ; poll++) {
    try {
      return await describeExecution(executionArn, dependencies);
    } catch (error) {
      const leftMs = timeLeftMs(dependencies);
      if (!isTransient(error) || leftMs <= 0) throw error;
      await dependencies.sleep(
        Math.min(waitBeforePollMs(poll, EXECUTION_POLLING, dependencies.random), leftMs),
      );
    }
  }
}

/**
 * @returns the remaining time to wait, in ms
 * @throws RotationStillRunning no time is left
 */
export function assertTimeLeft(executionArn: string, dependencies: WaitDependencies): number {
  const leftMs = timeLeftMs(dependencies);
  if (leftMs > 0) return leftMs;
  throw new RotationStillRunning(
    `Execution ${executionArn} is still running, but this function is out of time. The execution keeps running, and the next call attaches to it.`,
  );
}

function timeLeftMs({ remainingMs }: WaitDependencies): number {
  return remainingMs() - RESPONSE_RESERVE_MS;
}

/**
 * @returns the ARN of a closed execution that succeeded
 * @throws RotationFailed names the error and its message
 */
export function succeededOrThrow(closed: ExecutionDescription): string {
  const arn = closed.executionArn ?? '';
  if (closed.status === 'SUCCEEDED') return arn;
  const what =
    CLOSED_WITHOUT_ERROR.get(closed.status ?? '') ?? `failed with ${closed.error ?? 'no error name'}`;
  throw new RotationFailed(
    `Execution ${arn} ${what}: ${causeOf(closed)} Fix the cause, then redrive it.`,
    runbookEntryOf({ isFailed: closed.status === 'FAILED', error: closed.error }),
  );
}

function causeOf({ cause }: ExecutionDescription): string {
  return (
    functionMessage(cause) ?? (cause === undefined ? 'no cause is given.' : oneLine(cause, MAX_CAUSE_LENGTH))
  );
}

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

/** What waiting for an execution needs. */
export interface WaitDependencies extends StateMachineAccess {
  readonly secrets: SecretsManagerClient;
  readonly sleep: (ms: number) => Promise<void>;
  readonly random: () => number;
  /** The function's own remaining time, in ms. */
  readonly remainingMs: () => number;
}

/** An execution that is or will be running. */
export interface RunningExecution {
  readonly executionArn: string;
  /** A closed status with fewer redrives than this is an old one: DescribeExecution is eventually consistent. */
  readonly redriveCount: number;
}

/** What the function needs to respond once it gives up waiting, in ms. */
export const RESPONSE_RESERVE_MS = 2_000;

/** A cause that is not a function's message may quote anything; whoever stops an execution writes it. */
const MAX_CAUSE_LENGTH = 500;

/** TIMED_OUT and ABORTED come without an error. */
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
 * Waits until AWSCURRENT is on the rotation's version, or until its execution closes otherwise. The labels show the
 * success; the execution is asked seldom, and at once when AWSPENDING has left the rotation's version.
 *
 * @returns undefined when the rotation is complete; its execution may have its last transition still to make
 * @throws RotationStillRunning the function's own time is nearly over
 */
export async function awaitRotation(
  running: RunningExecution,
  { secretArn, clientRequestToken }: RotationIdentity,
  dependencies: WaitDependencies,
): Promise<ExecutionDescription | undefined> {
  const { random, remainingMs } = dependencies;
  const begunMs = remainingMs();
  let executionPolls = 0;
  let executionDueMs = waitBeforePollMs(0, FAILURE_POLLING, random);
  let before: RotationProgress = 'pending';
  for (let poll = 0; ; poll++) {
    await pause(waitBeforePollMs(poll, LABEL_POLLING, random), running, dependencies);
    const progress: RotationProgress =
      (await progressNow(secretArn, clientRequestToken, dependencies)) ?? before;
    if (progress === 'complete') return undefined;
    const hasLeft = progress === 'elsewhere' && before !== 'elsewhere';
    before = progress;
    const passedMs = begunMs - remainingMs();
    if (!hasLeft && passedMs < executionDueMs) continue;
    executionPolls += 1;
    executionDueMs = passedMs + waitBeforePollMs(executionPolls, FAILURE_POLLING, random);
    const closed = await findClosed(running, dependencies);
    if (closed !== undefined) return closed;
  }
}

/** @returns undefined when the poll was throttled or failed by itself: that says nothing about the rotation */
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

/** @returns undefined while the execution runs, while a status may be an old one, and when the poll itself failed */
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

/** @throws RotationStillRunning there is no time left to wait */
async function pause(
  ms: number,
  { executionArn }: RunningExecution,
  dependencies: WaitDependencies,
): Promise<void> {
  const leftMs = assertTimeLeft(executionArn, dependencies);
  await dependencies.sleep(Math.min(ms, leftMs));
}

/** What is known of an execution now; polls again while the poll itself fails in passing. */
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
 * @returns the ms that may still be waited
 * @throws RotationStillRunning there are none
 */
export function assertTimeLeft(executionArn: string, dependencies: WaitDependencies): number {
  const leftMs = timeLeftMs(dependencies);
  if (leftMs > 0) return leftMs;
  throw new RotationStillRunning(
    `Execution ${executionArn} is still running, and this function is out of time. Nothing is lost: the execution keeps running, and the next call attaches to it.`,
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
    `Execution ${arn} ${what}: ${causeOf(closed)} It can be redriven once the cause is gone.`,
    runbookEntryOf({ isFailed: closed.status === 'FAILED', error: closed.error }),
  );
}

function causeOf({ cause }: ExecutionDescription): string {
  return (
    functionMessage(cause) ?? (cause === undefined ? 'no cause is given.' : oneLine(cause, MAX_CAUSE_LENGTH))
  );
}

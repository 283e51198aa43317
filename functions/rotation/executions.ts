import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  ExecutionNotRedrivable,
  RedriveExecutionCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { RotationFailed, RotationStillRunning } from '../shared/errors.ts';
import { waitBeforeLookMs } from './polling.ts';

/** What following an execution needs. */
export interface ExecutionDependencies {
  readonly stepFunctions: SFNClient;
  readonly stateMachineArn: string;
  readonly sleep: (ms: number) => Promise<void>;
  readonly random: () => number;
  /** The function's own remaining time, in ms. */
  readonly remainingMs: () => number;
}

/** An execution that is or will be running. */
interface Running {
  readonly executionArn: string;
  /** A closed status with fewer redrives than this is an old answer: DescribeExecution lags behind. */
  readonly redriveCount: number;
}

/** What the function needs to answer once it gives up waiting, in ms. */
const TIME_TO_ANSWER_MS = 2_000;

/** How long to wait before looking again at an execution that somebody else seems to have redriven, in ms. */
const RACE_PAUSE_MS = 500;

/** Names of passing faults that the SDK does not mark as such. */
const TRANSIENT = new Set(['ThrottlingException', 'TimeoutError', 'ServiceUnavailable', 'InternalFailure']);

/** TIMED_OUT and ABORTED come without an error. */
const CLOSED_OTHERWISE: ReadonlyMap<string, string> = new Map([
  ['TIMED_OUT', 'ran out of time'],
  ['ABORTED', 'was stopped'],
]);

const RUNNING = new Set(['RUNNING', 'PENDING_REDRIVE']);

/**
 * Starts the execution of a rotation; attaches to the one that runs; redrives the one that failed; or starts the
 * next attempt after one that cannot be redriven any more. Then waits for it.
 *
 * @param nameOf gives the name of attempt 1, 2, …
 * @returns the ARN of the execution that succeeded
 * @throws RotationFailed, RotationStillRunning
 */
export async function runExecution(
  nameOf: (attempt: number) => string,
  input: object,
  dependencies: ExecutionDependencies,
): Promise<string> {
  const running = await startOrAttach(nameOf, input, dependencies);
  return awaitExecution(running, dependencies);
}

/**
 * Waits for the latest execution of a rotation without starting or redriving one.
 *
 * @returns its ARN, or undefined when there is none
 * @throws RotationFailed, RotationStillRunning
 */
export async function awaitLatestExecution(
  nameOf: (attempt: number) => string,
  dependencies: ExecutionDependencies,
): Promise<string | undefined> {
  let latest: DescribeExecutionCommandOutput | undefined;
  for (let attempt = 1; ; attempt++) {
    const found = await firstLook(executionArn(nameOf(attempt), dependencies), dependencies);
    if (found === undefined) break;
    latest = found;
    if (RUNNING.has(found.status ?? '') || found.status === 'SUCCEEDED') break;
  }
  if (latest?.executionArn === undefined) return undefined;
  if (RUNNING.has(latest.status ?? '')) {
    return awaitExecution(
      { executionArn: latest.executionArn, redriveCount: latest.redriveCount ?? 0 },
      dependencies,
    );
  }
  return succeededOrThrow(latest);
}

async function startOrAttach(
  nameOf: (attempt: number) => string,
  input: object,
  dependencies: ExecutionDependencies,
): Promise<Running> {
  let attempt = 1;
  for (;;) {
    const name = nameOf(attempt);
    const arn = executionArn(name, dependencies);
    if (await start(name, input, dependencies)) return { executionArn: arn, redriveCount: 0 };

    const found = await firstLook(arn, dependencies);
    const redriveCount = found?.redriveCount ?? 0;
    // One that is not visible yet was started a moment ago.
    if (found === undefined || !hasFailed(found)) return { executionArn: arn, redriveCount };
    if (found.redriveStatus !== 'REDRIVABLE') {
      attempt++;
    } else if (await redrive(arn, dependencies)) {
      return { executionArn: arn, redriveCount: redriveCount + 1 };
    } else {
      // Somebody else redrives it at this moment, or its time is over: the next look tells.
      assertTimeLeft(arn, dependencies);
      await dependencies.sleep(RACE_PAUSE_MS);
    }
  }
}

async function awaitExecution(running: Running, dependencies: ExecutionDependencies): Promise<string> {
  for (let look = 0; ; look++) {
    const waitMs = waitBeforeLookMs(look, dependencies.random);
    const leftMs = assertTimeLeft(running.executionArn, dependencies);
    await dependencies.sleep(Math.min(waitMs, leftMs));
    const found = await describe(running.executionArn, dependencies).catch(error => {
      if (!isTransient(error)) throw error;
    });
    if (!found || RUNNING.has(found.status ?? '')) continue;
    if (hasFailed(found) && (found.redriveCount ?? 0) < running.redriveCount) continue;
    return succeededOrThrow(found);
  }
}

/** What is known of an execution; looks again while the look itself fails in passing. */
async function firstLook(
  arn: string,
  dependencies: ExecutionDependencies,
): Promise<DescribeExecutionCommandOutput | undefined> {
  for (let look = 0; ; look++) {
    try {
      return await describe(arn, dependencies);
    } catch (error) {
      const leftMs = dependencies.remainingMs() - TIME_TO_ANSWER_MS;
      if (!isTransient(error) || leftMs <= 0) throw error;
      await dependencies.sleep(Math.min(waitBeforeLookMs(look, dependencies.random), leftMs));
    }
  }
}

/** @returns false when an execution of that name exists, whatever its input was and whether or not it still runs */
async function start(name: string, input: object, dependencies: ExecutionDependencies): Promise<boolean> {
  try {
    await dependencies.stepFunctions.send(
      new StartExecutionCommand({
        stateMachineArn: dependencies.stateMachineArn,
        name,
        input: JSON.stringify(input),
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ExecutionAlreadyExists) return false;
    throw error;
  }
}

/** @returns false when it cannot be redriven, or not any more */
async function redrive(arn: string, { stepFunctions }: ExecutionDependencies): Promise<boolean> {
  try {
    await stepFunctions.send(new RedriveExecutionCommand({ executionArn: arn }));
    return true;
  } catch (error) {
    if (error instanceof ExecutionNotRedrivable) return false;
    throw error;
  }
}

async function describe(
  arn: string,
  { stepFunctions }: ExecutionDependencies,
): Promise<DescribeExecutionCommandOutput | undefined> {
  try {
    return await stepFunctions.send(new DescribeExecutionCommand({ executionArn: arn }));
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return undefined;
    throw error;
  }
}

function hasFailed({ status }: DescribeExecutionCommandOutput): boolean {
  return status !== 'SUCCEEDED' && !RUNNING.has(status ?? '');
}

function succeededOrThrow(closed: DescribeExecutionCommandOutput): string {
  const arn = closed.executionArn ?? '';
  if (closed.status === 'SUCCEEDED') return arn;
  const what = CLOSED_OTHERWISE.get(closed.status ?? '') ?? `failed with ${closed.error ?? 'no error name'}`;
  throw new RotationFailed(
    `Execution ${arn} ${what}: ${causeMessage(closed.cause)} It can be redriven once the cause is gone.`,
  );
}

/** The message of the function that failed. A cause is the JSON that Lambda gives; other services give a text. */
function causeMessage(cause: string | undefined): string {
  if (cause === undefined) return 'no cause is given.';
  try {
    const parsed: unknown = JSON.parse(cause);
    const message =
      typeof parsed === 'object' && parsed !== null && 'errorMessage' in parsed && parsed.errorMessage;
    return typeof message === 'string' ? message : cause;
  } catch {
    return cause;
  }
}

/** @returns the ms that may still be waited */
function assertTimeLeft(arn: string, { remainingMs }: ExecutionDependencies): number {
  const leftMs = remainingMs() - TIME_TO_ANSWER_MS;
  if (leftMs > 0) return leftMs;
  throw new RotationStillRunning(
    `Execution ${arn} is still running, and the time of this function is over. Nothing is lost: the execution goes on, and the next call attaches to it.`,
  );
}

/** Whether a look was throttled or failed by itself: that says nothing about the execution. */
function isTransient(error: unknown): boolean {
  const { $fault, $retryable, name } = error as { $fault?: string; $retryable?: object; name?: string };
  return $fault === 'server' || $retryable !== undefined || TRANSIENT.has(name ?? '');
}

function executionArn(name: string, { stateMachineArn }: ExecutionDependencies): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

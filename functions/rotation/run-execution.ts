import { functionMessage } from '../shared/executions/execution-data.ts';
import { attemptName, type Purpose, type RotationIdentity } from '../shared/executions/execution-name.ts';
import {
  type ExecutionDescription,
  executionArnOf,
  executionNamedIn,
  hasFailed,
  isRunning,
  redriveExecution,
  startExecution,
} from '../shared/executions/executions.ts';
import { log } from '../shared/telemetry/log.ts';
import {
  assertTimeLeft,
  awaitExecution,
  awaitRotation,
  describeWithRetries,
  type RunningExecution,
  succeededOrThrow,
  type WaitDependencies,
} from './await-execution.ts';

/** What an execution of the workflow is for. */
export interface RunRequest {
  readonly rotation: RotationIdentity;
  readonly purpose: Purpose;
  readonly sealedRotationToken: string | null;
}

/** The input of an execution. */
interface ExecutionInput extends Pick<RunRequest, 'purpose' | 'sealedRotationToken'> {
  readonly secretArn: string;
  readonly versionId: string;
}

/** A redrive that is refused this often, at these intervals in ms, is impossible, whatever DescribeExecution says. */
export const MAX_REFUSALS = 3;
const REFUSED_REDRIVE_PAUSE_MS = 500;

/** How many executions in a row may have to be redriven before this one can go on. */
export const MAX_UNSETTLED = 3;

/**
 * Starts the execution of a rotation, attaches to the one that runs, or redrives the one that failed. The next attempt
 * is started after one that cannot be redriven, and after one that succeeded: whoever calls this has seen that the
 * rotation is not complete, because somebody rolled it back. Then waits for it.
 *
 * An execution that ends in ExchangeUnsettled needs another one to be redriven first, and then a redrive of its own.
 *
 * @returns the ARN of the execution that has succeeded, or has completed the rotation
 * @throws RotationFailed, RotationStillRunning
 */
export async function runExecution(request: RunRequest, dependencies: WaitDependencies): Promise<string> {
  let running = await startOrAttach(request, dependencies);
  for (let unsettled = 0; ; unsettled++) {
    const closed =
      request.purpose === 'rotate'
        ? await awaitRotation(running, request.rotation, dependencies)
        : await awaitExecution(running, dependencies);
    if (closed === undefined) return running.executionArn;
    const ownerArn = unsettledOwner(closed, dependencies);
    if (ownerArn === undefined || unsettled >= MAX_UNSETTLED) return succeededOrThrow(closed);
    const owner = await redriveFailed(
      ownerArn,
      await describeWithRetries(ownerArn, dependencies),
      dependencies,
    );
    if (owner !== undefined) await awaitExecution(owner, dependencies);
    const again = await redriveFailed(running.executionArn, closed, dependencies);
    if (again === undefined) return succeededOrThrow(closed);
    running = again;
  }
}

/**
 * Waits for the latest execution of a rotation without starting or redriving one.
 *
 * @returns its ARN, or undefined when there is none
 * @throws RotationFailed, RotationStillRunning
 */
export async function awaitLatestExecution(
  rotation: RotationIdentity,
  dependencies: WaitDependencies,
): Promise<string | undefined> {
  let latest: ExecutionDescription | undefined;
  for (let number = 1; ; number++) {
    const arn = executionArnOf(attemptName(rotation, 'rotate', number), dependencies);
    const found = await describeWithRetries(arn, dependencies);
    if (found === undefined) break;
    latest = found;
    if (isRunning(found)) break;
  }
  if (latest?.executionArn === undefined) return undefined;
  const { executionArn, redriveCount = 0 } = latest;
  return succeededOrThrow(
    isRunning(latest) ? await awaitExecution({ executionArn, redriveCount }, dependencies) : latest,
  );
}

async function startOrAttach(request: RunRequest, dependencies: WaitDependencies): Promise<RunningExecution> {
  const { rotation, purpose, sealedRotationToken } = request;
  const { secretArn, clientRequestToken: versionId } = rotation;
  const input: ExecutionInput = { purpose, secretArn, versionId, sealedRotationToken };
  for (let number = 1; ; number++) {
    const name = attemptName(rotation, purpose, number);
    const executionArn = executionArnOf(name, dependencies);
    if (await startExecution(name, input, dependencies)) return { executionArn, redriveCount: 0 };
    const found = await describeWithRetries(executionArn, dependencies);
    // One that is not visible yet was started a moment ago, perhaps by this call: its response may have been lost.
    if (
      found === undefined ||
      isRunning(found) ||
      (found.status === 'SUCCEEDED' && isStartedWith(input, found))
    ) {
      return { executionArn, redriveCount: found?.redriveCount ?? 0 };
    }
    // A redrive runs with the same input, which anyone may have written who can start executions.
    const canSucceed = hasFailed(found) && found.error !== 'InvalidRotationRequest';
    const redriven = canSucceed ? await redriveFailed(executionArn, found, dependencies) : undefined;
    if (redriven !== undefined) return redriven;
    assertTimeLeft(executionArn, dependencies);
    log('warn', 'next attempt', { secretArn, versionId, execution: executionArn });
  }
}

/** Whether an execution was started by the call with this input: a RotationToken is sealed anew in every call. */
function isStartedWith(input: ExecutionInput, { input: startedWith }: ExecutionDescription): boolean {
  return input.sealedRotationToken !== null && startedWith === JSON.stringify(input);
}

/**
 * Redrives an execution that failed.
 *
 * @param found how it stood a moment ago
 * @returns undefined when it cannot be redriven; one that somebody else has redriven is running or has succeeded
 */
async function redriveFailed(
  executionArn: string,
  found: ExecutionDescription | undefined,
  dependencies: WaitDependencies,
): Promise<RunningExecution | undefined> {
  let latest = found;
  for (let refusals = 0; latest !== undefined && refusals < MAX_REFUSALS; refusals++) {
    const redriveCount = latest.redriveCount ?? 0;
    if (!hasFailed(latest)) return { executionArn, redriveCount };
    if (latest.redriveStatus === 'NOT_REDRIVABLE') return undefined;
    if (await redriveExecution(executionArn, dependencies)) {
      return { executionArn, redriveCount: redriveCount + 1 };
    }
    await dependencies.sleep(REFUSED_REDRIVE_PAUSE_MS);
    latest = await describeWithRetries(executionArn, dependencies);
  }
  return undefined;
}

/** The execution that must be redriven before the one that closed. */
function unsettledOwner(
  { error, cause }: ExecutionDescription,
  dependencies: WaitDependencies,
): string | undefined {
  return error === 'ExchangeUnsettled'
    ? executionNamedIn(functionMessage(cause) ?? '', dependencies)
    : undefined;
}

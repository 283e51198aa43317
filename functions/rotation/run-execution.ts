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

/** The purpose and data of an execution. */
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

/** After this many refusals, at these intervals in ms, an execution counts as not redrivable. */
export const MAX_REFUSALS = 3;
const REFUSED_REDRIVE_PAUSE_MS = 500;

/** Maximum executions in a row to redrive before this one can continue. */
export const MAX_UNSETTLED = 3;

/**
 * Starts the execution of a rotation, attaches to a running one, or redrives a failed one, and waits for it. If the last
 * attempt cannot be redriven, it starts the next one. It also does so if the last attempt succeeded, because the caller
 * has found the rotation incomplete: someone rolled it back.
 *
 * After ExchangeUnsettled, it first redrives the execution that the error names, then this one.
 *
 * @returns the ARN of the execution that succeeded or completed the rotation
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
    // An execution that is not visible yet was just started, perhaps by this call if its response was lost.
    if (
      found === undefined ||
      isRunning(found) ||
      (found.status === 'SUCCEEDED' && isStartedWith(input, found))
    ) {
      return { executionArn, redriveCount: found?.redriveCount ?? 0 };
    }
    // A redrive runs with the same input. Anyone who can start executions may have written it.
    const canSucceed = hasFailed(found) && found.error !== 'InvalidRotationRequest';
    const redriven = canSucceed ? await redriveFailed(executionArn, found, dependencies) : undefined;
    if (redriven !== undefined) return redriven;
    assertTimeLeft(executionArn, dependencies);
    log('warn', 'starting the next attempt', { secretArn, versionId, execution: executionArn });
  }
}

/** Whether this call started the execution: every call seals its RotationToken differently, so no other has its input. */
function isStartedWith(input: ExecutionInput, { input: startedWith }: ExecutionDescription): boolean {
  return input.sealedRotationToken !== null && startedWith === JSON.stringify(input);
}

/**
 * Redrives an execution that failed.
 *
 * @param found its last description
 * @returns undefined when it cannot be redriven; an execution that someone else redrove is running or has succeeded
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

/** The execution to redrive before the closed one. */
function unsettledOwner(
  { error, cause }: ExecutionDescription,
  dependencies: WaitDependencies,
): string | undefined {
  return error === 'ExchangeUnsettled'
    ? executionNamedIn(functionMessage(cause) ?? '', dependencies)
    : undefined;
}

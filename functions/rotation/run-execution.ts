import {
  CONFIGURATION_TEST_SUFFIX,
  executionName,
  executionNamePrefix,
  type RotationIdentity,
} from '../shared/execution-name.ts';
import {
  type ExecutionDescription,
  executionArnOf,
  hasFailed,
  isRunning,
  isTransient,
  redriveExecution,
  startExecution,
} from '../shared/executions.ts';
import { log } from '../shared/log.ts';
import {
  assertTimeLeft,
  awaitExecution,
  lookAtExecution,
  type RunningExecution,
  succeededOrThrow,
  type WaitDependencies,
} from './await-execution.ts';
import { type RecoveredTokens, recoveredTokensOf, searchRecoveredTokens } from './recovered-tokens.ts';

/** What an execution of the workflow is for. */
export interface RunRequest {
  readonly rotation: RotationIdentity;
  readonly purpose: 'rotate' | 'check-configuration';
  readonly sealedRotationToken: string | null;
  /** The version that is AWSCURRENT. */
  readonly baseVersionId: string | undefined;
}

/** Where an attempt stands: it runs, or the attempt after it has to be made. */
type Attempt =
  | { readonly kind: 'running'; readonly execution: RunningExecution }
  | { readonly kind: 'over'; readonly recovered: RecoveredTokens | null };

/** How long to wait before looking again at an execution that somebody else seems to have redriven, in ms. */
const RACE_PAUSE_MS = 500;

/**
 * Starts the execution of a rotation; attaches to the one that runs; redrives the one that failed; or starts the
 * next attempt after one that cannot be redriven any more, or whose refresh token was rejected although an
 * execution holds newer tokens. Then waits for it.
 *
 * @returns the ARN of the execution that succeeded
 * @throws RotationFailed, RotationStillRunning
 */
export async function runExecution(request: RunRequest, dependencies: WaitDependencies): Promise<string> {
  let recovered: RecoveredTokens | null = null;
  for (let number = 1; ; number++) {
    const attempt = await startOrAttach(request, number, recovered, dependencies);
    if (attempt.kind === 'over') {
      recovered = attempt.recovered;
      continue;
    }
    const closed = await awaitExecution(attempt.execution, dependencies);
    const newer = await tokensNewerThanRejected(request, closed, dependencies);
    if (newer === undefined) return succeededOrThrow(closed);
    recovered = newer;
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
    const found = await lookAtExecution(arn, dependencies);
    if (found === undefined) break;
    latest = found;
    if (!hasFailed(found)) break;
  }
  if (latest?.executionArn === undefined) return undefined;
  const { executionArn, redriveCount = 0 } = latest;
  return succeededOrThrow(
    isRunning(latest) ? await awaitExecution({ executionArn, redriveCount }, dependencies) : latest,
  );
}

async function startOrAttach(
  request: RunRequest,
  number: number,
  recovered: RecoveredTokens | null,
  dependencies: WaitDependencies,
): Promise<Attempt> {
  const { rotation, purpose, sealedRotationToken } = request;
  const name = attemptName(rotation, purpose, number);
  const executionArn = executionArnOf(name, dependencies);
  const { secretArn, clientRequestToken: versionId } = rotation;
  const input = { purpose, secretArn, versionId, sealedRotationToken, recovered };
  if (await startExecution(name, input, dependencies)) return runs(executionArn, 0);

  for (;;) {
    const found = await lookAtExecution(executionArn, dependencies);
    const redriveCount = found?.redriveCount ?? 0;
    // One that is not visible yet was started a moment ago.
    if (found === undefined || !hasFailed(found)) return runs(executionArn, redriveCount);
    const newer = await tokensNewerThanRejected(request, found, dependencies);
    if (newer !== undefined) return { kind: 'over', recovered: newer };
    if (found.redriveStatus !== 'REDRIVABLE') {
      // Without tokens of its own it leaves those that it was given, which it may not have come to store.
      return { kind: 'over', recovered: (await tokensOf(executionArn, request, dependencies)) ?? recovered };
    }
    if (await redriveExecution(executionArn, dependencies)) return runs(executionArn, redriveCount + 1);
    // Somebody else redrives it at this moment, or its time is over: the next look tells.
    assertTimeLeft(executionArn, dependencies);
    await dependencies.sleep(RACE_PAUSE_MS);
  }
}

/**
 * Looks for newer tokens before a refresh token is called dead: the failed execution of another rotation may hold
 * the ones that the rejected token was traded for.
 */
async function tokensNewerThanRejected(
  { rotation, purpose, baseVersionId }: RunRequest,
  closed: ExecutionDescription,
  dependencies: WaitDependencies,
): Promise<RecoveredTokens | undefined> {
  if (closed.error !== 'RefreshTokenRejected' || purpose !== 'rotate' || baseVersionId === undefined)
    return undefined;
  const found = await searchRecoveredTokens(executionNamePrefix(rotation), baseVersionId, dependencies).catch(
    error => {
      // The next attempt searches again; what failed is the refresh, and that is what has to be reported.
      if (!isTransient(error)) throw error;
    },
  );
  if (!found) return undefined;
  // Those that were rejected just now, refreshed by this execution or given to it, are not newer than themselves.
  if (found.executionArn === closed.executionArn || closed.input?.includes(found.sealedValue))
    return undefined;
  const { secretArn, clientRequestToken: versionId } = rotation;
  const { executionArn, refreshedAt } = found;
  log('warn', 'recovering sealed tokens', { secretArn, versionId, execution: executionArn }, { refreshedAt });
  return found;
}

/** What an execution that cannot be redriven any more had refreshed but not stored. */
async function tokensOf(
  executionArn: string,
  { purpose, baseVersionId }: RunRequest,
  dependencies: WaitDependencies,
): Promise<RecoveredTokens | null> {
  if (purpose !== 'rotate' || baseVersionId === undefined) return null;
  return (await recoveredTokensOf(executionArn, baseVersionId, dependencies)) ?? null;
}

function runs(executionArn: string, redriveCount: number): Attempt {
  return { kind: 'running', execution: { executionArn, redriveCount } };
}

function attemptName(rotation: RotationIdentity, purpose: RunRequest['purpose'], number: number): string {
  const suffix = purpose === 'rotate' ? '' : CONFIGURATION_TEST_SUFFIX;
  return executionName(rotation, number === 1 ? suffix : `${suffix}-${number}`);
}

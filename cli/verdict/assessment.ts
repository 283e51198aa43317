import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { rotationOf } from '../../functions/shared/executions/execution-data.ts';
import { isKeyRefusal } from '../../functions/shared/executions/execution-history.ts';
import { executionName, isConfigurationTest } from '../../functions/shared/executions/execution-name.ts';
import { describeExecution, executionArnOf } from '../../functions/shared/executions/executions.ts';
import {
  type ConsumersHave,
  currentAfter,
  type FailedRotation,
  isComplete,
  type Verdict,
  verdictOf,
} from '../../functions/shared/executions/verdict.ts';
import {
  type DeploymentSchedule,
  dueDate,
  OVERDUE_GRACE_MS,
} from '../../functions/shared/secrets/due-date.ts';
import { blockingVersion, versionWithStage } from '../../functions/shared/secrets/secret-versions.ts';
import type { Aws } from '../shared/aws.ts';
import type { Deployment } from '../shared/deployment.ts';
import {
  type ExecutionFailure,
  type ExecutionSummary,
  failureOf,
  isFailed,
  stateOf,
} from '../shared/executions.ts';
import { gatewayUrls } from '../shared/gateway.ts';
import { findSecret, type SecretEntry } from '../shared/secrets.ts';
import { type CurrentToken, checkToken, readCurrentToken, type TokenCheck } from './access-token.ts';
import type { LastRotation } from './last-rotations.ts';

/** The facts about a credential, and the verdict. */
export interface Assessment {
  readonly secret: SecretEntry;
  readonly token: CurrentToken;
  /** Genesys Cloud's response to the access token; undefined if it was not called. */
  readonly check: TokenCheck | undefined;
  /** The running rotation, or the last one if it failed and still needs action. */
  readonly execution: ExecutionSummary | undefined;
  /** The state that the execution is in, or failed in. */
  readonly state: string | undefined;
  /** How the last rotation failed, even if no action is needed. */
  readonly failure: ExecutionFailure | undefined;
  /** Whether it failed after AWSCURRENT had moved to its version and nothing is left to publish. */
  readonly isPromoted: boolean;
  /** When the last rotation completed, including one that Secrets Manager does not count, such as a manual redrive. */
  readonly lastRotatedAt: Date | undefined;
  readonly verdict: Verdict;
}

/** What an assessment needs. */
export interface AssessmentDependencies {
  readonly aws: Pick<Aws, 'secrets' | 'stepFunctions'>;
  readonly deployment: Deployment;
  readonly now: () => Date;
}

/**
 * Assesses a credential. All commands use this verdict. If the last rotation failed, calls Genesys Cloud with the
 * access token (GET /api/v2/users/me), because the failed rotation may have invalidated it. Changes nothing.
 *
 * @param options.verify calls Genesys Cloud even if no rotation failed
 * @param options.described the failed execution if the caller has just read it: DescribeExecution has a small quota
 */
export async function assess(
  { secret, running, failed }: LastRotation,
  { aws, deployment, now }: AssessmentDependencies,
  options: { readonly verify?: boolean; readonly described?: DescribeExecutionCommandOutput } = {},
): Promise<Assessment> {
  const { verify = false, described } = options;
  const { stepFunctions } = aws;
  const failedNow = running === undefined ? failed : undefined;
  const token = await readCurrentToken(aws.secrets, secret.arn);
  const [check, failure, runningState] = await Promise.all([
    verify || failedNow !== undefined ? checkToken(secret.arn, token, gatewayUrls()) : undefined,
    failedNow && failureIfReadable(failedNow, stepFunctions),
    running && stateIfReadable(running, stepFunctions),
  ]);
  const [execution, lastRotatedAt] = await Promise.all([
    described ?? (failure && failedNow && describeReadable(failedNow.executionArn, stepFunctions)),
    lastRotation(secret, token, deployment, stepFunctions),
  ]);
  const rotation = failure && execution && failedRotation(secret, token, failure, execution);
  // The history shows a redrive before the list of executions does.
  const isRunning = running !== undefined || (failedNow !== undefined && failure === undefined);
  const verdict = verdictOf({
    consumersHave: consumersHave(token, check, now()),
    rotation: isRunning ? 'running' : rotation,
    isOverdue: isOverdue(secret, lastRotatedAt, deployment.schedule, now()),
    leavesTokenInUse: token.kind === 'read' && token.alternate === 'stored' && failure?.state === 'Refresh',
  });
  const needsAttention = isRunning || (rotation !== undefined && verdict.health !== 'healthy');
  return {
    secret,
    token,
    check,
    execution: needsAttention ? (running ?? failedNow) : undefined,
    state: failure?.state ?? runningState,
    failure,
    isPromoted: rotation !== undefined && isComplete(rotation),
    lastRotatedAt,
    verdict,
  };
}

/** Assesses the credential of an execution that has just failed. */
export async function assessFailure(
  { secretArn, executionArn }: { readonly secretArn: string; readonly executionArn: string },
  dependencies: AssessmentDependencies,
): Promise<Assessment> {
  const { aws, deployment } = dependencies;
  const [secret, described] = await Promise.all([
    findSecret(aws, deployment, secretArn),
    describeReadable(executionArn, aws.stepFunctions),
  ]);
  const { name = '', status = 'FAILED', startDate = new Date(0), stopDate, redriveCount = 0 } = described;
  const failed: ExecutionSummary = {
    ...{ executionArn, name, status, startedAt: startDate, redriveCount },
    stoppedAt: stopDate,
  };
  return await assess({ secret, running: undefined, failed }, dependencies, { described });
}

function consumersHave(token: CurrentToken, check: TokenCheck | undefined, now: Date): ConsumersHave {
  switch (token.kind) {
    case 'incomplete':
    case 'undecryptable':
      return token.kind;
    case 'unreadable':
      return 'unverified';
    case 'read':
      break;
  }
  if (token.accessToken === undefined) return 'none';
  // Its user may not call this operation, but consumers may call others.
  if (check === 'works' || check === 'forbidden') return 'works';
  const hasExpired = token.expiresAt !== undefined && token.expiresAt <= now;
  return check === 'rejected' || hasExpired ? 'invalid' : 'unverified';
}

/** Returns only the status if the data cannot be decrypted: one such execution must not hide the other credentials. */
async function failureIfReadable(
  { executionArn, status }: ExecutionSummary,
  stepFunctions: SFNClient,
): Promise<ExecutionFailure | undefined> {
  try {
    return await failureOf(stepFunctions, executionArn);
  } catch (error) {
    if (!isKeyRefusal(error)) throw error;
    const message =
      'The data of the execution cannot be decrypted. Check the state of the KMS key that encrypts executions, and your permission kms:Decrypt.';
    return isFailed(status) ? { status, state: undefined, error: 'unknown', message } : undefined;
  }
}

async function stateIfReadable(
  { executionArn }: ExecutionSummary,
  stepFunctions: SFNClient,
): Promise<string | undefined> {
  try {
    return await stateOf(stepFunctions, executionArn);
  } catch (error) {
    if (isKeyRefusal(error)) return undefined;
    throw error;
  }
}

function failedRotation(
  secret: SecretEntry,
  token: CurrentToken,
  { status, state, error }: ExecutionFailure,
  { executionArn = '', name = '', input, startDate, stopDate, redriveStatus }: DescribeExecutionCommandOutput,
): FailedRotation {
  const current = {
    currentId: versionWithStage(secret, 'AWSCURRENT'),
    storedAt: token.kind === 'read' ? token.storedAt : undefined,
  };
  return {
    status,
    state,
    error: status === 'FAILED' ? error : undefined,
    isConfigurationTest: isConfigurationTest(name),
    isRedrivable: redriveStatus === 'REDRIVABLE',
    current: currentAfter(current, {
      versionId: rotationOf(executionArn, input)?.versionId,
      closedAt: stopDate ?? startDate,
    }),
    blocksRotations: blockingVersion(secret) !== undefined,
  };
}

/** Describes an execution, without its input if the input cannot be decrypted. */
async function describeReadable(
  executionArn: string,
  stepFunctions: SFNClient,
): Promise<DescribeExecutionCommandOutput> {
  const described = (includedData: 'ALL_DATA' | 'METADATA_ONLY') =>
    stepFunctions.send(new DescribeExecutionCommand({ executionArn, includedData }));
  return await described('ALL_DATA').catch(error => {
    if (isKeyRefusal(error)) return described('METADATA_ONLY');
    throw error;
  });
}

/**
 * When the last rotation completed. LastRotatedDate does not include an execution that succeeded after a manual
 * redrive; in that case AWSCURRENT is newer than LastRotatedDate.
 */
async function lastRotation(
  { arn: secretArn, name: secretName, rotation, stages }: SecretEntry,
  token: CurrentToken,
  deployment: Deployment,
  stepFunctions: SFNClient,
): Promise<Date | undefined> {
  const counted = rotation.LastRotatedDate;
  const currentId = versionWithStage({ stages }, 'AWSCURRENT');
  const storedAt = token.kind === 'read' ? token.storedAt : undefined;
  if (storedAt === undefined || currentId === undefined) return counted;
  if (counted !== undefined && storedAt <= counted) return counted;
  const name = executionName({ secretArn, secretName, clientRequestToken: currentId });
  const itsRotation = await describeExecution(executionArnOf(name, deployment), { stepFunctions });
  return itsRotation === undefined ? counted : storedAt;
}

function isOverdue(
  { rotation }: SecretEntry,
  lastRotatedAt: Date | undefined,
  schedule: DeploymentSchedule,
  now: Date,
): boolean {
  const due = dueDate({ ...rotation, LastRotatedDate: lastRotatedAt }, schedule);
  return due.getTime() + OVERDUE_GRACE_MS < now.getTime();
}

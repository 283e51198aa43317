import type { SFNClient } from '@aws-sdk/client-sfn';
import { isKeyRefusal } from '../../functions/shared/execution-history.ts';
import { isConfigurationTest } from '../../functions/shared/execution-name.ts';
import { FAILED_STATUSES } from '../../functions/shared/executions.ts';
import type { GenesysUrlsOf } from '../../functions/shared/genesys-urls.ts';
import type { Aws } from '../shared/aws.ts';
import { mapBounded } from '../shared/bounded.ts';
import type { Deployment } from '../shared/deployment.ts';
import {
  type ExecutionFailure,
  type ExecutionSummary,
  executionsWithStatus,
  failureOf,
  isExecutionOf,
  isFailed,
  stateOf,
} from '../shared/executions.ts';
import { findSecret, listSecrets, type SecretEntry } from '../shared/secrets.ts';
import { type CurrentToken, readCurrentToken } from './access-token.ts';
import { type CredentialFacts, type Health, healthOf, warningsOf } from './health.ts';
import { checkToken } from './token-check.ts';

/** A credential with its health. */
export interface CredentialStatus extends CredentialFacts {
  readonly health: Health;
  readonly warnings: readonly string[];
  /** The running rotation, or the last one if it failed. */
  readonly execution: ExecutionSummary | undefined;
  /** The state that the execution is in, or failed in. */
  readonly state: string | undefined;
}

/** Which credentials to read, and how. */
export interface StatusRequest {
  readonly aws: Aws;
  readonly deployment: Deployment;
  /** Names or ARNs; all credentials of the deployment when there are none. */
  readonly secretIds: readonly string[];
  /** Also calls Genesys Cloud when given. */
  readonly genesysUrlsOf: GenesysUrlsOf | undefined;
  readonly now: () => Date;
}

/**
 * Reads the health of credentials. A fleet needs one list of secrets, one list of executions for each status, one
 * GetSecretValue for each secret, and a history for each rotation that is running or failed. Changes nothing.
 */
export async function readStatus(request: StatusRequest): Promise<readonly CredentialStatus[]> {
  const { aws, deployment, secretIds } = request;
  const [secrets, executions] = await Promise.all([
    secretIds.length === 0
      ? listSecrets(aws, deployment)
      : mapBounded(secretIds, secretId => findSecret(aws, deployment, secretId)),
    executionsWithStatus(aws.stepFunctions, deployment.stateMachineArn, ['RUNNING', ...FAILED_STATUSES]),
  ]);
  const rotations = executions.filter(({ name }) => !isConfigurationTest(name));
  return await mapBounded(secrets, secret => credentialStatus(secret, rotations, request));
}

async function credentialStatus(
  secret: SecretEntry,
  rotations: readonly ExecutionSummary[],
  { aws, deployment, genesysUrlsOf, now }: StatusRequest,
): Promise<CredentialStatus> {
  const { schedule } = deployment;
  const token = await readCurrentToken(aws.secrets, secret.arn);
  const check = genesysUrlsOf && (await checkToken(secret.arn, token, genesysUrlsOf));

  const own = rotations.filter(({ name }) => isExecutionOf(name, secret));
  const running = own.find(({ status }) => status === 'RUNNING');
  const failed = running === undefined ? lastUnresolved(own, secret, token) : undefined;
  const failure = failed && (await failureIfReadable(failed, aws.stepFunctions));
  const state = running ? await stateIfReadable(running, aws.stepFunctions) : failure?.state;

  const facts = { secret, token, isRotating: running !== undefined, failure, check };
  return {
    ...facts,
    health: healthOf(facts, schedule, now()),
    warnings: warningsOf(facts, schedule, now()),
    execution: running ?? failed,
    state,
  };
}

/** One execution whose data cannot be decrypted must not hide the other credentials: only its status is known then. */
async function failureIfReadable(
  { executionArn, status }: ExecutionSummary,
  stepFunctions: SFNClient,
): Promise<ExecutionFailure | undefined> {
  try {
    return await failureOf(stepFunctions, executionArn);
  } catch (error) {
    if (!isKeyRefusal(error)) throw error;
    const message =
      'The data of its execution cannot be decrypted. Check the state of the KMS key of the executions, and your permission kms:Decrypt.';
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

/**
 * The rotation that failed last, unless it was resolved since: by a successful rotation, whose date Secrets Manager
 * keeps, or by a newly stored credential.
 */
function lastUnresolved(
  closed: readonly ExecutionSummary[],
  { rotation }: SecretEntry,
  token: CurrentToken,
): ExecutionSummary | undefined {
  const resolvedAt = [rotation.LastRotatedDate, token.kind === 'read' ? token.storedAt : undefined];
  return closed.find(({ stoppedAt, startedAt }) =>
    resolvedAt.every(instant => instant === undefined || instant <= (stoppedAt ?? startedAt)),
  );
}

import { DescribeSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { MINUTE_MS } from '../../functions/shared/durations.ts';
import {
  describeExecution,
  executionNamedIn,
  isRunning,
  type StateMachineAccess,
} from '../../functions/shared/executions/executions.ts';
import type { GenesysUrls, GenesysUrlsOf } from '../../functions/shared/genesys/urls.ts';
import { secretNameOf } from '../../functions/shared/input/arns.ts';
import type { CommandLine } from '../../functions/shared/output/command-line.ts';
import {
  belongsToRotation,
  readCurrent,
  type Sleep,
  versionWithStage,
} from '../../functions/shared/secrets/secret-versions.ts';
import { type ExecutionFailure, executionsWithStatus, isExecutionOf } from '../shared/executions.ts';
import { findListedVersion } from '../shared/listed-version.ts';
import type { FoundExecution } from './failed-execution.ts';

/**
 * Time after which a rotation replaces the pair of a refused access token, in ms. By then another attempt's mark in the
 * journal has also passed its deadline.
 */
export const SETTLED_AFTER_MS = MINUTE_MS;

/** Checks with a few read-only calls whether the cause of a failed execution seems fixed. */
export async function checkCause(
  { error, message }: Pick<ExecutionFailure, 'error' | 'message'>,
  failed: Failed,
  dependencies: CauseDependencies,
): Promise<Cause> {
  const secretName = secretNameOf(failed.secretArn);
  const logIn = `Log in again first: ${dependencies.command`authorize ${secretName}`}.`;
  switch (error) {
    case 'RefreshTokenRejected':
    case 'SharedLogin':
      return currentVersionCause(failed, dependencies, logIn);
    case 'WrongUser':
      return currentVersionCause(
        failed,
        dependencies,
        `Log in as the right user first (${dependencies.command`authorize ${secretName}`}), or correct genesysUserId in the secret.`,
      );
    case 'ClientRejected':
      return currentVersionCause(
        failed,
        dependencies,
        'Fix the secret first. If you fixed the OAuth client in Genesys Cloud instead, redrive anyway.',
      );
    case 'InvalidSecret':
      return currentVersionCause(failed, dependencies, 'Fix the secret first.');
    case 'GenesysRateLimited':
    case 'GenesysUnavailable':
    case 'TokenResponseLost':
      return genesysCloudCause(failed, dependencies);
    case 'ExchangeInProgress':
      return elapsedCause(failed, dependencies, {
        gone: "The other attempt's exchange has ended.",
        unchanged: 'Another attempt may still be exchanging the refresh token. Wait a minute.',
      });
    case 'ExchangeUnsettled':
      return ownerCause(message ?? '', dependencies);
    case 'PendingVersionTaken':
      return pendingLabelCause(failed, dependencies);
    case 'AccessTokenRejected':
      return elapsedCause(failed, dependencies, {
        gone: 'A redrive now replaces the refused pair.',
        unchanged: 'A rotation replaces a refused pair a minute after the refresh. Wait a minute.',
      });
    case 'SecretNotFound':
      return { looks: 'gone', why: 'The secret exists now.' };
    case 'InvalidRotationRequest':
      return {
        looks: 'unchanged',
        why: `The input of the execution is invalid, and a redrive does not change it. Start a rotation with: ${dependencies.command`rotate ${secretName}`}`,
      };
    default:
      return UNKNOWN;
  }
}

function elapsedCause(
  { closedAt }: Failed,
  { nowMs }: CauseDependencies,
  { gone, unchanged }: { readonly gone: string; readonly unchanged: string },
): Cause {
  return nowMs() - closedAt.getTime() >= SETTLED_AFTER_MS
    ? { looks: 'gone', why: gone }
    : { looks: 'unchanged', why: unchanged };
}

/** Whether the cause of a failure seems fixed. */
export interface Cause {
  /** `unknown`: there is no check, or it was inconclusive. */
  readonly looks: 'gone' | 'unknown' | 'unchanged';
  /** The reason, as a sentence. */
  readonly why: string;
}

/** The failed execution. */
export type Failed = Pick<FoundExecution, 'executionArn' | 'secretArn' | 'versionId' | 'closedAt'>;

/** What the checks use. */
export interface CauseDependencies extends StateMachineAccess {
  readonly secrets: SecretsManagerClient;
  readonly genesysUrlsOf: GenesysUrlsOf;
  /** Returns the endpoints of Genesys Cloud that are unavailable. */
  readonly unavailableEndpoints: (urls: GenesysUrls) => Promise<readonly string[]>;
  readonly nowMs: () => number;
  readonly sleep: Sleep;
  /** Formats the next command to type. */
  readonly command: CommandLine;
}

const UNKNOWN: Cause = {
  looks: 'unknown',
  why: 'The command cannot check whether the cause is fixed.',
};

/** Only a new version of the secret can fix a wrong credential. */
async function currentVersionCause(
  { secretArn, closedAt }: Failed,
  { secrets }: CauseDependencies,
  action: string,
): Promise<Cause> {
  const current = await findListedVersion(secrets, secretArn, ({ VersionStages = [] }) =>
    VersionStages.includes('AWSCURRENT'),
  );
  const { CreatedDate: writtenAt } = current ?? {};
  if (writtenAt === undefined) return UNKNOWN;
  if (writtenAt > closedAt) {
    return {
      looks: 'gone',
      why: `AWSCURRENT was written at ${writtenAt.toISOString()}, after the failure.`,
    };
  }
  return {
    looks: 'unchanged',
    why: `AWSCURRENT is still the version of ${writtenAt.toISOString()}, from before the failure. ${action}`,
  };
}

/** Checks the host in the credential, if the caller may read the credential. */
async function genesysCloudCause(
  { secretArn }: Failed,
  { secrets, genesysUrlsOf, unavailableEndpoints, sleep }: CauseDependencies,
): Promise<Cause> {
  let urls: GenesysUrls;
  try {
    const { credential } = await readCurrent(secrets, secretArn, sleep);
    urls = genesysUrlsOf(credential.host);
  } catch {
    return {
      looks: 'unknown',
      why: 'The secret cannot be read, so its Genesys Cloud host is unknown and was not called.',
    };
  }
  const down = await unavailableEndpoints(urls);
  return down.length === 0
    ? { looks: 'gone', why: 'The token endpoint and the API of Genesys Cloud respond.' }
    : {
        looks: 'unchanged',
        why: `${down.join(' and ')} ${down.length === 1 ? 'does' : 'do'} not respond, or responded with an error. See Genesys Cloud's status page.`,
      };
}

/** The execution that presented the refresh token may hold the new pair, as long as it runs or can be redriven. */
async function ownerCause(message: string, dependencies: CauseDependencies): Promise<Cause> {
  const { command } = dependencies;
  const ownerArn = executionNamedIn(message, dependencies);
  if (ownerArn === undefined) return UNKNOWN;
  const owner = await describeExecution(ownerArn, dependencies);
  if (owner !== undefined && isRunning(owner)) {
    return {
      looks: 'unchanged',
      why: `The execution ${ownerArn}, which may hold the new tokens, is running. Wait for it: ${command`redrive ${ownerArn}`}`,
    };
  }
  if (owner?.redriveStatus === 'REDRIVABLE') {
    return {
      looks: 'unchanged',
      why: `The execution ${ownerArn} may hold the new tokens. Redrive it first: ${command`redrive ${ownerArn}`}`,
    };
  }
  return {
    looks: 'gone',
    why:
      owner?.status === 'SUCCEEDED'
        ? `The execution ${ownerArn}, which held the new tokens, has succeeded.`
        : `The execution ${ownerArn} can no longer be redriven, so the refresh token is presented again.`,
  };
}

/** A redrive takes AWSPENDING back, which it must not do while the other rotation is running. */
async function pendingLabelCause(
  { executionArn, secretArn, versionId }: Failed,
  { secrets, stepFunctions, stateMachineArn }: CauseDependencies,
): Promise<Cause> {
  const { Name = '', VersionIdsToStages = {} } = await secrets.send(
    new DescribeSecretCommand({ SecretId: secretArn }),
  );
  const labels = { stages: VersionIdsToStages };
  const holderId = versionWithStage(labels, 'AWSPENDING');
  const isFree =
    holderId === undefined ||
    holderId === versionWithStage(labels, 'AWSCURRENT') ||
    belongsToRotation(holderId, versionId);
  if (isFree) return { looks: 'gone', why: 'No other rotation holds AWSPENDING.' };
  const running = await executionsWithStatus(stepFunctions, stateMachineArn, ['RUNNING']);
  const other = running.find(
    execution =>
      execution.executionArn !== executionArn &&
      isExecutionOf(execution.name, { arn: secretArn, name: Name }),
  );
  return other === undefined
    ? {
        looks: 'gone',
        why: `AWSPENDING is on version ${holderId} of another rotation, which is not running. A redrive takes the label back.`,
      }
    : {
        looks: 'unchanged',
        why: `AWSPENDING is on version ${holderId} of another rotation, which is running: ${other.executionArn}. Wait until it ends.`,
      };
}

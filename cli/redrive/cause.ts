import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { readCurrent, type Sleep } from '../../functions/shared/secret-versions.ts';
import type { CommandLine } from '../shared/command-line.ts';
import { findListedVersion } from '../shared/listed-version.ts';
import type { FoundExecution } from './failed-execution.ts';

/** Whether what made an execution fail looks gone. */
export interface Cause {
  /** `unknown`: it cannot be told from here. */
  readonly looks: 'gone' | 'unknown' | 'unchanged';
  /** A sentence that says why. */
  readonly why: string;
}

type Failed = Pick<FoundExecution, 'secretArn' | 'closedAt'>;

/** What the checks use. */
export interface CauseDependencies {
  readonly secrets: SecretsManagerClient;
  /** The login host of a Genesys Cloud host. */
  readonly loginUrlOf: (host: string) => string;
  /** Whether something answers there that serves. */
  readonly serves: (url: string) => Promise<boolean>;
  readonly nowMs: () => number;
  readonly sleep: Sleep;
  /** Writes what to type next. */
  readonly command: CommandLine;
}

/** Below this age, in ms, Verify insists on the access token that was refused; later its refresh token is exchanged. */
const INSISTS_MS = 60_000;

const AWS_UNKNOWN: Cause = {
  looks: 'unknown',
  why: 'Whether the cause is gone cannot be told from here.',
};

/**
 * Looks, cheaply and without changing anything, whether the cause of the error that an execution failed with is gone.
 */
export async function checkCause(
  error: string,
  failed: Failed,
  dependencies: CauseDependencies,
): Promise<Cause> {
  switch (error) {
    case 'RefreshTokenRejected':
      return currentVersionCause(
        failed,
        dependencies,
        `Log in again first: ${dependencies.command(`authorize ${failed.secretArn}`)}.`,
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
      return loginHostCause(failed, dependencies);
    case 'AccessTokenRejected':
      return accessTokenCause(failed, dependencies);
    case 'SecretNotFound':
      return { looks: 'gone', why: 'The secret exists now.' };
    case 'InvalidRotationRequest':
      return {
        looks: 'unchanged',
        why: `The execution has an input that no rotation has, and keeps it. Start a rotation with: ${dependencies.command(`rotate ${failed.secretArn}`)}`,
      };
    default:
      return AWS_UNKNOWN;
  }
}

/** A new version fixes what is wrong with a credential. */
async function currentVersionCause(
  { secretArn, closedAt }: Failed,
  { secrets }: CauseDependencies,
  todo: string,
): Promise<Cause> {
  const current = await findListedVersion(secrets, secretArn, ({ VersionStages = [] }) =>
    VersionStages.includes('AWSCURRENT'),
  );
  const { CreatedDate: writtenAt } = current ?? {};
  if (writtenAt === undefined) return AWS_UNKNOWN;
  if (writtenAt > closedAt) {
    return {
      looks: 'gone',
      why: `AWSCURRENT was written at ${writtenAt.toISOString()}, after the failure.`,
    };
  }
  return {
    looks: 'unchanged',
    why: `AWSCURRENT is still the version of ${writtenAt.toISOString()}, from before the failure. ${todo}`,
  };
}

/** Which host it is stands in the credential, whose reading needs a permission that not everybody has. */
async function loginHostCause(
  { secretArn }: Failed,
  { secrets, loginUrlOf, serves, sleep }: CauseDependencies,
): Promise<Cause> {
  let url: string;
  try {
    const { credential } = await readCurrent(secrets, secretArn, sleep);
    url = loginUrlOf(credential.host);
  } catch {
    // Nothing of the error is shown: whatever it is, it says nothing about Genesys Cloud.
    return {
      looks: 'unknown',
      why: 'Which Genesys Cloud host it is about cannot be read in the secret, so nothing was tried.',
    };
  }
  return (await serves(url))
    ? { looks: 'gone', why: `${url} answers, seen from here.` }
    : {
        looks: 'unchanged',
        why: `${url} does not answer, seen from here, or answers that it cannot serve. See Genesys Cloud's status page.`,
      };
}

function accessTokenCause({ closedAt }: Failed, { nowMs }: CauseDependencies): Cause {
  return nowMs() - closedAt.getTime() >= INSISTS_MS
    ? { looks: 'gone', why: 'The refresh token of the refused pair is exchanged now.' }
    : {
        looks: 'unchanged',
        why: 'Its refresh token is exchanged a minute after the refresh or later. Wait a minute.',
      };
}

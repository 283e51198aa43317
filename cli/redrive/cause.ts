import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { readCredential } from '../../functions/shared/secret-versions.ts';
import type { CommandLine } from '../shared/command-line.ts';
import type { ExecutionFailure } from '../shared/executions.ts';
import { findListedVersion } from '../shared/listed-version.ts';

/** Whether what made an execution fail looks gone. */
export interface Cause {
  /** `unknown`: it cannot be told from here. */
  readonly looks: 'gone' | 'unknown' | 'unchanged';
  /** A sentence that says why. */
  readonly why: string;
}

/** The failure to look at. */
export interface FailureToCheck extends Pick<ExecutionFailure, 'error'> {
  readonly secretArn: string;
  readonly failedAt: Date;
}

/** What the checks use. */
export interface CauseDependencies {
  readonly secrets: SecretsManagerClient;
  /** The login host of a Genesys Cloud host. */
  readonly loginUrlOf: (host: string) => string;
  /** Whether something answers there that serves. */
  readonly serves: (url: string) => Promise<boolean>;
  readonly nowMs: () => number;
  /** Writes what to type next. */
  readonly command: CommandLine;
}

/** Below this age, in ms, the rotation insists on the access token that was refused; later it trades the other one. */
const INSISTS_MS = 60_000;

const AWS_UNKNOWN: Cause = {
  looks: 'unknown',
  why: 'Whether the cause is gone cannot be told from here.',
};

/** Looks, cheaply and without changing anything, whether the cause of a failure is gone. */
export async function checkCause(failure: FailureToCheck, dependencies: CauseDependencies): Promise<Cause> {
  switch (failure.error) {
    case 'RefreshTokenRejected':
      return currentVersionCause(
        failure,
        dependencies,
        `Log in again first: ${dependencies.command(`authorize ${failure.secretArn}`)}. If other executions of this secret have failed, redrive those first: newer tokens may be sealed there.`,
      );
    case 'ClientRejected':
      return currentVersionCause(
        failure,
        dependencies,
        'Mend the secret first; if you mended the OAuth client in Genesys Cloud instead, go on.',
      );
    case 'InvalidSecret':
      return currentVersionCause(failure, dependencies, 'Mend the secret first.');
    case 'GenesysRateLimited':
    case 'GenesysUnavailable':
    case 'GenesysAnswerLost':
      return loginHostCause(failure, dependencies);
    case 'AccessTokenRejected':
      return accessTokenCause(failure, dependencies);
    case 'SecretNotFound':
      return { looks: 'gone', why: 'The secret exists now.' };
    case 'InvalidRotationRequest':
      return {
        looks: 'unchanged',
        why: `The execution has an input that no rotation has, and keeps it. Start a rotation with: ${dependencies.command(`rotate ${failure.secretArn}`)}`,
      };
    default:
      return AWS_UNKNOWN;
  }
}

/** What is wrong with a credential is mended by a new version of it. */
async function currentVersionCause(
  { secretArn, failedAt }: FailureToCheck,
  { secrets }: CauseDependencies,
  todo: string,
): Promise<Cause> {
  const current = await findListedVersion(secrets, secretArn, ({ VersionStages = [] }) =>
    VersionStages.includes('AWSCURRENT'),
  );
  const { CreatedDate: writtenAt } = current ?? {};
  if (writtenAt === undefined) return AWS_UNKNOWN;
  if (writtenAt > failedAt) {
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
  { secretArn }: FailureToCheck,
  { secrets, loginUrlOf, serves }: CauseDependencies,
): Promise<Cause> {
  let url: string;
  try {
    const { credential } = await readCredential(secrets, secretArn, { VersionStage: 'AWSCURRENT' });
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

function accessTokenCause({ failedAt }: FailureToCheck, { nowMs }: CauseDependencies): Cause {
  return nowMs() - failedAt.getTime() >= INSISTS_MS
    ? { looks: 'gone', why: 'The refresh token beside the access token that was refused is traded now.' }
    : {
        looks: 'unchanged',
        why: 'A minute after the refresh the refresh token beside it is traded, not before. Wait a minute.',
      };
}

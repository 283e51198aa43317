import { secretNameOf } from '../../functions/shared/input/arns.ts';
import type { ExecutionFailure } from '../shared/executions.ts';
import { type Cause, type CauseDependencies, type Failed, UNKNOWN } from './cause.ts';
import { currentVersionCause, genesysCloudCause } from './credential-causes.ts';
import { ownerCause, pendingLabelCause } from './execution-causes.ts';

/**
 * Age of a refused access token, in ms, from which the rotation exchanges its refresh token. Another attempt's mark in
 * the journal has also passed its deadline by then.
 */
const SETTLED_AFTER_MS = 60_000;

/** Checks whether the cause of a failed execution seems fixed. Reads only, with few calls. */
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
        gone: 'The exchange of the other attempt is over.',
        unchanged: 'Another attempt may still be exchanging the refresh token. Wait a minute.',
      });
    case 'ExchangeUnsettled':
      return ownerCause(message ?? '', dependencies);
    case 'PendingVersionTaken':
      return pendingLabelCause(failed, dependencies);
    case 'AccessTokenRejected':
      return elapsedCause(failed, dependencies, {
        gone: 'A redrive now exchanges the refresh token of the refused pair.',
        unchanged:
          'The rotation exchanges the refresh token of the refused pair a minute after the refresh. Wait a minute.',
      });
    case 'SecretNotFound':
      return { looks: 'gone', why: 'The secret exists now.' };
    case 'InvalidRotationRequest':
      return {
        looks: 'unchanged',
        why: `The execution has an invalid input, which a redrive does not change. Start a rotation with: ${dependencies.command`rotate ${secretName}`}`,
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

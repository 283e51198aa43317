import {
  AccessTokenForbidden,
  AccessTokenRejected,
  ClientRejected,
  GenesysRateLimited,
  GenesysUnavailable,
} from '../../functions/shared/errors.ts';
import { currentUserId } from '../../functions/shared/genesys/current-user.ts';
import { API_TIMEOUT_MS, TOKEN_TIMEOUT_MS } from '../../functions/shared/genesys/timeouts.ts';
import { checkClient } from '../../functions/shared/genesys/token-endpoint.ts';
import type { GenesysUrlsOf } from '../../functions/shared/genesys/urls.ts';
import type { CommandLine } from '../../functions/shared/output/command-line.ts';
import { instantText } from '../shared/time-text.ts';
import type { DescribedSecret, StoredValue } from './secret-steps.ts';
import { type Finding, ok, wrong } from './steps.ts';

/** Checks whether Genesys Cloud can be reached and accepts the client. Does not present the refresh token. */
export async function checkOAuthClient(
  { ARN }: DescribedSecret,
  { credential }: StoredValue,
  genesysUrlsOf: GenesysUrlsOf,
): Promise<Finding<undefined>> {
  const { loginUrl } = genesysUrlsOf(credential.host);
  try {
    const options = { secretArn: ARN, loginUrl, timeoutMs: TOKEN_TIMEOUT_MS };
    await checkClient(credential, options);
    return ok(`${loginUrl} accepts client ${credential.clientId}`, undefined);
  } catch (error) {
    if (error instanceof ClientRejected) {
      return wrong(
        `${loginUrl} rejects client ${credential.clientId}`,
        `The clientId, clientSecret or region is wrong, the client was deleted or disabled, or its grant type is not Code Authorization. Compare clientId, clientSecret and region in the secret with the OAuth client in Genesys Cloud, and write the corrected value.`,
      );
    }
    return unavailable(error, loginUrl);
  }
}

/**
 * Checks whether the consumers' access token works. An expired token is not a problem: the next rotation replaces it,
 * and the other steps check that rotation.
 */
export async function checkAccessToken(
  { ARN, Name }: DescribedSecret,
  { credential }: StoredValue,
  genesysUrlsOf: GenesysUrlsOf,
  now: Date,
  command: CommandLine,
): Promise<Finding<undefined>> {
  const { accessToken, expiresAt, host } = credential;
  if (accessToken === undefined) return ok('none yet; the first rotation writes it', undefined);
  const { apiUrl } = genesysUrlsOf(host);
  try {
    const userId = await currentUserId(accessToken, { secretArn: ARN, apiUrl, timeoutMs: API_TIMEOUT_MS });
    return ok(`works, user ${userId}`, undefined);
  } catch (error) {
    if (error instanceof AccessTokenRejected) {
      if (expiresAt !== undefined && expiresAt <= now) {
        return ok(`expired at ${instantText(expiresAt)}; the next rotation replaces it`, undefined);
      }
      const beforeExpiry = expiresAt === undefined ? '' : ` before its expiry at ${instantText(expiresAt)}`;
      return wrong(
        `rejected${beforeExpiry}`,
        `The API responds with 401: the access token has expired or was revoked. Get a new one: ${command`rotate ${Name}`}. If that ends in RefreshTokenRejected, the refresh token was revoked as well. Log in again: ${command`authorize ${Name}`}`,
      );
    }
    if (error instanceof AccessTokenForbidden) {
      return wrong(
        'works, but its user may not call /api/v2/users/me',
        'Every rotation verifies its token with that call. Grant the missing permission to the user or the OAuth client.',
      );
    }
    return unavailable(error, apiUrl);
  }
}

function unavailable(error: unknown, url: string): Finding<never> {
  if (error instanceof GenesysRateLimited) {
    return wrong(
      `${url} limits the request rate`,
      'Genesys Cloud responds with 429. Wait a minute, then diagnose again.',
    );
  }
  if (!(error instanceof GenesysUnavailable)) throw error;
  return wrong(
    `${url} is unavailable`,
    `Genesys Cloud cannot be reached at ${url}, or responds with an error. Check the network, a proxy or VPN, and https://status.mypurecloud.com. Secrets Manager retries failed rotations.`,
  );
}

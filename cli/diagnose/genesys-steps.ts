import { currentUserId } from '../../functions/shared/current-user.ts';
import {
  AccessTokenForbidden,
  AccessTokenRejected,
  ClientRejected,
  GenesysRateLimited,
  GenesysUnavailable,
} from '../../functions/shared/errors.ts';
import { API_TIMEOUT_MS, TOKEN_TIMEOUT_MS } from '../../functions/shared/genesys-timeouts.ts';
import type { GenesysUrlsOf } from '../../functions/shared/genesys-urls.ts';
import { checkClient } from '../../functions/shared/token-endpoint.ts';
import type { CommandLine } from '../shared/command-line.ts';
import { instantText } from '../shared/time-text.ts';
import type { DescribedSecret, StoredValue } from './secret-steps.ts';
import { type Look, ok, wrong } from './steps.ts';

/** Whether Genesys Cloud can be reached and knows the client; the refresh token is not presented. */
export async function lookAtClient(
  { ARN }: DescribedSecret,
  { credential }: StoredValue,
  genesysUrlsOf: GenesysUrlsOf,
): Promise<Look<undefined>> {
  const { loginUrl } = genesysUrlsOf(credential.host);
  try {
    const options = { secretArn: ARN, loginUrl, timeoutMs: TOKEN_TIMEOUT_MS };
    await checkClient(credential, options);
    return ok(`${loginUrl} knows client ${credential.clientId}`, undefined);
  } catch (error) {
    if (error instanceof ClientRejected) {
      return wrong(
        `${loginUrl} refuses client ${credential.clientId}`,
        `Genesys Cloud answers so to a wrong clientId or clientSecret, to a deleted or disabled client, to one without the grant type Code Authorization, and in a region that is not the client's. Compare clientId, clientSecret and region in the secret with the OAuth client in Genesys Cloud, and store the corrected value.`,
      );
    }
    return unavailable(error, loginUrl);
  }
}

/**
 * Whether the consumers' access token works. One that has run its time is not wrong: the next rotation replaces
 * it, and whether that comes and works is what the other steps look at.
 */
export async function lookAtAccessToken(
  { ARN, Name }: DescribedSecret,
  { credential }: StoredValue,
  genesysUrlsOf: GenesysUrlsOf,
  now: Date,
  command: CommandLine,
): Promise<Look<undefined>> {
  const { accessToken, expiresAt, host } = credential;
  if (accessToken === undefined) return ok('none yet; the first rotation writes it', undefined);
  const { apiUrl } = genesysUrlsOf(host);
  try {
    const userId = await currentUserId(accessToken, { secretArn: ARN, apiUrl, timeoutMs: API_TIMEOUT_MS });
    return ok(`alive, of user ${userId}`, undefined);
  } catch (error) {
    if (error instanceof AccessTokenRejected) {
      if (expiresAt !== undefined && expiresAt <= now) {
        return ok(`expired at ${instantText(expiresAt)}; the next rotation replaces it`, undefined);
      }
      const promised = expiresAt === undefined ? '' : ` before its time, ${instantText(expiresAt)}`;
      return wrong(
        `dead${promised}`,
        `The API answers 401 to the access token: it has expired or was revoked. Get another one: ${command(`rotate ${Name}`)}. If that ends in RefreshTokenRejected, the refresh token was revoked with it, and only a new login helps: ${command(`authorize ${Name}`)}`,
      );
    }
    if (error instanceof AccessTokenForbidden) {
      return wrong(
        'alive, but its user may not call /api/v2/users/me',
        'Every rotation proves its token with that call. Give the user or the OAuth client what it needs for it.',
      );
    }
    return unavailable(error, apiUrl);
  }
}

function unavailable(error: unknown, url: string): Look<never> {
  if (error instanceof GenesysRateLimited) {
    return wrong(`${url} limits the rate`, 'Genesys Cloud answers 429. Wait a minute, then diagnose again.');
  }
  if (!(error instanceof GenesysUnavailable)) throw error;
  return wrong(
    `${url} is unavailable`,
    `Genesys Cloud cannot be reached at ${url}, or does not serve. Look at the network from here, at a proxy or VPN, and at https://status.mypurecloud.com. Rotations are tried again by themselves once it serves.`,
  );
}

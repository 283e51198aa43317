import {
  AccessTokenForbidden,
  AccessTokenRejected,
  GenesysRateLimited,
  GenesysUnavailable,
} from '../../functions/shared/errors.ts';
import { currentUserId } from '../../functions/shared/genesys/current-user.ts';
import { API_TIMEOUT_MS } from '../../functions/shared/genesys/timeouts.ts';
import type { GenesysUrlsOf } from '../../functions/shared/genesys/urls.ts';
import type { CurrentToken } from './access-token.ts';

/** The result of a call to Genesys Cloud with an access token. */
export type TokenCheck = 'works' | 'rejected' | 'forbidden' | 'rate limited' | 'no response' | 'no token';

/** Longer than in a function, whose time is limited. */
const TIMEOUT_MS = 5 * API_TIMEOUT_MS;

/** Calls Genesys Cloud (GET /api/v2/users/me) with the current access token. Refreshes nothing. */
export async function checkToken(
  secretArn: string,
  token: CurrentToken,
  genesysUrlsOf: GenesysUrlsOf,
): Promise<TokenCheck> {
  if (token.kind !== 'read' || token.accessToken === undefined) return 'no token';
  try {
    const { apiUrl } = genesysUrlsOf(token.host);
    await currentUserId(token.accessToken, { secretArn, apiUrl, timeoutMs: TIMEOUT_MS });
    return 'works';
  } catch (error) {
    if (error instanceof AccessTokenRejected) return 'rejected';
    if (error instanceof AccessTokenForbidden) return 'forbidden';
    if (error instanceof GenesysRateLimited) return 'rate limited';
    if (error instanceof GenesysUnavailable) return 'no response';
    throw error;
  }
}

import {
  DecryptionFailure,
  GetSecretValueCommand,
  type GetSecretValueCommandOutput,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  AccessTokenForbidden,
  AccessTokenRejected,
  GenesysRateLimited,
  GenesysUnavailable,
  InvalidSecret,
} from '../../functions/shared/errors.ts';
import { currentUserId } from '../../functions/shared/genesys/current-user.ts';
import { API_TIMEOUT_MS } from '../../functions/shared/genesys/timeouts.ts';
import type { GenesysUrlsOf } from '../../functions/shared/genesys/urls.ts';
import { hasLostAlternate, parseCredential } from '../../functions/shared/secrets/secret-value.ts';

/** The access token of AWSCURRENT. */
export type CurrentToken =
  | {
      readonly kind: 'read';
      /** When the version was stored. */
      readonly storedAt: Date | undefined;
      readonly expiresAt: Date | undefined;
      /** Absent in a secret that has never been rotated. Never printed. */
      readonly accessToken: string | undefined;
      /** The Genesys Cloud host. */
      readonly host: string;
      /** Whether there is a second grant, which a rotation may have dropped because it no longer worked. */
      readonly alternate: 'none' | 'stored' | 'lost';
    }
  /** There is no value, or the value is not a complete credential. */
  | { readonly kind: 'incomplete'; readonly reason: string }
  /** The caller is not allowed to read it. */
  | { readonly kind: 'unreadable' }
  /** Its KMS key cannot be used, so nobody can read it, including consumers. */
  | { readonly kind: 'undecryptable' };

/** Reads AWSCURRENT. Does not throw if the caller may not read the value, because `status` has more to show. */
export async function readCurrentToken(
  secrets: SecretsManagerClient,
  secretArn: string,
): Promise<CurrentToken> {
  let value: GetSecretValueCommandOutput;
  try {
    value = await secrets.send(
      new GetSecretValueCommand({ SecretId: secretArn, VersionStage: 'AWSCURRENT' }),
    );
  } catch (error) {
    if (error instanceof ResourceNotFoundException) {
      return { kind: 'incomplete', reason: 'AWSCURRENT has no value.' };
    }
    const isDenied = error instanceof Error && error.name === 'AccessDeniedException';
    if (isDenied) return { kind: 'unreadable' };
    if (error instanceof DecryptionFailure) return { kind: 'undecryptable' };
    throw error;
  }
  try {
    const credential = parseCredential(secretArn, value);
    const { accessToken, expiresAt, host, alternateRefreshToken } = credential;
    const stored = alternateRefreshToken === undefined ? 'none' : 'stored';
    const alternate = hasLostAlternate(credential) ? 'lost' : stored;
    return { kind: 'read', storedAt: value.CreatedDate, expiresAt, accessToken, host, alternate };
  } catch (error) {
    if (error instanceof InvalidSecret) return { kind: 'incomplete', reason: error.message };
    throw error;
  }
}

/** The result of a call to Genesys Cloud with an access token. */
export type TokenCheck = 'works' | 'rejected' | 'forbidden' | 'rate limited' | 'no response' | 'no token';

/** Longer than in the functions, whose time is limited. */
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

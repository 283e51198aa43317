import type { TokenView } from '../genesys-cloud/lineage.ts';
import type { SecretDescription } from '../secrets-manager/secret-description.ts';
import type { StoredTokens } from './stored-tokens.ts';
import type { ConsumerView } from './views.ts';

/** Genesys Cloud's response to the access token. */
const RESPONSES = {
  live: 'Genesys Cloud accepts the access token of AWSCURRENT.',
  expired: 'Genesys Cloud responds with 401: the access token of AWSCURRENT has expired.',
  revoked: 'Genesys Cloud responds with 401: the access token of AWSCURRENT was revoked.',
  spent: 'Genesys Cloud responds with 401: the key accessToken of AWSCURRENT holds a spent refresh token.',
  unknown: 'Genesys Cloud responds with 401: it never issued the access token of AWSCURRENT.',
} as const;

/**
 * The result for a consumer that reads AWSCURRENT and calls Genesys Cloud without a fault.
 *
 * @param current the tokens of AWSCURRENT; undefined when it has no value
 * @param issued  the tokens that Genesys Cloud issued to the user, by fingerprint
 */
export function consumerView(
  { deletionDate }: Pick<SecretDescription, 'deletionDate'>,
  current: StoredTokens | undefined,
  issued: ReadonlyMap<string, TokenView>,
): ConsumerView {
  if (deletionDate !== undefined) {
    return { works: false, explanation: 'The secret is scheduled for deletion and cannot be read.' };
  }
  if (current === undefined) return { works: false, explanation: 'AWSCURRENT has no value.' };
  const fingerprint = current.accessToken;
  if (fingerprint === undefined) {
    return { works: false, explanation: 'The value of AWSCURRENT has no access token.' };
  }
  const token = issued.get(fingerprint);
  const expiresAt = token?.expiresAt?.toISOString();
  return {
    works: token?.kind === 'access' && token.state === 'live',
    explanation: RESPONSES[token?.state ?? 'unknown'],
    accessTokenFingerprint: fingerprint,
    ...(expiresAt !== undefined && { accessTokenExpiresAt: expiresAt }),
  };
}

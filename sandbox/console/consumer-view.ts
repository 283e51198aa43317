import type { TokenView } from '../genesys-cloud/lineage.ts';
import type { SecretDescription } from '../secrets-manager/secret-description.ts';
import type { StoredTokens } from './stored-tokens.ts';
import type { ConsumerView } from './views.ts';

/** What Genesys Cloud says to the access token. */
const ANSWERS = {
  live: 'Genesys Cloud accepts the access token of AWSCURRENT.',
  expired: 'Genesys Cloud answers 401: the access token of AWSCURRENT has expired.',
  revoked: 'Genesys Cloud answers 401: the access token of AWSCURRENT was revoked.',
  spent: 'Genesys Cloud answers 401: what AWSCURRENT holds as its access token is a spent refresh token.',
  unknown: 'Genesys Cloud answers 401: it never issued the access token of AWSCURRENT.',
} as const;

/**
 * What a consumer gets who reads AWSCURRENT and calls Genesys Cloud, while no fault stands in its way.
 *
 * @param current what AWSCURRENT holds; undefined when it has no value
 * @param issued  the tokens that Genesys Cloud issued to the user, by their fingerprints
 */
export function consumerView(
  { deletionDate }: Pick<SecretDescription, 'deletionDate'>,
  current: StoredTokens | undefined,
  issued: ReadonlyMap<string, TokenView>,
): ConsumerView {
  if (deletionDate !== undefined) {
    return { works: false, explanation: 'The secret is scheduled for deletion and cannot be read.' };
  }
  if (current === undefined) return { works: false, explanation: 'No version with a value is AWSCURRENT.' };
  const fingerprint = current.accessToken;
  if (fingerprint === undefined) {
    return { works: false, explanation: 'The value of AWSCURRENT has no access token.' };
  }
  const token = issued.get(fingerprint);
  const expiresAt = token?.expiresAt?.toISOString();
  return {
    works: token?.kind === 'access' && token.state === 'live',
    explanation: ANSWERS[token?.state ?? 'unknown'],
    accessTokenFingerprint: fingerprint,
    ...(expiresAt !== undefined && { accessTokenExpiresAt: expiresAt }),
  };
}

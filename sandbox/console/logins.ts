import type { GenesysCloud } from '../genesys-cloud/genesys-cloud.ts';
import type { LineageView as Lineage } from '../genesys-cloud/lineage.ts';
import type { StoredTokens } from './stored-tokens.ts';

/**
 * The logins of the users whose tokens are in a version of a secret, oldest first. Tokens that Genesys Cloud did not
 * issue have no login.
 *
 * @param versions the tokens of the secret's versions
 */
export function loginsBehind(
  versions: readonly StoredTokens[],
  genesysCloud: Pick<GenesysCloud, 'lineages'>,
): readonly Lineage[] {
  const clientIds = new Set(versions.flatMap(({ clientId }) => clientId ?? []));
  const stored = new Set(versions.flatMap(({ accessToken, refreshToken }) => [accessToken, refreshToken]));
  const lineages = [...clientIds].flatMap(clientId => genesysCloud.lineages(clientId));
  const users = new Set(
    lineages
      .filter(({ tokens }) => tokens.some(({ fingerprint }) => stored.has(fingerprint)))
      .map(({ userId }) => userId),
  );
  return lineages.filter(({ userId }) => users.has(userId));
}

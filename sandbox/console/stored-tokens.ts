import * as v from 'valibot';
import { fingerprintOf } from '../genesys-cloud/fingerprint.ts';
import type { GenesysCloud } from '../genesys-cloud/genesys-cloud.ts';
import type { LineageView as Lineage } from '../genesys-cloud/lineage.ts';
import type { SecretValue } from '../secrets-manager/secret.ts';
import type { SecretsManager } from '../secrets-manager/secrets-manager.ts';

/** The tokens of a version, without their values. The journal and the executions hold only sealed tokens. */
export interface StoredTokens {
  readonly clientId?: string;
  /** Fingerprints of Genesys Cloud's emulation, not those of the journal, which also cover the client id. */
  readonly accessToken?: string;
  readonly refreshToken?: string;
  /** The refresh token of the alternate grant, if the secret has two grants. */
  readonly alternateRefreshToken?: string;
}

/** A key that is missing or not a string counts as absent, because anyone can write any value. */
const text = v.fallback(v.optional(v.string()), undefined);
const credential = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ clientId: text, accessToken: text, refreshToken: text, alternateRefreshToken: text }),
);

/** The tokens in each version that has a value, by version id. */
export function storedTokens(
  secretsManager: Pick<SecretsManager, 'describeValues'>,
  secretArn: string,
): ReadonlyMap<string, StoredTokens> {
  return secretsManager.describeValues(secretArn, fingerprints);
}

function fingerprints(value: SecretValue): StoredTokens {
  const parsed = v.safeParse(credential, 'SecretString' in value ? value.SecretString : undefined);
  if (!parsed.success) return {};
  const { clientId, ...tokens } = parsed.output;
  const present = Object.entries(tokens).flatMap(([key, token]) =>
    token === undefined ? [] : [[key, fingerprintOf(token)]],
  );
  return { ...(clientId !== undefined && { clientId }), ...Object.fromEntries(present) };
}

/**
 * The logins of the users whose tokens are in a version of a secret, oldest first. Tokens that Genesys Cloud did not
 * issue have no login.
 *
 * @param versions the tokens of the secret's versions
 */
export function loginsOf(
  versions: readonly StoredTokens[],
  genesysCloud: Pick<GenesysCloud, 'lineages'>,
): readonly Lineage[] {
  const clientIds = new Set(versions.flatMap(({ clientId }) => clientId ?? []));
  const stored = new Set(
    versions.flatMap(({ accessToken, refreshToken, alternateRefreshToken }) => [
      accessToken,
      refreshToken,
      alternateRefreshToken,
    ]),
  );
  const lineages = [...clientIds].flatMap(clientId => genesysCloud.lineages(clientId));
  const users = new Set(
    lineages
      .filter(({ tokens }) => tokens.some(({ fingerprint }) => stored.has(fingerprint)))
      .map(({ userId }) => userId),
  );
  return lineages.filter(({ userId }) => users.has(userId));
}

import * as v from 'valibot';
import { fingerprintOf } from '../genesys-cloud/fingerprint.ts';
import type { SecretValue } from '../secrets-manager/secret.ts';
import type { SecretsManager } from '../secrets-manager/secrets-manager.ts';

/** What a version holds of a Genesys Cloud credential, without its secrets. */
export interface StoredTokens {
  readonly clientId?: string;
  /** Fingerprints, see `fingerprintOf`. */
  readonly accessToken?: string;
  readonly refreshToken?: string;
}

/** A key that is missing, or holds no text, counts as absent: what a person typed may be anything. */
const text = v.fallback(v.optional(v.string()), undefined);
const credential = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ clientId: text, accessToken: text, refreshToken: text }),
);

/** The tokens in each version that has a value, by the version's id. */
export function storedTokens(
  secretsManager: Pick<SecretsManager, 'lookAtValues'>,
  secretArn: string,
): ReadonlyMap<string, StoredTokens> {
  return secretsManager.lookAtValues(secretArn, fingerprints);
}

function fingerprints(value: SecretValue): StoredTokens {
  const parsed = v.safeParse(credential, 'SecretString' in value ? value.SecretString : undefined);
  if (!parsed.success) return {};
  const { clientId, accessToken, refreshToken } = parsed.output;
  return {
    ...(clientId !== undefined && { clientId }),
    ...(accessToken !== undefined && { accessToken: fingerprintOf(accessToken) }),
    ...(refreshToken !== undefined && { refreshToken: fingerprintOf(refreshToken) }),
  };
}

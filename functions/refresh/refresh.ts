import type { KMSClient } from '@aws-sdk/client-kms';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { InvalidSecret } from '../shared/errors.ts';
import type { GenesysUrlsOf } from '../shared/genesys-urls.ts';
import { log } from '../shared/log.ts';
import { newSeal } from '../shared/sealed-blob.ts';
import { type Credential, withTokens } from '../shared/secret-value.ts';
import { currentVersionMoved, findCredential } from '../shared/secret-versions.ts';
import { refreshTokens } from '../shared/token-endpoint.ts';
import type { RefreshRequest } from './refresh-request.ts';

/** What a refresh needs. */
export interface RefreshDependencies {
  readonly secrets: SecretsManagerClient;
  readonly kms: KMSClient;
  readonly sealKeyArn: string;
  readonly genesysUrlsOf: GenesysUrlsOf;
  /** How long Genesys Cloud may take, in ms, asked for when the request is about to leave. */
  readonly timeoutMs: () => number;
  readonly now: () => Date;
}

/** The new credential, sealed, and where it came from. */
export interface RefreshResult {
  /** The version whose refresh token was traded. */
  readonly tradedVersionId: string;
  /** The version that AWSCURRENT has to move away from. */
  readonly baseVersionId: string;
  /** The complete new value of the secret; opens for StorePending only. */
  readonly sealedValue: string;
  /** When Genesys Cloud answered (ISO 8601). */
  readonly refreshedAt: string;
  /** When the new access token dies (ISO 8601); null when Genesys Cloud did not say. */
  readonly expiresAt: string | null;
}

/**
 * Trades the refresh token and seals the complete new value. Whatever can fail comes before the token endpoint is
 * called; after its answer there is only arithmetic, so that the tokens reach the execution's state whatever
 * happens next.
 *
 * @throws CurrentVersionMoved someone wrote a newer credential since the pending version was stored
 * @throws InvalidSecret, and what `refreshTokens` throws
 */
export async function refresh(
  request: RefreshRequest,
  dependencies: RefreshDependencies,
): Promise<RefreshResult> {
  const { secretArn, versionId, source } = request;
  const [{ credential, tradedVersionId, baseVersionId }, seal] = await Promise.all([
    source.kind === 'current'
      ? readCurrent(dependencies.secrets, secretArn)
      : readPending(dependencies.secrets, secretArn, source),
    newSeal(dependencies.kms, dependencies.sealKeyArn, { secretArn, versionId, holds: 'secret-value' }),
  ]);

  const tokens = await refreshTokens(credential, {
    secretArn,
    loginUrl: dependencies.genesysUrlsOf(credential.host).loginUrl,
    timeoutMs: dependencies.timeoutMs(),
    repeated: request.repeated,
    now: dependencies.now,
  });
  const sealedValue = seal.seal(withTokens(credential, tokens));
  const refreshedAt = dependencies.now().toISOString();

  const expiresAt = tokens.expiresAt?.toISOString() ?? null;
  log('info', 'refreshed', request, { tradedVersionId, baseVersionId, expiresAt });
  return { tradedVersionId, baseVersionId, sealedValue, refreshedAt, expiresAt };
}

/** What is traded, and the version that AWSCURRENT has to move away from. */
interface RefreshSource {
  readonly credential: Credential;
  readonly tradedVersionId: string;
  readonly baseVersionId: string;
}

async function readCurrent(secrets: SecretsManagerClient, secretArn: string): Promise<RefreshSource> {
  const current = await findCredential(secrets, secretArn, { VersionStage: 'AWSCURRENT' });
  if (current === undefined) throw withoutValue('AWSCURRENT version', secretArn);
  const { credential, versionId } = current;
  return { credential, tradedVersionId: versionId, baseVersionId: versionId };
}

async function readPending(
  secrets: SecretsManagerClient,
  secretArn: string,
  { pendingVersionId, baseVersionId }: { readonly pendingVersionId: string; readonly baseVersionId: string },
): Promise<RefreshSource> {
  const [current, pending] = await Promise.all([
    findCredential(secrets, secretArn, { VersionStage: 'AWSCURRENT' }),
    findCredential(secrets, secretArn, { VersionId: pendingVersionId }),
  ]);
  if (current !== undefined && current.versionId !== baseVersionId) {
    throw currentVersionMoved(secretArn, baseVersionId, current.versionId);
  }
  if (pending === undefined) throw withoutValue('pending version', secretArn);
  return { credential: pending.credential, tradedVersionId: pendingVersionId, baseVersionId };
}

function withoutValue(what: string, secretArn: string): InvalidSecret {
  return new InvalidSecret(
    `The ${what} of secret ${secretArn} has no value. Store a credential, then redrive the execution.`,
  );
}

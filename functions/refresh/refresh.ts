import type { KMSClient } from '@aws-sdk/client-kms';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { InvalidSecret } from '../shared/errors.ts';
import type { GenesysUrlsOf } from '../shared/genesys-urls.ts';
import { log } from '../shared/log.ts';
import { newSeal } from '../shared/sealed-blob.ts';
import { withTokens } from '../shared/secret-value.ts';
import { findCredential } from '../shared/secret-versions.ts';
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
  /** The version that AWSCURRENT has to move away from. */
  readonly baseVersionId: string;
  /** The complete new value of the secret; opens for StorePending only. */
  readonly sealedValue: string;
  /** When the new access token dies (ISO 8601); null when Genesys Cloud did not say. */
  readonly expiresAt: string | null;
}

/**
 * Trades the refresh token and seals the complete new value. Whatever can fail comes before the token endpoint is
 * called; after its answer there is only arithmetic, so that the tokens reach the execution's state whatever
 * happens next.
 *
 * @throws InvalidSecret, and what `refreshTokens` throws
 */
export async function refresh(
  request: RefreshRequest,
  dependencies: RefreshDependencies,
): Promise<RefreshResult> {
  const { secretArn, versionId, source } = request;
  const [stored, seal] = await Promise.all([
    findCredential(
      dependencies.secrets,
      secretArn,
      source.kind === 'current' ? { VersionStage: 'AWSCURRENT' } : { VersionId: source.pendingVersionId },
    ),
    newSeal(dependencies.kms, dependencies.sealKeyArn, { secretArn, versionId, holds: 'secret-value' }),
  ]);
  if (stored === undefined) {
    throw new InvalidSecret(
      `The ${source.kind} version of secret ${secretArn} has no value. Store a credential, then redrive the execution.`,
    );
  }
  const { credential } = stored;

  const tokens = await refreshTokens(credential, {
    secretArn,
    loginUrl: dependencies.genesysUrlsOf(credential.host).loginUrl,
    timeoutMs: dependencies.timeoutMs(),
    repeated: request.repeated,
    now: dependencies.now,
  });
  const sealedValue = seal.seal(withTokens(credential, tokens));

  const baseVersionId = source.kind === 'current' ? stored.versionId : source.baseVersionId;
  const expiresAt = tokens.expiresAt?.toISOString() ?? null;
  log('info', 'refreshed', request, { baseVersionId, expiresAt });
  return { baseVersionId, sealedValue, expiresAt };
}

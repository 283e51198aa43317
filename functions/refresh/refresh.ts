import type { KMSClient } from '@aws-sdk/client-kms';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { InvalidSecret } from '../shared/errors.ts';
import type { GenesysUrlsOf } from '../shared/genesys-urls.ts';
import { log } from '../shared/log.ts';
import { writeMetrics } from '../shared/metrics.ts';
import { newSeal } from '../shared/sealed-blob.ts';
import { type Credential, withTokens } from '../shared/secret-value.ts';
import { currentVersionMoved, findCredential } from '../shared/secret-versions.ts';
import { refreshTokens } from '../shared/token-endpoint.ts';
import type { RefreshRequest } from './refresh-request.ts';

const SECONDS_AN_HOUR = 3_600;

/** What a refresh needs. */
export interface RefreshDependencies {
  readonly secrets: SecretsManagerClient;
  readonly kms: KMSClient;
  readonly sealKeyArn: string;
  readonly genesysUrlsOf: GenesysUrlsOf;
  /** How long Genesys Cloud may take, in ms, asked for when the request is about to leave. */
  readonly timeoutMs: () => number;
  readonly now: () => Date;
  /** The longest time from one rotation to the next, in hours; undefined when the deployment does not say. */
  readonly longestGapHours: number | undefined;
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
 * called; after its answer there is only arithmetic and the log, so that the tokens reach the execution's state.
 *
 * @throws CurrentVersionMoved someone wrote a newer credential since the pending version was stored
 * @throws InvalidSecret, and what `refreshTokens` throws
 */
export async function refresh(
  request: RefreshRequest,
  dependencies: RefreshDependencies,
): Promise<RefreshResult> {
  const { secretArn, versionId, source } = request;
  const [{ credential, tradedVersionId, baseVersionId, replacedExpiresAt }, seal] = await Promise.all([
    source.kind === 'current'
      ? readCurrent(dependencies.secrets, secretArn)
      : readPending(dependencies.secrets, secretArn, source),
    newSeal(dependencies.kms, dependencies.sealKeyArn, { secretArn, versionId, holds: 'secret-value' }),
  ]);

  const startedAt = dependencies.now();
  const tokens = await refreshTokens(credential, {
    secretArn,
    loginUrl: dependencies.genesysUrlsOf(credential.host).loginUrl,
    timeoutMs: dependencies.timeoutMs(),
    repeated: request.repeated,
    now: dependencies.now,
  });
  const sealedValue = seal.seal(withTokens(credential, tokens));
  const answeredAt = dependencies.now();

  const expiresAt = tokens.expiresAt?.toISOString() ?? null;
  log('info', 'refreshed', request, { tradedVersionId, baseVersionId, expiresAt });
  const lifeSeconds = secondsBetween(answeredAt, tokens.expiresAt);
  warnOfShortLife(request, lifeSeconds, dependencies.longestGapHours);
  writeMetrics(request, {
    RefreshTime: Math.max(0, answeredAt.getTime() - startedAt.getTime()),
    AccessTokenLife: lifeSeconds,
    RemainingTokenLife: secondsBetween(answeredAt, replacedExpiresAt),
  });
  return { tradedVersionId, baseVersionId, sealedValue, refreshedAt: answeredAt.toISOString(), expiresAt };
}

/** A token that dies before the next rotation may come leaves its consumers with a dead one, whatever is repaired. */
function warnOfShortLife(
  request: RefreshRequest,
  accessTokenLifeSeconds: number | undefined,
  longestGapHours: number | undefined,
): void {
  if (accessTokenLifeSeconds === undefined || longestGapHours === undefined) return;
  if (accessTokenLifeSeconds >= longestGapHours * SECONDS_AN_HOUR) return;
  log('warn', 'the access token lives shorter than the longest time between two rotations', request, {
    accessTokenLifeSeconds,
    longestGapHours,
  });
}

/** In whole seconds, and none for a time that is over; undefined where the end is not known. */
function secondsBetween(start: Date, end: Date | undefined): number | undefined {
  return end === undefined ? undefined : Math.max(0, Math.round((end.getTime() - start.getTime()) / 1_000));
}

/** What is traded, and the version that AWSCURRENT has to move away from. */
interface RefreshSource {
  readonly credential: Credential;
  readonly tradedVersionId: string;
  readonly baseVersionId: string;
  /** When the access token dies that consumers have. */
  readonly replacedExpiresAt: Date | undefined;
}

async function readCurrent(secrets: SecretsManagerClient, secretArn: string): Promise<RefreshSource> {
  const current = await findCredential(secrets, secretArn, { VersionStage: 'AWSCURRENT' });
  if (current === undefined) throw withoutValue('AWSCURRENT version', secretArn);
  const { credential, versionId } = current;
  const { expiresAt: replacedExpiresAt } = credential;
  return { credential, tradedVersionId: versionId, baseVersionId: versionId, replacedExpiresAt };
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
  const replacedExpiresAt = current?.credential.expiresAt;
  return {
    credential: pending.credential,
    tradedVersionId: pendingVersionId,
    baseVersionId,
    replacedExpiresAt,
  };
}

function withoutValue(what: string, secretArn: string): InvalidSecret {
  return new InvalidSecret(
    `The ${what} of secret ${secretArn} has no value. Store a credential, then redrive the execution.`,
  );
}

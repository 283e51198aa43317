import { type SecretsManagerClient, UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import {
  AccessTokenExpired,
  CurrentVersionMoved,
  InvalidRotationRequest,
  PendingVersionMissing,
  PendingVersionTaken,
} from '../shared/errors.ts';
import type { RequestFields } from '../shared/input/request.ts';
import { outlivesGap } from '../shared/journal/exchange-plan.ts';
import { type PositionedPair, parsePositionedPair } from '../shared/journal/grants.ts';
import { claimToken, type Journal } from '../shared/journal/journal.ts';
import { isClientFault, removePendingLabel } from '../shared/secrets/pending-label.ts';
import {
  belongsToRotation,
  describeSecret,
  readUntil,
  type SecretDescription,
  type Sleep,
  versionWithStage,
} from '../shared/secrets/secret-versions.ts';
import { type LogSubject, log } from '../shared/telemetry/log.ts';
import { writeMetrics } from '../shared/telemetry/metrics.ts';

/** The request of the state Promote. */
export interface PromoteRequest extends LogSubject {
  readonly action: 'promote';
  readonly pendingVersionId: string;
  /** The version that StorePending read as AWSCURRENT. */
  readonly baseVersionId: string;
  readonly pair: PositionedPair;
  /** Of the pending refresh token. */
  readonly fingerprint: string;
  /** When Genesys Cloud issued the pending tokens. */
  readonly issuedAt: Date;
  /** When the pending access token expires; null when the response had no `expires_in`. */
  readonly expiresAt: Date | null;
  readonly redriveCount: number;
}

/** Dependencies of `promote`. */
export interface PromoteDependencies {
  readonly secrets: SecretsManagerClient;
  readonly journal: Journal;
  /** The function's own remaining time, in ms. */
  readonly remainingMs: () => number;
  readonly now: () => Date;
  readonly sleep: Sleep;
  /** The longest time from one rotation to the next, in ms. */
  readonly longestGapMs: number;
}

/** How AWSCURRENT moved. */
export interface PromoteResult {
  readonly previousVersionId: string;
  readonly currentVersionId: string;
}

/** Maximum clock skew between two functions, in ms. */
export const CLAIM_MARGIN_MS = 5_000;

/** Reads the fields of a promotion. */
export function parsePromotion(request: RequestFields): Omit<PromoteRequest, keyof LogSubject | 'action'> {
  return {
    pendingVersionId: request.id('pendingVersionId'),
    baseVersionId: request.id('baseVersionId'),
    pair: parsePositionedPair(request.object('pair')),
    fingerprint: request.id('fingerprint'),
    issuedAt: request.instant('issuedAt'),
    expiresAt: request.nullableInstant('expiresAt'),
    redriveCount: request.count('redriveCount'),
  };
}

/**
 * Moves AWSCURRENT to this rotation's pending version, only from the version that StorePending read. The call has no
 * idempotency token, so Secrets Manager refuses a repeated call; then the labels show that it succeeded. Safe to repeat.
 *
 * The claim prevents other executions from exchanging the pending refresh token until AWSCURRENT has moved. It fails
 * unless StorePending has stored the token in the pending version. Secrets Manager removes AWSPENDING from the
 * rotation's own version; this function removes it from a derived version.
 *
 * @throws AccessTokenExpired    the pending access token has expired since its verification, for example before a late
 *         redrive; a token of the alternate grant must also last until the next rotation, because it stays in use
 * @throws CurrentVersionMoved   AWSCURRENT is on another version, or a newer pair is recorded: store again
 * @throws PendingVersionMissing AWSPENDING is on no version, or was taken by another rotation before a redrive
 * @throws PendingVersionTaken   AWSPENDING is on the version of another rotation
 * @throws InvalidRotationRequest the pending version is not one of this rotation
 * @see AWS Secrets Manager API Reference, UpdateSecretVersionStage
 */
export async function promote(
  request: PromoteRequest,
  dependencies: PromoteDependencies,
): Promise<PromoteResult> {
  const { secretArn, versionId, pendingVersionId, baseVersionId, issuedAt } = request;
  const { secrets, journal, now, remainingMs, sleep } = dependencies;
  const claimUntil = new Date(now().getTime() + remainingMs() + CLAIM_MARGIN_MS);
  const [description, isClaimed] = await Promise.all([
    readUntil(
      read =>
        read.stages[pendingVersionId]?.some(isPromotable) === true ||
        versionWithStage(read, 'AWSCURRENT') !== baseVersionId,
      () => describeSecret(secrets, secretArn),
      sleep,
    ),
    claimToken(journal, secretArn, request, claimUntil),
  ]);
  let movedAt: Date | undefined;
  if (versionWithStage(description, 'AWSCURRENT') !== pendingVersionId) {
    assertPromotable(request, description);
    assertNotExpired(request, dependencies);
    if (!isClaimed) {
      throw new CurrentVersionMoved(
        `The pending refresh token of secret ${secretArn} is no longer the newest of its login, or is not stored in version ${pendingVersionId}. The newest pair is stored again.`,
      );
    }
    await moveCurrent(request, dependencies);
    movedAt = now();
  }
  // Secrets Manager may treat a rotation as failed if its own version is not AWSCURRENT. While AWSPENDING exists, it
  // retries that completed rotation instead of starting the next one.
  if (pendingVersionId !== versionId && versionWithStage(description, 'AWSPENDING') === pendingVersionId) {
    await removePendingLabel(secrets, secretArn, pendingVersionId, sleep);
  }
  log('info', 'promoted', request, { previousVersionId: baseVersionId, currentVersionId: pendingVersionId });
  writeMetrics(request, {
    Rotations: 1,
    ...(movedAt &&
      replacesTokenInUse(request) && { TokenGap: Math.max(0, movedAt.getTime() - issuedAt.getTime()) }),
  });
  return { previousVersionId: baseVersionId, currentVersionId: pendingVersionId };
}

function isPromotable(label: string): boolean {
  return label === 'AWSPENDING' || label === 'AWSCURRENT';
}

/** Checks the labels, so that a caller of this function can move AWSCURRENT only to a pending version. */
function assertPromotable(
  { secretArn, versionId, pendingVersionId, baseVersionId, redriveCount }: PromoteRequest,
  description: SecretDescription,
): void {
  if (!belongsToRotation(pendingVersionId, versionId)) {
    throw new InvalidRotationRequest(
      `Version ${pendingVersionId} of secret ${secretArn} does not belong to rotation ${versionId}.`,
    );
  }
  const currentVersionId = versionWithStage(description, 'AWSCURRENT');
  if (currentVersionId !== baseVersionId)
    throw currentVersionMoved(secretArn, baseVersionId, currentVersionId);
  const holderId = versionWithStage(description, 'AWSPENDING');
  if (holderId === pendingVersionId) return;
  // Two rotations could take the label from each other forever, so the first time, the other one goes first.
  if (holderId !== undefined && !belongsToRotation(holderId, versionId) && redriveCount === 0) {
    throw new PendingVersionTaken(
      `AWSPENDING of secret ${secretArn} is on version ${holderId} of another rotation, which has precedence. The new tokens are safe in the journal. Redrive that rotation's execution if it has failed, or redrive this one to take the label back.`,
    );
  }
  throw new PendingVersionMissing(
    `The pending version ${pendingVersionId} of secret ${secretArn} no longer has AWSPENDING. It is stored again.`,
  );
}

/** Only an exchange of the grant in use may have invalidated the access token that consumers hold. */
function replacesTokenInUse({ pair }: PromoteRequest): boolean {
  return pair.lineage === pair.current.lineage && pair.generation > pair.current.generation;
}

function assertNotExpired(
  { secretArn, pair, issuedAt, expiresAt }: PromoteRequest,
  { longestGapMs, now }: PromoteDependencies,
): void {
  const lasts =
    pair.lineage === pair.current.lineage ||
    outlivesGap({ issuedAt, expiresAt: expiresAt ?? undefined }, { longestGapMs, now: now() });
  if (lasts && (expiresAt === null || expiresAt > now())) return;
  throw new AccessTokenExpired(
    `The pending access token of secret ${secretArn}, issued at ${issuedAt.toISOString()}, has expired, or does not last until the next rotation. Its refresh token is exchanged.`,
  );
}

async function moveCurrent(
  { secretArn, pendingVersionId, baseVersionId }: PromoteRequest,
  { secrets, sleep }: PromoteDependencies,
): Promise<void> {
  try {
    await secrets.send(
      new UpdateSecretVersionStageCommand({
        SecretId: secretArn,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: pendingVersionId,
        RemoveFromVersionId: baseVersionId,
      }),
    );
  } catch (error) {
    if (!isClientFault(error)) throw error;
    const description = await readUntil(
      read => versionWithStage(read, 'AWSCURRENT') !== baseVersionId,
      () => describeSecret(secrets, secretArn),
      sleep,
    );
    const currentVersionId = versionWithStage(description, 'AWSCURRENT');
    if (currentVersionId === pendingVersionId) return;
    if (currentVersionId === baseVersionId) throw error;
    throw currentVersionMoved(secretArn, baseVersionId, currentVersionId);
  }
}

function currentVersionMoved(
  secretArn: string,
  baseVersionId: string,
  currentVersionId: string | undefined,
): CurrentVersionMoved {
  return new CurrentVersionMoved(
    `AWSCURRENT of secret ${secretArn} has moved from version ${baseVersionId} to ${currentVersionId}. The new tokens are merged into the current value.`,
  );
}

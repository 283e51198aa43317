import {
  InvalidParameterException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { log } from '../shared/log.ts';
import { writeMetrics } from '../shared/metrics.ts';
import { currentVersionMoved, describeSecret, versionWithStage } from '../shared/secret-versions.ts';
import type { PromoteRequest } from './promote-request.ts';

/** What promoting needs. */
export interface PromoteDependencies {
  readonly secrets: SecretsManagerClient;
  readonly now: () => Date;
}

/** How AWSCURRENT moved. */
export interface PromoteResult {
  readonly previousVersionId: string;
  readonly currentVersionId: string;
}

/**
 * Moves AWSCURRENT from the version that was refreshed to the verified one, and only from there: Secrets Manager
 * refuses when someone wrote a newer credential meanwhile. The call has no idempotency token, so a repetition of
 * one that succeeded is refused as well; the labels tell the two apart. Safe to repeat.
 *
 * @throws CurrentVersionMoved AWSCURRENT is on a third version, which stays
 * @see AWS Secrets Manager API Reference, UpdateSecretVersionStage
 */
export async function promote(
  request: PromoteRequest,
  { secrets, now }: PromoteDependencies,
): Promise<PromoteResult> {
  const { secretArn, pendingVersionId, baseVersionId, refreshedAt } = request;
  let movedAt: Date | undefined;
  try {
    await secrets.send(
      new UpdateSecretVersionStageCommand({
        SecretId: secretArn,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: pendingVersionId,
        RemoveFromVersionId: baseVersionId,
      }),
    );
    movedAt = now();
  } catch (error) {
    if (!(error instanceof InvalidParameterException)) throw error;
    const currentVersionId = versionWithStage(await describeSecret(secrets, secretArn), 'AWSCURRENT');
    if (currentVersionId === baseVersionId) throw error;
    if (currentVersionId !== pendingVersionId) {
      throw currentVersionMoved(secretArn, baseVersionId, currentVersionId);
    }
  }
  log('info', 'promoted', request, { previousVersionId: baseVersionId, currentVersionId: pendingVersionId });
  writeMetrics(request, { Rotations: 1, TokenGap: msBetween(refreshedAt, movedAt) });
  return { previousVersionId: baseVersionId, currentVersionId: pendingVersionId };
}

/** Undefined where a repetition found AWSCURRENT moved already, or where another execution refreshed the tokens. */
function msBetween(refreshedAt: Date | null, movedAt: Date | undefined): number | undefined {
  if (refreshedAt === null || movedAt === undefined) return undefined;
  return Math.max(0, movedAt.getTime() - refreshedAt.getTime());
}

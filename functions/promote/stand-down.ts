import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type LogSubject, log } from '../shared/log.ts';
import { writeMetrics } from '../shared/metrics.ts';
import { removePendingLabel } from '../shared/pending-label.ts';
import {
  belongsToRotation,
  describeSecret,
  type Sleep,
  versionWithStage,
} from '../shared/secret-versions.ts';

/** What the state StandDown passes. */
export interface StandDownRequest extends LogSubject {
  readonly action: 'stand-down';
}

/** What was left. */
export interface StandDownResult {
  /** The version that AWSPENDING was taken off; null when it was on no version of this rotation. */
  readonly standDownVersionId: string | null;
}

/** What standing down needs. */
export interface StandDownDependencies {
  readonly secrets: SecretsManagerClient;
  readonly sleep: Sleep;
}

/**
 * Takes AWSPENDING off this rotation's versions, so that the next rotation is not refused; the newer login stays
 * AWSCURRENT. Safe to repeat.
 */
export async function standDown(
  request: StandDownRequest,
  { secrets, sleep }: StandDownDependencies,
): Promise<StandDownResult> {
  const { secretArn, versionId } = request;
  let standDownVersionId: string | null = null;
  // A stale read may name the version that had the label before: read until none of ours has it.
  for (;;) {
    const holderId = versionWithStage(await describeSecret(secrets, secretArn), 'AWSPENDING');
    if (holderId === undefined || !belongsToRotation(holderId, versionId)) break;
    await removePendingLabel(secrets, secretArn, holderId, sleep);
    standDownVersionId = holderId;
  }
  log('info', 'stood down', request, { standDownVersionId });
  writeMetrics(request, { SupersededRotations: 1 });
  return { standDownVersionId };
}

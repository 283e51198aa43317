import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { isLeftover, removePendingLabel } from '../shared/secrets/pending-label.ts';
import { blockingVersion, describeSecret, type Sleep } from '../shared/secrets/secret-versions.ts';
import { type LogSubject, log } from '../shared/telemetry/log.ts';
import { writeMetrics } from '../shared/telemetry/metrics.ts';

/** What the state StandDown passes. */
export interface StandDownRequest extends LogSubject {
  readonly action: 'stand-down';
  readonly redriveCount: number;
}

/** What was left. */
export interface StandDownResult {
  /** The version that AWSPENDING was taken off; null when nothing was left. */
  readonly standDownVersionId: string | null;
}

/** What standing down needs. */
export interface StandDownDependencies {
  readonly secrets: SecretsManagerClient;
  readonly sleep: Sleep;
}

/**
 * Takes AWSPENDING off the version that has it, so that the next rotation is not refused; the newer login stays
 * AWSCURRENT. Safe to repeat.
 */
export async function standDown(
  request: StandDownRequest,
  { secrets, sleep }: StandDownDependencies,
): Promise<StandDownResult> {
  const { secretArn } = request;
  let standDownVersionId: string | null = null;
  // A stale read may name the version that had the label before: read until nothing is left.
  for (;;) {
    const description = await describeSecret(secrets, secretArn);
    const holderId = blockingVersion(description);
    if (holderId === undefined || !isLeftover(holderId, request)) break;
    await removePendingLabel(secrets, secretArn, holderId, sleep);
    standDownVersionId = holderId;
  }
  log('info', 'stood down', request, { standDownVersionId });
  writeMetrics(request, { SupersededRotations: 1 });
  return { standDownVersionId };
}

import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { isLeftover, removePendingLabel } from '../shared/secrets/pending-label.ts';
import { blockingVersion, describeSecret, type Sleep } from '../shared/secrets/secret-versions.ts';
import { type LogSubject, log } from '../shared/telemetry/log.ts';
import { writeMetrics } from '../shared/telemetry/metrics.ts';

/** The request of the state StandDown. */
export interface StandDownRequest extends LogSubject {
  readonly action: 'stand-down';
  readonly redriveCount: number;
}

/** The result of standing down. */
export interface StandDownResult {
  /** The version that AWSPENDING was removed from; null if no version had it. */
  readonly standDownVersionId: string | null;
}

/** Dependencies of `standDown`. */
export interface StandDownDependencies {
  readonly secrets: SecretsManagerClient;
  readonly sleep: Sleep;
}

/**
 * Removes a leftover AWSPENDING, so that the next rotation can start. The newer login stays AWSCURRENT. Safe to repeat.
 */
export async function standDown(
  request: StandDownRequest,
  { secrets, sleep }: StandDownDependencies,
): Promise<StandDownResult> {
  const { secretArn } = request;
  let standDownVersionId: string | null = null;
  // A stale read may show the previous version with the label, so read until no version has it.
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

import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type DeploymentSchedule, dueDate, OVERDUE_GRACE_MS } from '../shared/secrets/due-date.ts';
import { listRotatedSecrets } from '../shared/secrets/rotated-secrets.ts';
import { log } from '../shared/telemetry/log.ts';
import { writeMetrics } from '../shared/telemetry/metrics.ts';

/** What watching needs. */
export interface WatchDependencies {
  readonly secrets: SecretsManagerClient;
  readonly rotationFunctionArn: string;
  readonly schedule: DeploymentSchedule;
  readonly now: () => Date;
}

/** How many credentials there are, and how many of them were not rotated in time. */
export interface WatchResult {
  readonly credentials: number;
  readonly overdue: number;
}

/** More overdue secrets than this have one cause; the rest is only counted. */
export const MOST_LINES = 50;

/** Looks for credentials that nobody rotates any more, which no failed execution tells of. */
export async function watch(dependencies: WatchDependencies): Promise<WatchResult> {
  const { rotationFunctionArn, schedule, now } = dependencies;
  const ours = await listRotatedSecrets(dependencies.secrets, rotationFunctionArn);
  const latestDueMs = now().getTime() - OVERDUE_GRACE_MS;
  const overdue = ours
    .map(secret => ({ secret, dueAt: dueDate(secret, schedule) }))
    .filter(({ dueAt }) => dueAt.getTime() < latestDueMs);

  for (const { secret, dueAt } of overdue.slice(0, MOST_LINES)) {
    log('warn', 'rotation overdue', secret.ARN === undefined ? {} : { secretArn: secret.ARN }, {
      lastRotation: secret.LastRotatedDate?.toISOString() ?? null,
      dueSince: dueAt.toISOString(),
      rotationEnabled: secret.RotationEnabled ?? false,
    });
  }
  if (overdue.length > MOST_LINES) {
    log('warn', 'more rotations overdue', {}, { secrets: overdue.length - MOST_LINES });
  }
  writeMetrics({}, { Credentials: ours.length, OverdueCredentials: overdue.length });
  return { credentials: ours.length, overdue: overdue.length };
}

import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type DeploymentSchedule, dueDate, OVERDUE_GRACE_MS } from '../shared/secrets/due-date.ts';
import { listRotatedSecrets } from '../shared/secrets/rotated-secrets.ts';
import { log } from '../shared/telemetry/log.ts';
import { writeMetrics } from '../shared/telemetry/metrics.ts';

/** Dependencies of the overdue check. */
export interface OverdueCheckDependencies {
  readonly secrets: SecretsManagerClient;
  readonly rotationFunctionArn: string;
  readonly schedule: DeploymentSchedule;
  readonly now: () => Date;
}

/** The number of credentials, and of those that are overdue. */
export interface OverdueCheckResult {
  readonly credentials: number;
  readonly overdue: number;
}

/** Maximum overdue secrets to log. More are only counted, because they probably have the same cause. */
export const MAX_LINES = 50;

/** Reports credentials whose rotation is overdue, including those without a failed execution. */
export async function checkOverdue(dependencies: OverdueCheckDependencies): Promise<OverdueCheckResult> {
  const { rotationFunctionArn, schedule, now } = dependencies;
  const rotated = await listRotatedSecrets(dependencies.secrets, rotationFunctionArn);
  const latestDueMs = now().getTime() - OVERDUE_GRACE_MS;
  const overdue = rotated
    .map(secret => ({ secret, dueAt: dueDate(secret, schedule) }))
    .filter(({ dueAt }) => dueAt.getTime() < latestDueMs);

  for (const { secret, dueAt } of overdue.slice(0, MAX_LINES)) {
    log('warn', 'rotation overdue', secret.ARN === undefined ? {} : { secretArn: secret.ARN }, {
      lastRotation: secret.LastRotatedDate?.toISOString() ?? null,
      dueSince: dueAt.toISOString(),
      rotationEnabled: secret.RotationEnabled ?? false,
    });
  }
  if (overdue.length > MAX_LINES) {
    log('warn', 'more rotations overdue', {}, { secrets: overdue.length - MAX_LINES });
  }
  writeMetrics({}, { Credentials: rotated.length, OverdueCredentials: overdue.length });
  return { credentials: rotated.length, overdue: overdue.length };
}

import {
  ListSecretsCommand,
  type SecretListEntry,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { isSameFunction } from '../shared/arns.ts';
import { type DeploymentSchedule, dueDate, OVERDUE_GRACE_MS } from '../shared/due-date.ts';
import { log } from '../shared/log.ts';
import { writeMetrics } from '../shared/metrics.ts';

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

/** The most that a page holds. */
const PAGE_SIZE = 100;

/** More overdue secrets than this have one cause; the rest is only counted. */
const MOST_LINES = 50;

/** Looks for credentials that nobody rotates any more, which no failed execution tells of. */
export async function watch(dependencies: WatchDependencies): Promise<WatchResult> {
  const { rotationFunctionArn, schedule, now } = dependencies;
  const listed = await listSecrets(dependencies.secrets);
  const ours = listed.filter(
    ({ RotationLambdaARN, DeletedDate }) =>
      DeletedDate === undefined && isSameFunction(RotationLambdaARN, rotationFunctionArn),
  );
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

async function listSecrets(secrets: SecretsManagerClient): Promise<readonly SecretListEntry[]> {
  const listed: SecretListEntry[] = [];
  let nextToken: string | undefined;
  do {
    const { SecretList = [], NextToken } = await secrets.send(
      new ListSecretsCommand({
        MaxResults: PAGE_SIZE,
        ...(nextToken === undefined ? {} : { NextToken: nextToken }),
      }),
    );
    listed.push(...SecretList);
    nextToken = NextToken;
  } while (nextToken !== undefined);
  return listed;
}

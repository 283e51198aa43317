import type { SFNClient } from '@aws-sdk/client-sfn';
import { DAY_MS } from '../../functions/shared/durations.ts';
import { isAttemptOf, isConfigurationTest } from '../../functions/shared/executions/execution-name.ts';
import { FAILED_STATUSES } from '../../functions/shared/executions/executions.ts';
import { blockingVersion } from '../../functions/shared/secrets/secret-versions.ts';
import { type ExecutionSummary, executionsWithStatus, isExecutionOf } from '../shared/executions.ts';
import type { SecretEntry } from '../shared/secrets.ts';

/**
 * How long after it closed an execution can be redriven, in ms (AWS Step Functions Developer Guide, "Redriving
 * executions").
 */
const REDRIVABLE_MS = 14 * DAY_MS;

/** A secret and the rotation that determines its health. */
export interface LastRotation {
  readonly secret: SecretEntry;
  /** The execution that is running. Its result counts. */
  readonly running: ExecutionSummary | undefined;
  /** The newest execution that failed, unless one has succeeded since. */
  readonly failed: ExecutionSummary | undefined;
}

/**
 * Reads the last rotation of each secret, in their order. Reads one list of executions for each status, and the list of
 * those that succeeded only where one has failed. Older failures do not count: the newest one finds their tokens in the
 * journal. Configuration tests do not count either.
 */
export async function lastRotations(
  secrets: readonly SecretEntry[],
  stateMachineArn: string,
  stepFunctions: SFNClient,
): Promise<readonly LastRotation[]> {
  const open = await executionsWithStatus(stepFunctions, stateMachineArn, ['RUNNING', ...FAILED_STATUSES]);
  const found = secrets.map(secret => {
    const own = open.filter(({ name }) => isRotationOf(name, secret));
    const failed = own.filter(({ status }) => status !== 'RUNNING');
    const counts = countsFor(secret, failed);
    return {
      secret,
      counts,
      running: own.find(({ status }) => status === 'RUNNING'),
      failed: failed.find(counts),
    };
  });
  const failedMs = found.flatMap(({ failed }) => (failed === undefined ? [] : [failed.startedAt.getTime()]));
  if (failedMs.length === 0) return found;

  // There are many successes. An older one can have been redriven after these failures only within this time.
  const since = new Date(Math.min(...failedMs) - REDRIVABLE_MS);
  const succeeded = await executionsWithStatus(stepFunctions, stateMachineArn, ['SUCCEEDED'], since);
  return found.map(({ secret, counts, running, failed }) => ({
    secret,
    running,
    failed: succeeded.some(other => counts(other) && endedAfter(other, failed)) ? undefined : failed,
  }));
}

/**
 * Which executions count for a secret: those of the rotation whose version has AWSPENDING if one of them failed, because
 * anyone with `states:StartExecution` may start others. Otherwise all of the secret, for example where AWSPENDING is on a
 * derived version.
 */
function countsFor(
  secret: SecretEntry,
  failed: readonly ExecutionSummary[],
): (execution: ExecutionSummary) => boolean {
  const pending = blockingVersion(secret);
  const rotation = { secretArn: secret.arn, secretName: secret.name, clientRequestToken: pending ?? '' };
  const isOfPending = ({ name }: ExecutionSummary): boolean => isAttemptOf(name, rotation, 'rotate');
  return pending !== undefined && failed.some(isOfPending)
    ? isOfPending
    : ({ name }) => isRotationOf(name, secret);
}

/** Compares the ends: an execution that started earlier may have been redriven later. */
function endedAfter({ stoppedAt }: ExecutionSummary, failed: ExecutionSummary | undefined): boolean {
  if (failed === undefined || stoppedAt === undefined) return false;
  return stoppedAt > (failed.stoppedAt ?? failed.startedAt);
}

function isRotationOf(name: string, secret: SecretEntry): boolean {
  return isExecutionOf(name, secret) && !isConfigurationTest(name);
}

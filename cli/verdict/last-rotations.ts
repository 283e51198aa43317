import type { SFNClient } from '@aws-sdk/client-sfn';
import { DAY_MS } from '../../functions/shared/durations.ts';
import { isAttemptOf, isConfigurationTest } from '../../functions/shared/executions/execution-name.ts';
import { FAILED_STATUSES } from '../../functions/shared/executions/executions.ts';
import { blockingVersion } from '../../functions/shared/secrets/secret-versions.ts';
import { type ExecutionSummary, executionsWithStatus, isExecutionOf } from '../shared/executions.ts';
import type { SecretEntry } from '../shared/secrets.ts';

/**
 * How long a closed execution can be redriven, in ms (AWS Step Functions Developer Guide, "Redriving executions").
 */
const REDRIVABLE_MS = 14 * DAY_MS;

/** A secret and the rotation that determines its health. */
export interface LastRotation {
  readonly secret: SecretEntry;
  /** The running execution, whose result will count. */
  readonly running: ExecutionSummary | undefined;
  /** The newest execution that failed, unless one has succeeded since. */
  readonly failed: ExecutionSummary | undefined;
}

/**
 * Reads the last rotation of each secret, in the order of the secrets. Reads one list of executions per status, and the
 * list of successful executions only if one has failed. Older failures do not count, because the newest rotation finds
 * their tokens in the journal. Configuration tests do not count either.
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
    const isRelevant = executionFilter(secret, failed);
    return {
      secret,
      isRelevant,
      running: own.find(({ status }) => status === 'RUNNING'),
      failed: failed.find(isRelevant),
    };
  });
  const failedMs = found.flatMap(({ failed }) => (failed === undefined ? [] : [failed.startedAt.getTime()]));
  if (failedMs.length === 0) return found;

  // There are many successes. One that started earlier cannot have been redriven after these failures.
  const since = new Date(Math.min(...failedMs) - REDRIVABLE_MS);
  const succeeded = await executionsWithStatus(stepFunctions, stateMachineArn, ['SUCCEEDED'], since);
  return found.map(({ secret, isRelevant, running, failed }) => ({
    secret,
    running,
    failed: succeeded.some(other => isRelevant(other) && endedAfter(other, failed)) ? undefined : failed,
  }));
}

/**
 * Decides which executions count for a secret. If an execution of the rotation that AWSPENDING belongs to failed, only
 * executions of that rotation count, because anyone with `states:StartExecution` may start others. Otherwise all
 * executions of the secret count, for example if AWSPENDING is on a derived version.
 */
function executionFilter(
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

/** Compares stop times, because an execution that started earlier may have been redriven later. */
function endedAfter({ stoppedAt }: ExecutionSummary, failed: ExecutionSummary | undefined): boolean {
  if (failed === undefined || stoppedAt === undefined) return false;
  return stoppedAt > (failed.stoppedAt ?? failed.startedAt);
}

function isRotationOf(name: string, secret: SecretEntry): boolean {
  return isExecutionOf(name, secret) && !isConfigurationTest(name);
}

import type { SFNClient } from '@aws-sdk/client-sfn';
import { isConfigurationTest } from '../../functions/shared/execution-name.ts';
import { FAILED_STATUSES } from '../../functions/shared/executions.ts';
import { type ExecutionSummary, executionsWithStatus, isExecutionOf } from '../shared/executions.ts';
import type { SecretEntry } from '../shared/secrets.ts';

const SUCCEEDED_OR_RUNNING = ['SUCCEEDED', 'RUNNING'] as const;

/**
 * How long after it closed an execution can be redriven, in ms (AWS Step Functions Developer Guide, "Redriving
 * executions").
 */
const REDRIVABLE_MS = 14 * 24 * 3_600_000;

/** A secret and its newest failed execution. */
export interface FailedRotation {
  readonly secret: SecretEntry;
  readonly execution: ExecutionSummary;
  /** Whether another execution of the secret is running. Its result counts then. */
  readonly isRunning: boolean;
}

/**
 * The executions that still need a redrive, at most one for each secret: its newest failed one, unless a rotation of
 * the secret has succeeded since. Older ones need none, because the newest one finds their tokens in the journal.
 * Configuration tests and executions of deleted secrets do not count.
 */
export async function failedRotations(
  secrets: readonly SecretEntry[],
  stateMachineArn: string,
  stepFunctions: SFNClient,
): Promise<readonly FailedRotation[]> {
  const failed = await executionsWithStatus(stepFunctions, stateMachineArn, FAILED_STATUSES);
  const newest = secrets.flatMap(secret => {
    const execution = failed.find(({ name }) => isRotationOf(name, secret));
    return execution === undefined ? [] : [{ secret, execution }];
  });
  if (newest.length === 0) return [];

  // There are many successes. An older one can have been redriven after these failures only within this time.
  const oldestMs = Math.min(...newest.map(({ execution }) => execution.startedAt.getTime()));
  const since = new Date(oldestMs - REDRIVABLE_MS);
  const others = await executionsWithStatus(stepFunctions, stateMachineArn, SUCCEEDED_OR_RUNNING, since);
  return newest.flatMap(({ secret, execution }) => {
    const later = others.filter(({ name }) => isRotationOf(name, secret));
    if (later.some(other => hasSucceededAfter(other, execution))) return [];
    return [{ secret, execution, isRunning: later.some(({ status }) => status !== 'SUCCEEDED') }];
  });
}

/** Compares the ends: an execution that started earlier may have been redriven later. */
function hasSucceededAfter(other: ExecutionSummary, failed: ExecutionSummary): boolean {
  if (other.status !== 'SUCCEEDED' || other.stoppedAt === undefined) return false;
  return other.stoppedAt > (failed.stoppedAt ?? failed.startedAt);
}

function isRotationOf(name: string, secret: SecretEntry): boolean {
  return isExecutionOf(name, secret) && !isConfigurationTest(name);
}

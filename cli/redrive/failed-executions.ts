import type { SFNClient } from '@aws-sdk/client-sfn';
import { isConfigurationTest } from '../../functions/shared/execution-name.ts';
import { FAILED_STATUSES } from '../../functions/shared/executions.ts';
import { type ExecutionSummary, executionsWithStatus, isExecutionOf } from '../shared/executions.ts';
import type { SecretEntry } from '../shared/secrets.ts';

const SUCCEEDED_OR_RUNNING = ['SUCCEEDED', 'RUNNING'] as const;

/**
 * How long after its end an execution can be redriven, in ms (AWS Step Functions Developer Guide, "Redriving
 * executions").
 */
const REDRIVABLE_MS = 14 * 24 * 3_600_000;

/** A secret with the execution that stands in the way of its rotation. */
export interface FailedRotation {
  readonly secret: SecretEntry;
  readonly execution: ExecutionSummary;
  /** Whether another execution of the secret runs: that one decides now. */
  readonly isRunning: boolean;
}

/**
 * The executions that still matter, one for each secret at most: the newest failed one of a secret, as long as no
 * rotation of it has succeeded since. Older ones were followed by it, and it finds what they stored. Configuration
 * tests and the executions of secrets that are gone do not count.
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

  // Successes are many. One from longer before was redriven after these only if redrives of it failed in between.
  const oldestMs = Math.min(...newest.map(({ execution }) => execution.startedAt.getTime()));
  const since = new Date(oldestMs - REDRIVABLE_MS);
  const others = await executionsWithStatus(stepFunctions, stateMachineArn, SUCCEEDED_OR_RUNNING, since);
  return newest.flatMap(({ secret, execution }) => {
    const later = others.filter(({ name }) => isRotationOf(name, secret));
    if (later.some(other => hasSucceededAfter(other, execution))) return [];
    return [{ secret, execution, isRunning: later.some(({ status }) => status !== 'SUCCEEDED') }];
  });
}

/** By the ends: an execution that was started earlier may have been redriven later. */
function hasSucceededAfter(other: ExecutionSummary, failed: ExecutionSummary): boolean {
  if (other.status !== 'SUCCEEDED' || other.stoppedAt === undefined) return false;
  return other.stoppedAt > (failed.stoppedAt ?? failed.startedAt);
}

function isRotationOf(name: string, secret: SecretEntry): boolean {
  return isExecutionOf(name, secret) && !isConfigurationTest(name);
}

import {
  type ExecutionStatus,
  type HistoryEvent,
  ListExecutionsCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { functionMessage } from '../../functions/shared/execution-data.ts';
import { lastEvents, lastStateIn } from '../../functions/shared/execution-history.ts';
import { executionNamePrefix, isConfigurationTest } from '../../functions/shared/execution-name.ts';
import { FAILED_STATUSES } from '../../functions/shared/executions.ts';

type FailedStatus = (typeof FAILED_STATUSES)[number];

/** Whether an execution of this status closed in vain; one that neither did nor has succeeded runs. */
export function isFailed(status: ExecutionStatus | undefined): status is FailedStatus {
  return FAILED_STATUSES.some(failed => failed === status);
}

/** An execution, as a list of them tells. */
export interface ExecutionSummary {
  readonly executionArn: string;
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly startedAt: Date;
  /** Absent while it runs. */
  readonly stoppedAt?: Date;
  readonly redriveCount: number;
}

/** How a state failed. */
export interface ExecutionFailure {
  /** That of the execution when it had failed. */
  readonly status: FailedStatus;
  /** The state that was entered last; undefined when the history cannot be read. */
  readonly state: string | undefined;
  /** That of the state; an execution that ran out of time or was stopped has none, and is told of by a name. */
  readonly error: string;
  /** What the function that failed said. */
  readonly message: string | undefined;
}

/** The secret whose executions are meant. */
export interface SecretIdentity {
  readonly arn: string;
  readonly name: string;
}

/** The most that a page holds. */
const PAGE_SIZE = 1_000;

/** More than the configuration tests that somebody starts in a row. */
const EXECUTIONS_TO_LOOK_AT = 20;

/**
 * The executions that have one of the statuses, newest first: one list for each status, whatever the secrets are.
 *
 * @param startedSince where the list ends; without it, with what AWS still keeps
 */
export async function executionsWithStatus(
  stepFunctions: SFNClient,
  stateMachineArn: string,
  statuses: readonly ExecutionStatus[],
  startedSince = new Date(0),
): Promise<readonly ExecutionSummary[]> {
  const found: ExecutionSummary[] = [];
  for (const statusFilter of statuses) {
    for await (const page of listExecutions(stepFunctions, stateMachineArn, statusFilter)) {
      const inTime = page.filter(({ startedAt }) => startedAt >= startedSince);
      found.push(...inTime);
      if (inTime.length < page.length) break;
    }
  }
  return found.sort((one, other) => other.startedAt.getTime() - one.startedAt.getTime());
}

/** The newest executions of a secret, at most `limit`, newest first. AWS keeps closed ones for 90 days. */
export async function executionsOf(
  secret: SecretIdentity,
  stepFunctions: SFNClient,
  stateMachineArn: string,
  limit: number,
): Promise<readonly ExecutionSummary[]> {
  const found: ExecutionSummary[] = [];
  for await (const page of listExecutions(stepFunctions, stateMachineArn)) {
    found.push(...page.filter(({ name }) => isExecutionOf(name, secret)));
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
}

/** The newest rotation of a secret, whatever became of it; undefined when there is none. */
export async function newestRotation(
  secret: SecretIdentity,
  stepFunctions: SFNClient,
  stateMachineArn: string,
): Promise<ExecutionSummary | undefined> {
  const newest = await executionsOf(secret, stepFunctions, stateMachineArn, EXECUTIONS_TO_LOOK_AT);
  return newest.find(({ name }) => !isConfigurationTest(name));
}

/** Whether an execution of this name is about a secret. */
export function isExecutionOf(name: string, secret: SecretIdentity): boolean {
  return name.startsWith(executionNamePrefix({ secretArn: secret.arn, secretName: secret.name }));
}

/** How a closed execution failed; undefined when it did not fail. */
export async function failureOf(
  stepFunctions: SFNClient,
  executionArn: string,
): Promise<ExecutionFailure | undefined> {
  const newestFirst = await lastEvents(executionArn, stepFunctions);
  const [last] = newestFirst;
  return last && failureIn(last, lastStateIn(newestFirst));
}

/** The state that an execution is in, or was in last. */
export async function stateOf(stepFunctions: SFNClient, executionArn: string): Promise<string | undefined> {
  return lastStateIn(await lastEvents(executionArn, stepFunctions));
}

/** The failure that an event tells of, if it is one that closes an execution. */
export function failureIn(event: HistoryEvent, state: string | undefined): ExecutionFailure | undefined {
  const type: string | undefined = event.type;
  switch (type) {
    case 'ExecutionFailed': {
      const { error = 'unknown', cause } = event.executionFailedEventDetails ?? {};
      return { status: 'FAILED', state, error, message: functionMessage(cause) };
    }
    case 'ExecutionTimedOut':
      return {
        status: 'TIMED_OUT',
        state,
        error: 'States.Timeout',
        message: 'The execution ran out of time.',
      };
    case 'ExecutionAborted':
      return { status: 'ABORTED', state, error: 'Aborted', message: 'The execution was stopped.' };
    default:
      return undefined;
  }
}

async function* listExecutions(
  stepFunctions: SFNClient,
  stateMachineArn: string,
  statusFilter?: ExecutionStatus,
): AsyncGenerator<readonly ExecutionSummary[]> {
  let nextToken: string | undefined;
  do {
    const answer = await stepFunctions.send(
      new ListExecutionsCommand({ stateMachineArn, statusFilter, maxResults: PAGE_SIZE, nextToken }),
    );
    yield (answer.executions ?? []).map(item => ({
      executionArn: item.executionArn ?? '',
      name: item.name ?? '',
      status: item.status ?? 'RUNNING',
      startedAt: item.startDate ?? new Date(0),
      ...(item.stopDate !== undefined && { stoppedAt: item.stopDate }),
      redriveCount: item.redriveCount ?? 0,
    }));
    nextToken = answer.nextToken;
  } while (nextToken !== undefined);
}

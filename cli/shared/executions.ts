import {
  type ExecutionStatus,
  type HistoryEvent,
  ListExecutionsCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { functionMessage } from '../../functions/shared/executions/execution-data.ts';
import { lastEvents, lastStateIn } from '../../functions/shared/executions/execution-history.ts';
import {
  executionNamePrefix,
  isConfigurationTest,
} from '../../functions/shared/executions/execution-name.ts';
import { FAILED_STATUSES } from '../../functions/shared/executions/executions.ts';

type FailedStatus = (typeof FAILED_STATUSES)[number];

/** Whether an execution with this status closed unsuccessfully. */
export function isFailed(status: ExecutionStatus | undefined): status is FailedStatus {
  return FAILED_STATUSES.some(failed => failed === status);
}

/** An execution, as ListExecutions returns it. */
export interface ExecutionSummary {
  readonly executionArn: string;
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly startedAt: Date;
  /** Absent while it is running. */
  readonly stoppedAt?: Date;
  readonly redriveCount: number;
}

/** How a state failed. */
export interface ExecutionFailure {
  /** The status of the execution after the failure. */
  readonly status: FailedStatus;
  /** The state that was entered last; undefined when the history cannot be read. */
  readonly state: string | undefined;
  /** The error of the state; `States.Timeout` or `Aborted` for an execution that timed out or was stopped. */
  readonly error: string;
  /** The message of the function that failed. */
  readonly message: string | undefined;
}

/** The secret of an execution. */
export interface SecretIdentity {
  readonly arn: string;
  readonly name: string;
}

/** Maximum page size of ListExecutions. */
const PAGE_SIZE = 1_000;

/** More configuration tests than anyone would run in a row. */
const MAX_EXECUTIONS = 20;

/**
 * The executions of all secrets with one of the statuses, newest first. Reads one list per status.
 *
 * @param startedSince skips older executions (default: all that AWS still keeps)
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

/** The newest executions of a secret, at most `limit`, newest first. AWS keeps closed executions for 90 days. */
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

/** The newest rotation of a secret, with any status; undefined if there is none. */
export async function newestRotation(
  secret: SecretIdentity,
  stepFunctions: SFNClient,
  stateMachineArn: string,
): Promise<ExecutionSummary | undefined> {
  const newest = await executionsOf(secret, stepFunctions, stateMachineArn, MAX_EXECUTIONS);
  return newest.find(({ name }) => !isConfigurationTest(name));
}

/** Whether an execution of this name belongs to a secret. */
export function isExecutionOf(name: string, secret: SecretIdentity): boolean {
  return name.startsWith(executionNamePrefix({ secretArn: secret.arn, secretName: secret.name }));
}

/**
 * Reads how a closed execution failed; undefined if it did not fail.
 *
 * @throws KmsAccessDeniedException, KmsInvalidStateException the key of its data cannot be used
 */
export async function failureOf(
  stepFunctions: SFNClient,
  executionArn: string,
): Promise<ExecutionFailure | undefined> {
  const newestFirst = await lastEvents(executionArn, stepFunctions);
  const [last] = newestFirst;
  return last && failureIn(last, lastStateIn(newestFirst));
}

/** Reads the state that an execution is in, or was in last. */
export async function stateOf(stepFunctions: SFNClient, executionArn: string): Promise<string | undefined> {
  return lastStateIn(await lastEvents(executionArn, stepFunctions));
}

/** The failure of an event that closes an execution; undefined for any other event. */
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
        message: 'The execution timed out.',
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
    const page = await stepFunctions.send(
      new ListExecutionsCommand({ stateMachineArn, statusFilter, maxResults: PAGE_SIZE, nextToken }),
    );
    yield (page.executions ?? []).map(item => ({
      executionArn: item.executionArn ?? '',
      name: item.name ?? '',
      status: item.status ?? 'RUNNING',
      startedAt: item.startDate ?? new Date(0),
      stoppedAt: item.stopDate,
      redriveCount: item.redriveCount ?? 0,
    }));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
}

import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  ExecutionNotRedrivable,
  RedriveExecutionCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';

/** How an execution closes in vain. */
export const FAILED_STATUSES = ['FAILED', 'TIMED_OUT', 'ABORTED'] as const;

/** How the state machine is reached. */
export interface StateMachineAccess {
  readonly stepFunctions: SFNClient;
  readonly stateMachineArn: string;
}

/** What DescribeExecution tells. */
export type ExecutionDescription = DescribeExecutionCommandOutput;

/** Names of passing errors that the SDK does not mark as such. */
const TRANSIENT = new Set(['ThrottlingException', 'TimeoutError', 'ServiceUnavailable', 'InternalFailure']);

const RUNNING = new Set(['RUNNING', 'PENDING_REDRIVE']);

/** @returns false when an execution of that name exists, whatever its input was and whether or not it still runs */
export async function startExecution(
  name: string,
  input: object,
  { stepFunctions, stateMachineArn }: StateMachineAccess,
): Promise<boolean> {
  try {
    await stepFunctions.send(
      new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }),
    );
    return true;
  } catch (error) {
    if (error instanceof ExecutionAlreadyExists) return false;
    throw error;
  }
}

/** @returns false when it cannot be redriven, or not any more */
export async function redriveExecution(
  executionArn: string,
  { stepFunctions }: StateMachineAccess,
): Promise<boolean> {
  try {
    await stepFunctions.send(new RedriveExecutionCommand({ executionArn }));
    return true;
  } catch (error) {
    if (error instanceof ExecutionNotRedrivable) return false;
    throw error;
  }
}

/** @returns undefined when there is none, or one that was started a moment ago and is not visible yet */
export async function describeExecution(
  executionArn: string,
  { stepFunctions }: Pick<StateMachineAccess, 'stepFunctions'>,
): Promise<ExecutionDescription | undefined> {
  try {
    return await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return undefined;
    throw error;
  }
}

/** The ARN of an execution of the state machine. */
export function executionArnOf(
  name: string,
  { stateMachineArn }: Pick<StateMachineAccess, 'stateMachineArn'>,
): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

/** The first execution of the state machine that a message names, such as the owner in an ExchangeUnsettled. */
export function executionNamedIn(
  message: string,
  access: Pick<StateMachineAccess, 'stateMachineArn'>,
): string | undefined {
  const prefix = executionArnOf('', access);
  const name = message.split(prefix)[1]?.match(/^[\w-]{1,80}/)?.[0];
  return name === undefined ? undefined : `${prefix}${name}`;
}

export function isRunning({ status }: ExecutionDescription): boolean {
  return RUNNING.has(status ?? '');
}

/** Whether it closed in any other way than with success: FAILED, TIMED_OUT, ABORTED. */
export function hasFailed(execution: ExecutionDescription): boolean {
  return execution.status !== 'SUCCEEDED' && !isRunning(execution);
}

/** Whether a look was throttled or failed by itself: that says nothing about the execution. */
export function isTransient(error: unknown): boolean {
  const { $fault, $retryable, name } = error as { $fault?: string; $retryable?: object; name?: string };
  return $fault === 'server' || $retryable !== undefined || TRANSIENT.has(name ?? '');
}

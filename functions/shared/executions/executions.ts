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

/** The statuses of an execution that closed unsuccessfully. */
export const FAILED_STATUSES = ['FAILED', 'TIMED_OUT', 'ABORTED'] as const;

/** Access to the state machine. */
export interface StateMachineAccess {
  readonly stepFunctions: SFNClient;
  readonly stateMachineArn: string;
}

/** A description by DescribeExecution. */
export type ExecutionDescription = DescribeExecutionCommandOutput;

/** Names of transient errors that the SDK does not mark as such. */
const TRANSIENT = new Set(['ThrottlingException', 'TimeoutError', 'ServiceUnavailable', 'InternalFailure']);

const RUNNING = new Set(['RUNNING', 'PENDING_REDRIVE']);

/** @returns false when an execution of that name exists, whatever its input and status */
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

/** @returns false when it cannot be redriven, or no longer */
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

/** @returns undefined when it does not exist, or was just started and is not visible yet */
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

/** The first execution of the state machine that a message names, such as the owner in ExchangeUnsettled. */
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

/** Whether it closed unsuccessfully: FAILED, TIMED_OUT or ABORTED. */
export function hasFailed(execution: ExecutionDescription): boolean {
  return execution.status !== 'SUCCEEDED' && !isRunning(execution);
}

/** Whether a poll was throttled or failed, which is no information about the execution. */
export function isTransient(error: unknown): boolean {
  const { $fault, $retryable, name } = error as { $fault?: string; $retryable?: object; name?: string };
  return $fault === 'server' || $retryable !== undefined || TRANSIENT.has(name ?? '');
}

import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  ExecutionDoesNotExist,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import {
  type ExecutionRotation,
  functionMessage,
  leftTokenInUse,
  lostAlternate,
  rotationOf,
} from '../shared/executions/execution-data.ts';
import {
  isKeyRefusal,
  lastEvents,
  lastStateIn,
  lastStateInput,
} from '../shared/executions/execution-history.ts';
import type { ExecutionClosed } from './notification-event.ts';

/** Waits for the given ms. */
export type Sleep = (ms: number) => Promise<unknown>;

/** What is known about an execution. */
export interface ExecutionReport {
  readonly executionArn: string;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  readonly redriveCount: number;
  readonly isRedrivable: boolean;
  /** When it closed; undefined while it runs. */
  readonly closedAt: Date | undefined;
  /** Its rotation; undefined when its input cannot be read. */
  readonly rotation: ExecutionRotation | undefined;
  /** Whether it dropped a lost alternate grant. */
  readonly lostAlternate: boolean;
  /** The error's name; undefined for an execution that was stopped or timed out. */
  readonly error: string | undefined;
  /** The error message of the function that failed. */
  readonly message: string | undefined;
}

/** Maximum polls until DescribeExecution shows an execution as closed. */
const MAX_POLLS = 5;
const POLL_INTERVAL_MS = 2_000;

/**
 * Reads an execution that has closed according to EventBridge. It may be running again if it was redriven.
 *
 * @throws Error DescribeExecution, which is eventually consistent, lags too far behind the event
 * @see AWS Step Functions API Reference, DescribeExecution
 */
export async function readClosedExecution(
  { executionArn, succeeded, redriveCount }: ExecutionClosed,
  { stepFunctions, sleep }: { readonly stepFunctions: SFNClient; readonly sleep: Sleep },
): Promise<ExecutionReport> {
  for (let poll = 1; poll <= MAX_POLLS; poll++) {
    if (poll > 1) await sleep(POLL_INTERVAL_MS);
    const report = await readExecution(executionArn, stepFunctions);
    const isLate = report?.status === 'RUNNING' && report.redriveCount === redriveCount && !succeeded;
    if (report !== undefined && !isLate) return report;
  }
  throw new Error(`DescribeExecution does not show execution ${executionArn} as closed yet.`);
}

/**
 * Reads an execution. From its input and cause, it keeps only identifiers and the function's own message.
 *
 * @returns undefined when there is no such execution, or it is not visible yet
 */
async function readExecution(
  executionArn: string,
  stepFunctions: SFNClient,
): Promise<ExecutionReport | undefined> {
  const described = await describe(executionArn, stepFunctions);
  if (described === undefined) return undefined;
  const {
    status = 'RUNNING',
    redriveCount = 0,
    redriveStatus,
    stopDate,
    input,
    output,
    error,
    cause,
  } = described;
  return {
    executionArn,
    status: status === 'PENDING_REDRIVE' ? 'RUNNING' : status,
    redriveCount,
    isRedrivable: redriveStatus === 'REDRIVABLE',
    closedAt: stopDate,
    rotation: rotationOf(executionArn, input),
    lostAlternate: lostAlternate(output),
    error: status === 'FAILED' ? error : undefined,
    message: functionMessage(cause),
  };
}

/** The state that an execution is in, or was in when it closed; undefined when its history cannot be read. */
export async function lastState(executionArn: string, stepFunctions: SFNClient): Promise<string | undefined> {
  try {
    return lastStateIn(await lastEvents(executionArn, stepFunctions));
  } catch (error) {
    if (isKeyRefusal(error) || error instanceof ExecutionDoesNotExist) return undefined;
    throw error;
  }
}

/** Reads from the failed state's input what happened to the alternate grant; all false if its data cannot be read. */
export async function alternateIn(
  executionArn: string,
  stepFunctions: SFNClient,
): Promise<{ readonly isDropped: boolean; readonly leavesTokenInUse: boolean }> {
  try {
    const input = await lastStateInput(executionArn, stepFunctions);
    return { isDropped: lostAlternate(input), leavesTokenInUse: leftTokenInUse(input) };
  } catch (error) {
    if (isKeyRefusal(error) || error instanceof ExecutionDoesNotExist) {
      return { isDropped: false, leavesTokenInUse: false };
    }
    throw error;
  }
}

/** Omits the data if the function may not use the key that encrypts it. */
async function describe(
  executionArn: string,
  stepFunctions: SFNClient,
): Promise<DescribeExecutionCommandOutput | undefined> {
  try {
    return await stepFunctions.send(new DescribeExecutionCommand({ executionArn })).catch(error => {
      if (!isKeyRefusal(error)) throw error;
      return stepFunctions.send(
        new DescribeExecutionCommand({ executionArn, includedData: 'METADATA_ONLY' }),
      );
    });
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return undefined;
    throw error;
  }
}

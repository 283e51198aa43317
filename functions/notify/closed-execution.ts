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

/** Waits for so many ms. */
export type Sleep = (ms: number) => Promise<unknown>;

/** An execution, as far as it can be read. */
export interface ExecutionReport {
  readonly executionArn: string;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  readonly redriveCount: number;
  readonly isRedrivable: boolean;
  /** When it closed; undefined while it runs. */
  readonly closedAt: Date | undefined;
  /** What it rotates; undefined when its input cannot be read. */
  readonly rotation: ExecutionRotation | undefined;
  /** Whether it dropped an alternate grant that was dead. */
  readonly lostAlternate: boolean;
  /** The error's name; a stopped execution and one that ran out of time have none. */
  readonly error: string | undefined;
  /** What the function that failed said. */
  readonly message: string | undefined;
}

/**
 * How often, and how long apart in ms, an execution is looked at that DescribeExecution does not show as closed yet.
 */
const LOOKS = 5;
const PAUSE_MS = 2_000;

/**
 * Reads an execution of which EventBridge said that it has closed. What it answers may run again: it was redriven.
 *
 * @throws Error DescribeExecution, which is only eventually consistent, lags behind the event for too long
 * @see AWS Step Functions API Reference, DescribeExecution
 */
export async function readClosedExecution(
  { executionArn, succeeded, redriveCount }: ExecutionClosed,
  { stepFunctions, sleep }: { readonly stepFunctions: SFNClient; readonly sleep: Sleep },
): Promise<ExecutionReport> {
  for (let look = 1; look <= LOOKS; look++) {
    if (look > 1) await sleep(PAUSE_MS);
    const report = await readExecution(executionArn, stepFunctions);
    const isLate = report?.status === 'RUNNING' && report.redriveCount === redriveCount && !succeeded;
    if (report !== undefined && !isLate) return report;
  }
  throw new Error(`DescribeExecution does not know yet that execution ${executionArn} has closed.`);
}

/**
 * Reads what an execution is about and how it stands. Of input and cause only identifiers and the function's own
 * message are kept.
 *
 * @returns undefined when there is no such execution, or not yet
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

/** What the state that an execution has failed in knew of the alternate grant; nothing where its data cannot be read. */
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

/** Without its data where the key of the state machine's data may not be used. */
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

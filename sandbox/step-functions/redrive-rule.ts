import { DAY_MS } from '../durations.ts';
import type { ExecutionSnapshot } from './execution.ts';

/** How long an execution can be redriven after it has closed. */
const REDRIVABLE_MS = 14 * DAY_MS;
/** The maximum duration of an execution since its first start. */
const MAX_OPEN_MS = 365 * DAY_MS;
/** The history must have room for the ExecutionRedriven event and one more. */
const MAX_EVENTS_BEFORE_REDRIVE = 24_999;

/**
 * Why an execution cannot be redriven, or undefined if it can (AWS Step Functions API Reference,
 * RedriveExecution; messages: DescribeExecution, `redriveStatusReason`).
 */
export function notRedrivableReason(execution: ExecutionSnapshot, nowMs: number): string | undefined {
  const { status, startedAt, closedAt, history } = execution;
  if (status === 'RUNNING' || status === 'SUCCEEDED') {
    return `Execution is ${status} and cannot be redriven`;
  }
  if (history.length >= MAX_EVENTS_BEFORE_REDRIVE) return 'Execution history event limit exceeded';
  if (nowMs - startedAt.getTime() >= MAX_OPEN_MS) {
    return 'Execution has exceeded the max execution time';
  }
  if (closedAt !== undefined && nowMs - closedAt.getTime() > REDRIVABLE_MS) {
    return 'Execution redrivable period exceeded';
  }
  return undefined;
}

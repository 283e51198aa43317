import type { ExecutionSnapshot, ExecutionStatus } from './execution.ts';
import type { HistoryEventType } from './history.ts';

/** An execution as ListExecutions returns it. */
export type ListedExecution = Pick<
  ExecutionSnapshot,
  | 'executionArn'
  | 'stateMachineArn'
  | 'name'
  | 'status'
  | 'startedAt'
  | 'closedAt'
  | 'redriveCount'
  | 'redrivenAt'
>;

/** The events that change the result of ListExecutions. */
const STATUS_AFTER: Readonly<Partial<Record<HistoryEventType, ExecutionStatus>>> = {
  ExecutionSucceeded: 'SUCCEEDED',
  ExecutionFailed: 'FAILED',
  ExecutionTimedOut: 'TIMED_OUT',
  ExecutionAborted: 'ABORTED',
  ExecutionRedriven: 'RUNNING',
};

/** An execution as ListExecutions returned it at an earlier instant; undefined before its start. */
export function listedAt(execution: ExecutionSnapshot, at: Date): ListedExecution | undefined {
  const { executionArn, stateMachineArn, name, startedAt, history } = execution;
  if (startedAt > at) return undefined;
  const statusEvents = history.filter(event => event.at <= at && event.type in STATUS_AFTER);
  const redrives = statusEvents.filter(({ type }) => type === 'ExecutionRedriven');
  const last = statusEvents.at(-1);
  return {
    executionArn,
    stateMachineArn,
    name,
    startedAt,
    status: (last && STATUS_AFTER[last.type]) ?? 'RUNNING',
    closedAt: last?.type === 'ExecutionRedriven' ? undefined : last?.at,
    redriveCount: redrives.length,
    redrivenAt: redrives.at(-1)?.at,
  };
}

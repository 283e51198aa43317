import * as v from 'valibot';
import type { ExecutionSnapshot } from '../step-functions/execution.ts';
import { wireEvent } from '../step-functions/history-wire.ts';
import type { ConsoleSandbox } from './console-sandbox.ts';
import type { ExecutionView, HistoryEventView, StateMachineView } from './views.ts';

/** As many as the Step Functions console shows initially. Every overview contains all of them. */
const MAX_EXECUTIONS = 100;

const rotationInput = v.pipe(v.string(), v.parseJson(), v.object({ secretArn: v.string() }));

/** The deployed state machine of the rotation. */
export function stateMachineView({
  stack,
  stateMachineArn,
}: Pick<ConsoleSandbox, 'stack' | 'stateMachineArn'>): StateMachineView {
  const machine = stack.stateMachines.find(({ arn }) => arn === stateMachineArn);
  if (machine === undefined) throw new Error(`The stack has no state machine ${stateMachineArn}.`);
  return { name: machine.name, arn: machine.arn, definition: JSON.parse(machine.definition) };
}

/** The latest 100 executions, newest first. */
export function executionViews({
  stepFunctions,
  stateMachineArn,
}: Pick<ConsoleSandbox, 'stepFunctions' | 'stateMachineArn'>): ExecutionView[] {
  return stepFunctions
    .executions(stateMachineArn)
    .slice(-MAX_EXECUTIONS)
    .reverse()
    .map(execution => executionView(execution, stepFunctions.notRedrivableReason(execution) === undefined));
}

/** The events with an id above `after`, in order. */
export function historyEventViews({ history }: ExecutionSnapshot, after: number): HistoryEventView[] {
  return history
    .filter(({ id }) => id > after)
    .map(event => ({
      ...wireEvent(event, []),
      id: event.id,
      previousEventId: event.previousEventId,
      type: event.type,
      timestamp: event.at.toISOString(),
    }));
}

function executionView(execution: ExecutionSnapshot, isRedrivable: boolean): ExecutionView {
  const { executionArn, name, status, startedAt, closedAt, redriveCount, failure } = execution;
  const input = v.safeParse(rotationInput, execution.input);
  return {
    arn: executionArn,
    name,
    status,
    startDate: startedAt.toISOString(),
    ...(closedAt !== undefined && { stopDate: closedAt.toISOString() }),
    redriveCount,
    isRedrivable,
    ...(input.success && { secretArn: input.output.secretArn }),
    ...(failure.error !== undefined && { error: failure.error }),
    ...(failure.cause !== undefined && { cause: failure.cause }),
    lastEventId: execution.history.length,
  };
}

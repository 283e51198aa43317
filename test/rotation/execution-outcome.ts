import * as v from 'valibot';
import type { ExecutionSnapshot } from '../../sandbox/step-functions/execution.ts';

/** How an execution failed: the state, the error, and the message for the operator. */
interface Failure {
  readonly state: string;
  readonly error: string | undefined;
  readonly message: string;
}

/** The payload that Lambda returns when a function has failed. */
export const functionError = v.object({ errorType: v.string(), errorMessage: v.string() });

/** The states that an execution entered, in order, including redrives. */
export function statesOf({ history }: ExecutionSnapshot): string[] {
  return history
    .filter(({ type }) => type.endsWith('StateEntered'))
    .map(({ details }) => String(details?.name));
}

/** The number of times a state ran its function, including redrives. */
export function attemptsIn({ history }: ExecutionSnapshot, state: string): number {
  let current = '';
  let attempts = 0;
  for (const { type, details } of history) {
    if (type.endsWith('StateEntered')) current = String(details?.name);
    if (type === 'TaskScheduled' && current === state) attempts++;
  }
  return attempts;
}

/** How an execution failed, or its status when it has not failed. */
export function failureOf({ status, stateName, failure }: ExecutionSnapshot): Failure | string {
  if (status !== 'FAILED') return status;
  const cause = v.parse(functionError, JSON.parse(failure.cause ?? ''));
  return { state: stateName, error: failure.error, message: cause.errorMessage };
}

import { setImmediate } from 'node:timers';
import type { Sandbox } from '../../sandbox/sandbox.ts';

/** Short, so that the clock does not run past the timeout of the retry. */
const STEP_MS = 1_000;

/** Advances the sandbox's clock through the delay before each retry of a Task. */
export function skipRetryDelays({ stepFunctions, clock }: Pick<Sandbox, 'stepFunctions' | 'clock'>): void {
  const delayed = new Set<string>();
  const advance = (executionArn: string): void => {
    if (!delayed.has(executionArn)) return;
    clock.advance(STEP_MS);
    setImmediate(advance, executionArn);
  };
  stepFunctions.onEvent(({ type, executionArn }) => {
    if (type === 'TaskFailed' || type === 'TaskTimedOut') {
      delayed.add(executionArn);
      setImmediate(advance, executionArn);
    } else {
      delayed.delete(executionArn);
    }
  });
}

import { setImmediate } from 'node:timers';
import type { Sandbox } from '../../sandbox/sandbox.ts';

/** The longest delay before a retry of the workflow (statemachine/rotation.asl.json, MaxDelaySeconds), in ms. */
const LONGEST_DELAY_MS = 60_000;

/** Moves the sandbox's clock over the delay before each retry of a Task. */
export function skipRetryDelays({ stepFunctions, clock }: Pick<Sandbox, 'stepFunctions' | 'clock'>): void {
  stepFunctions.onEvent(({ type }) => {
    if (type === 'TaskFailed') setImmediate(() => clock.advance(LONGEST_DELAY_MS));
  });
}

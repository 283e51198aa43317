import { CliError } from './cli-error.ts';
import type { Context } from './context.ts';
import type { ExecutionStep } from './execution-steps.ts';
import { follow, MAX_POLLS_PER_SECOND } from './follow.ts';
import { showStep } from './live-view.ts';
import { Pace } from './pace.ts';
import { REAL_TIME, type Time } from './time.ts';

/** What a command that waits for rotations uses. */
export interface WaitContext extends Context {
  readonly time: Time;
  /** Shared by all executions that are followed concurrently. */
  readonly historyPace: Pace;
}

/** Adds the clock, which tests replace, to a context. */
export function waitContext(context: Context, time: Time = REAL_TIME): WaitContext {
  return { ...context, time, historyPace: new Pace(MAX_POLLS_PER_SECOND, time) };
}

/**
 * Follows an execution and shows its steps.
 *
 * @returns its steps; the last one is `closed` unless the time was over
 * @throws CliError interrupted
 */
export async function watch(
  followed: Parameters<typeof follow>[0],
  context: WaitContext,
): Promise<readonly ExecutionStep[]> {
  const steps: ExecutionStep[] = [];
  for await (const step of follow(followed, context)) {
    steps.push(step);
    showStep(step, context.terminal);
  }
  if (context.signal.aborted && steps.at(-1)?.kind !== 'closed') {
    throw interrupted(`The execution ${followed.executionArn} keeps running in AWS.`);
  }
  return steps;
}

/** The error that Ctrl-C ends a command with. */
export function interrupted(whatNow: string): CliError {
  return new CliError('interrupted', `Interrupted. ${whatNow}`);
}

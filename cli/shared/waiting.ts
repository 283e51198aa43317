import { CliError } from './cli-error.ts';
import type { Context } from './context.ts';
import { Pace } from './pace.ts';
import { REAL_TIME, type Time } from './time.ts';

/**
 * Maximum GetExecutionHistory calls per second of one program: a quarter of the quota of an account and region, which
 * the Step Functions console uses as well.
 *
 * @see AWS Step Functions Developer Guide, "Quotas": GetExecutionHistory 20 per second
 */
const MAX_POLLS_PER_SECOND = 5;

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

/** The error that Ctrl-C ends a command with. */
export function interrupted(whatNow: string): CliError {
  return new CliError('interrupted', `Interrupted. ${whatNow}`);
}

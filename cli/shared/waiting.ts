import { setTimeout } from 'node:timers/promises';
import { CliError } from './cli-error.ts';
import type { Context } from './context.ts';

/**
 * Maximum GetExecutionHistory calls per second of one program: a quarter of the quota of an account and region, because
 * the Step Functions console uses the same quota.
 *
 * @see AWS Step Functions Developer Guide, "Quotas": GetExecutionHistory 20 per second
 */
const MAX_POLLS_PER_SECOND = 5;

/** What a command that waits for rotations uses. */
export interface WaitContext extends Context {
  readonly time: Time;
  /** Shared by all executions that are followed concurrently. */
  readonly historyRateLimiter: RateLimiter;
}

/** Adds the clock, which tests replace, to a context. */
export function waitContext(context: Context, time: Time = REAL_TIME): WaitContext {
  return { ...context, time, historyRateLimiter: new RateLimiter(MAX_POLLS_PER_SECOND, time) };
}

/** The error that ends a command after Ctrl-C. */
export function interrupted(whatNow: string): CliError {
  return new CliError('interrupted', `Interrupted. ${whatNow}`);
}

/** The clock that waits use. */
export interface Time {
  readonly nowMs: () => number;
  /** Waits until the time has passed or the signal is aborted. Never throws. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** The real clock. */
export const REAL_TIME: Time = {
  nowMs: Date.now,
  sleep: async (ms, signal) => {
    await setTimeout(ms, undefined, { signal }).catch(() => undefined);
  },
};

/** Limits the rate of calls of one operation. */
export class RateLimiter {
  readonly #intervalMs: number;
  readonly #time: Time;
  #nextAtMs = 0;

  constructor(callsPerSecond: number, time: Time) {
    this.#intervalMs = 1_000 / callsPerSecond;
    this.#time = time;
  }

  /** Waits until the next call is allowed, in the order of the requests. */
  async waitForTurn(signal: AbortSignal): Promise<void> {
    const nowMs = this.#time.nowMs();
    const atMs = Math.max(nowMs, this.#nextAtMs);
    this.#nextAtMs = atMs + this.#intervalMs;
    if (atMs > nowMs) await this.#time.sleep(atMs - nowMs, signal);
  }
}

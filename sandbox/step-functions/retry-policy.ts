import type { Retrier } from './definition-schema.ts';
import { StatesError } from './state-failure.ts';

// Amazon States Language specification, "Retrying after error".
const DEFAULT_INTERVAL_SECONDS = 1;
const DEFAULT_MAX_ATTEMPTS = 3;
const DEFAULT_BACKOFF_RATE = 2;

/**
 * Whether an `ErrorEquals` matches an error (AWS Step Functions Developer Guide, "Handling errors in Step Functions
 * workflows"): nothing matches `States.Runtime`; only its own name matches `States.DataLimitExceeded`;
 * `States.TaskFailed` matches all but `States.Timeout`.
 */
export function errorMatches(errorEquals: readonly string[], error: string): boolean {
  if (error === StatesError.runtime) return false;
  return errorEquals.some(name => {
    if (name === error) return true;
    if (error === StatesError.dataLimitExceeded) return false;
    return name === StatesError.all || (name === StatesError.taskFailed && error !== StatesError.timeout);
  });
}

/** Counts the attempts of each retrier during one visit to a state. */
export class RetryPolicy {
  readonly #retriers: readonly Retrier[];
  readonly #random: () => number;
  readonly #attempts = new Map<Retrier, number>();

  /** @param random from 0 (inclusive) to 1 (exclusive), for `JitterStrategy: FULL` */
  constructor(retriers: readonly Retrier[], random: () => number) {
    this.#retriers = retriers;
    this.#random = random;
  }

  /**
   * Uses one attempt of the first matching retrier.
   *
   * @returns the delay before the next attempt in ms, or undefined when no attempts are left
   */
  delayAfterMs(error: string): number | undefined {
    const retrier = this.#retriers.find(({ ErrorEquals }) => errorMatches(ErrorEquals, error));
    if (retrier === undefined) return undefined;
    const attempts = this.#attempts.get(retrier) ?? 0;
    if (attempts >= (retrier.MaxAttempts ?? DEFAULT_MAX_ATTEMPTS)) return undefined;
    this.#attempts.set(retrier, attempts + 1);

    const intervalSeconds = retrier.IntervalSeconds ?? DEFAULT_INTERVAL_SECONDS;
    const backedOff = intervalSeconds * (retrier.BackoffRate ?? DEFAULT_BACKOFF_RATE) ** attempts;
    const delayMs = Math.min(backedOff, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY) * 1000;
    return retrier.JitterStrategy === 'FULL' ? delayMs * this.#random() : delayMs;
  }
}

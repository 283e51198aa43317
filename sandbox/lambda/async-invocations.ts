import { AwsError } from '../aws/aws-error.ts';
import type { Clock, ScheduledTask } from '../clock.ts';
import { HOUR_MS, MINUTE_MS } from '../durations.ts';
import type { Invocation } from './invoker.ts';

/** The delays before the second and third attempt of an event whose function failed. */
const FUNCTION_ERROR_DELAYS_MS = [MINUTE_MS, 2 * MINUTE_MS];
/** Throttled events are retried for this long, with delays of up to five minutes. */
const EVENT_AGE_LIMIT_MS = 6 * HOUR_MS;
const MAX_THROTTLE_DELAY_MS = 5 * MINUTE_MS;

interface Event {
  readonly run: () => Promise<Invocation>;
  readonly acceptedAtMs: number;
  /** Called with the reason when no attempts are left. */
  readonly onDiscarded: (reason: string) => void;
}

/**
 * Lambda's queue for asynchronous invocations (AWS Lambda Developer Guide, "How Lambda handles errors and retries with
 * asynchronous invocation"): a failed invocation is retried twice, a throttled one for six hours.
 */
export class AsyncInvocations {
  readonly #clock: Clock;
  readonly #waiting = new Set<ScheduledTask>();
  #closed: boolean = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Starts running an event; the caller does not get the result. */
  accept(run: () => Promise<Invocation>, onDiscarded: (reason: string) => void): void {
    void this.#try({ run, onDiscarded, acceptedAtMs: this.#clock.nowMs() }, 0, 0);
  }

  /** Drops the events that wait for a retry. */
  close(): void {
    this.#closed = true;
    for (const task of this.#waiting) task.cancel();
    this.#waiting.clear();
  }

  async #try(event: Event, failures: number, throttles: number): Promise<void> {
    try {
      const { functionError } = await event.run();
      if (functionError === undefined) return;
      const delayMs = FUNCTION_ERROR_DELAYS_MS[failures];
      if (delayMs === undefined) event.onDiscarded('the function failed three times');
      else this.#retryAfter(delayMs, () => this.#try(event, failures + 1, throttles));
    } catch (error) {
      const delayMs = Math.min(1000 * 2 ** throttles, MAX_THROTTLE_DELAY_MS);
      const withinAgeLimit = this.#clock.nowMs() + delayMs - event.acceptedAtMs <= EVENT_AGE_LIMIT_MS;
      const isRetryable = error instanceof AwsError && (error.statusCode === 429 || error.statusCode >= 500);
      if (isRetryable && withinAgeLimit)
        this.#retryAfter(delayMs, () => this.#try(event, failures, throttles + 1));
      else event.onDiscarded(error instanceof AwsError ? error.type : String(error));
    }
  }

  #retryAfter(delayMs: number, retry: () => Promise<void>): void {
    if (this.#closed) return;
    const task = this.#clock.schedule(delayMs, () => {
      this.#waiting.delete(task);
      void retry();
    });
    this.#waiting.add(task);
  }
}

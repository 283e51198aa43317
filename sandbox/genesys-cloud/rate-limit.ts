import type { Clock } from '../clock.ts';

/** The API calls a minute per user and OAuth client before the answer is 429 (Genesys Cloud, "Rate limits"). */
export const API_CALLS_PER_WINDOW = 300;

/** The length of a rate limit's window, in s. */
export const RATE_WINDOW_SECONDS = 60;

/** Where a caller stands in its window after a call. */
export interface RateStanding {
  /** Calls in this window, this one included. */
  readonly count: number;
  /** Whole seconds until the window ends. */
  readonly resetSeconds: number;
}

/** Counts calls in windows of a minute that begin with a caller's first call. */
export class RateLimit {
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #windows = new Map<string, { endsAtMs: number; count: number }>();

  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock;
  }

  /** Counts a call. */
  take(caller: string): RateStanding {
    const nowMs = this.#clock.nowMs();
    let window = this.#windows.get(caller);
    if (window === undefined || nowMs >= window.endsAtMs) {
      window = { endsAtMs: nowMs + RATE_WINDOW_SECONDS * 1000, count: 0 };
      this.#windows.set(caller, window);
    }
    window.count += 1;
    return { count: window.count, resetSeconds: Math.ceil((window.endsAtMs - nowMs) / 1000) };
  }
}

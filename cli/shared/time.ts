import { setTimeout } from 'node:timers/promises';

/** The clock that waits use. */
export interface Time {
  readonly nowMs: () => number;
  /** Waits, at most until the signal is aborted. Never throws. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** The real clock. */
export const REAL_TIME: Time = {
  nowMs: Date.now,
  sleep: async (ms, signal) => {
    await setTimeout(ms, undefined, { signal }).catch(() => undefined);
  },
};

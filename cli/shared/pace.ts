import type { Time } from './time.ts';

/** Spaces the calls of one operation so that they stay below a rate. */
export class Pace {
  readonly #intervalMs: number;
  readonly #time: Time;
  #nextAtMs = 0;

  constructor(callsPerSecond: number, time: Time) {
    this.#intervalMs = 1_000 / callsPerSecond;
    this.#time = time;
  }

  /** Waits until the next call may be made. Calls are made in the order in which they ask. */
  async turn(signal: AbortSignal): Promise<void> {
    const nowMs = this.#time.nowMs();
    const atMs = Math.max(nowMs, this.#nextAtMs);
    this.#nextAtMs = atMs + this.#intervalMs;
    if (atMs > nowMs) await this.#time.sleep(atMs - nowMs, signal);
  }
}

/** Runs a callback once; see {@link Clock.schedule}. */
export interface ScheduledTask {
  /** Takes the task back; does nothing once it has run. */
  cancel(): void;
}

interface Task {
  readonly dueAtMs: number;
  readonly run: () => void;
}

/** setTimeout cannot wait longer than this (2^31 - 1 ms); a longer wait is taken in pieces. */
const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * The time in the sandbox: it runs as the machine's does and can be moved forward. Everything in the sandbox
 * that waits or asks for the time does so here, so that hours of back-off and weeks of schedule can be passed
 * in no time.
 */
export class Clock {
  #offsetMs = 0;
  readonly #tasks = new Set<Task>();
  #timer: NodeJS.Timeout | undefined;

  /** The present instant. */
  now(): Date {
    return new Date(this.nowMs());
  }

  /** The present instant in ms since 1970. */
  nowMs(): number {
    return Date.now() + this.#offsetMs;
  }

  /** How far this clock is ahead of the machine's, in ms. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Runs `run` once `delayMs` have passed. */
  schedule(delayMs: number, run: () => void): ScheduledTask {
    const task: Task = { dueAtMs: this.nowMs() + delayMs, run };
    this.#tasks.add(task);
    this.#rearm();
    return {
      cancel: () => {
        this.#tasks.delete(task);
        this.#rearm();
      },
    };
  }

  /**
   * Resolves once `delayMs` have passed.
   *
   * @throws the signal's reason as soon as it aborts
   */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = (): void => {
        scheduled.cancel();
        reject(signal?.reason);
      };
      const scheduled = this.schedule(delayMs, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Moves the time forward by `ms`; what became due runs in the order of its time. */
  advance(ms: number): void {
    if (ms < 0) throw new RangeError(`The clock only moves forward; got ${ms} ms.`);
    const targetMs = this.nowMs() + ms;
    for (;;) {
      const next = this.#next();
      if (next === undefined || next.dueAtMs > targetMs) break;
      this.#offsetMs += Math.max(0, next.dueAtMs - this.nowMs());
      this.#tasks.delete(next);
      next.run();
    }
    this.#offsetMs += Math.max(0, targetMs - this.nowMs());
    this.#rearm();
  }

  /** Drops everything that is scheduled, so that nothing keeps the process alive. */
  stop(): void {
    this.#tasks.clear();
    clearTimeout(this.#timer);
  }

  #next(): Task | undefined {
    let next: Task | undefined;
    for (const task of this.#tasks) if (next === undefined || task.dueAtMs < next.dueAtMs) next = task;
    return next;
  }

  #rearm(): void {
    clearTimeout(this.#timer);
    const next = this.#next();
    if (next === undefined) return;
    const delayMs = Math.min(Math.max(0, next.dueAtMs - this.nowMs()), LONGEST_TIMER_MS);
    this.#timer = setTimeout(() => {
      const due = [...this.#tasks]
        .filter(task => task.dueAtMs <= this.nowMs())
        .sort((a, b) => a.dueAtMs - b.dueAtMs);
      for (const task of due) {
        // A task that ran before may have cancelled this one.
        if (this.#tasks.delete(task)) task.run();
      }
      this.#rearm();
    }, delayMs);
  }
}

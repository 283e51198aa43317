/** A callback that runs once; see {@link Clock.schedule}. */
export interface ScheduledTask {
  /** Cancels the task; has no effect once it has run. */
  cancel(): void;
}

interface Task {
  readonly dueAtMs: number;
  readonly run: () => void;
}

/** The maximum delay of setTimeout (2^31 - 1 ms); longer waits are split. */
const MAX_TIMER_MS = 2_147_483_647;

/**
 * The time in the sandbox: it runs at the machine's speed and can be advanced. Everything in the sandbox that waits or
 * reads the time uses this clock, so that hours of back-off and weeks of schedule can be skipped. A virtual clock moves
 * only when it is advanced.
 */
export class Clock {
  /** Whether time passes only through {@link Clock.advance} and {@link Clock.advanceSettled}. */
  readonly isVirtual: boolean;
  readonly #startedAtMs = Date.now();
  #offsetMs = 0;
  readonly #tasks = new Set<Task>();
  #timer: NodeJS.Timeout | undefined;
  #stopped: boolean = false;

  constructor({ isVirtual = false }: { isVirtual?: boolean } = {}) {
    this.isVirtual = isVirtual;
  }

  /** The current instant. */
  now(): Date {
    return new Date(this.nowMs());
  }

  /** The current instant in ms since 1970. */
  nowMs(): number {
    return (this.isVirtual ? this.#startedAtMs : Date.now()) + this.#offsetMs;
  }

  /** How far this clock has been advanced, in ms; a running clock is ahead of the machine's by this much. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Runs `run` once `delayMs` have passed. */
  schedule(delayMs: number, run: () => void): ScheduledTask {
    const task: Task = { dueAtMs: this.nowMs() + delayMs, run };
    if (!this.#stopped) this.#tasks.add(task);
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

  /**
   * Advances the time by `ms` in one step; due tasks run in the order of their time. Work that those tasks start (a
   * call, a function) runs at the end of the period: see {@link Clock.advanceSettled}.
   */
  advance(ms: number): void {
    const targetMs = this.#target(ms);
    for (let next = this.#nextUntil(targetMs); next !== undefined; next = this.#nextUntil(targetMs)) {
      this.#jumpTo(next.dueAtMs);
      this.#tasks.delete(next);
      next.run();
    }
    this.#jumpTo(targetMs);
    this.#rearm();
  }

  /**
   * Advances the time by `ms`, from one due task to the next, and continues only when everything that the last one
   * started has settled. So nothing runs late.
   *
   * @param settled resolves when everything only waits for this clock. It is also called after each step, before the
   *   due task runs, so that copies of the time can be updated.
   */
  async advanceSettled(ms: number, settled: () => Promise<void>): Promise<void> {
    const targetMs = this.#target(ms);
    await this.advanceUntilSettled(() => targetMs, settled);
  }

  /** Advances up to an instant, in ms since 1970, which each task may change. */
  async advanceUntilSettled(targetMs: () => number, settled: () => Promise<void>): Promise<void> {
    for (;;) {
      await settled();
      const next = this.#nextUntil(targetMs());
      if (next === undefined) break;
      this.#jumpTo(next.dueAtMs);
      await settled();
      // It may have been cancelled or have run in real time.
      if (this.#tasks.delete(next)) next.run();
    }
    this.#jumpTo(targetMs());
    this.#rearm();
    await settled();
  }

  /**
   * Drops all current and future tasks: interrupted work schedules its own retries, which must not keep the process
   * alive.
   */
  stop(): void {
    this.#stopped = true;
    this.#tasks.clear();
    clearTimeout(this.#timer);
  }

  #target(ms: number): number {
    if (ms < 0) throw new RangeError(`The clock only moves forward; got ${ms} ms.`);
    return this.nowMs() + ms;
  }

  #jumpTo(timeMs: number): void {
    this.#offsetMs += Math.max(0, timeMs - this.nowMs());
  }

  #nextUntil(timeMs: number): Task | undefined {
    const next = this.#next();
    return next === undefined || next.dueAtMs > timeMs ? undefined : next;
  }

  #next(): Task | undefined {
    let next: Task | undefined;
    for (const task of this.#tasks) if (next === undefined || task.dueAtMs < next.dueAtMs) next = task;
    return next;
  }

  #rearm(): void {
    clearTimeout(this.#timer);
    const next = this.isVirtual ? undefined : this.#next();
    if (next === undefined) return;
    const delayMs = Math.min(Math.max(0, next.dueAtMs - this.nowMs()), MAX_TIMER_MS);
    this.#timer = setTimeout(() => {
      const due = [...this.#tasks]
        .filter(task => task.dueAtMs <= this.nowMs())
        .sort((a, b) => a.dueAtMs - b.dueAtMs);
      for (const task of due) {
        // An earlier task may have cancelled this one.
        if (this.#tasks.delete(task)) task.run();
      }
      this.#rearm();
    }, delayMs);
  }
}

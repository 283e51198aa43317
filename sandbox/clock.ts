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
 * in no time. A clock that stands still moves only when it is moved.
 */
export class Clock {
  /** Whether time passes only by {@link Clock.advance} and {@link Clock.advanceSettled}. */
  readonly standsStill: boolean;
  readonly #startedAtMs = Date.now();
  #offsetMs = 0;
  readonly #tasks = new Set<Task>();
  #timer: NodeJS.Timeout | undefined;
  #stopped: boolean = false;

  constructor({ standsStill = false }: { standsStill?: boolean } = {}) {
    this.standsStill = standsStill;
  }

  /** The present instant. */
  now(): Date {
    return new Date(this.nowMs());
  }

  /** The present instant in ms since 1970. */
  nowMs(): number {
    return (this.standsStill ? this.#startedAtMs : Date.now()) + this.#offsetMs;
  }

  /** How far this clock has been moved forward, in ms; one that runs is so far ahead of the machine's. */
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
   * Moves the time forward by `ms` in one go; what became due runs in the order of its time. What those tasks set
   * off in turn (a call, a function) happens at the end of the span: see {@link Clock.advanceSettled}.
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
   * Moves the time forward by `ms`, from one due task to the next, and goes on only when all that the last one set
   * off has settled; so nothing happens later than it would have.
   *
   * @param settled resolves when nothing is under way but waits on this clock. It is also asked after each step,
   *   before the due task runs, so that whoever keeps a copy of the time can be told.
   */
  async advanceSettled(ms: number, settled: () => Promise<void>): Promise<void> {
    const targetMs = this.#target(ms);
    await this.advanceUntilSettled(() => targetMs, settled);
  }

  /** Does the same up to an instant, in ms since 1970, which each task may change. */
  async advanceUntilSettled(targetMs: () => number, settled: () => Promise<void>): Promise<void> {
    for (;;) {
      await settled();
      const next = this.#nextUntil(targetMs());
      if (next === undefined) break;
      this.#jumpTo(next.dueAtMs);
      await settled();
      // In the meantime it may have been cancelled, or have run in the course of real time.
      if (this.#tasks.delete(next)) next.run();
    }
    this.#jumpTo(targetMs());
    this.#rearm();
    await settled();
  }

  /**
   * Drops everything that is scheduled, and whatever is scheduled from now on: what is ended in mid-flight plans its
   * own repetition, and nothing may keep the process alive.
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
    const next = this.standsStill ? undefined : this.#next();
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

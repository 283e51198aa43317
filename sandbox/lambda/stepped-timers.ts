import { AsyncResource } from 'node:async_hooks';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { promisify } from 'node:util';

type Callback = (...args: unknown[]) => void;

interface WaitOptions {
  readonly signal?: AbortSignal;
  readonly ref?: boolean;
}

/** Node.js treats a longer delay, or none, as 1 ms (Node.js documentation, "Timers"). */
const MAX_DELAY_MS = 2_147_483_647;

/** Has the methods of Node's `Timeout`. */
class SteppedTimer {
  readonly run: () => void;
  readonly delayMs: number;
  readonly repeats: boolean;
  dueAtMs = 0;
  #holdsProcess = true;
  readonly #timers: SteppedTimers;

  constructor(timers: SteppedTimers, run: () => void, delayMs: number, repeats: boolean) {
    this.#timers = timers;
    this.run = run;
    this.delayMs = delayMs;
    this.repeats = repeats;
  }

  hasRef(): boolean {
    return this.#holdsProcess;
  }

  ref(): this {
    return this.#hold(true);
  }

  unref(): this {
    return this.#hold(false);
  }

  refresh(): this {
    this.#timers.set(this);
    return this;
  }

  close(): this {
    this.#timers.clear(this);
    return this;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #hold(holds: boolean): this {
    this.#holdsProcess = holds;
    this.#timers.changed();
    return this;
  }
}

/**
 * Timers that wait for an external clock. They replace `setTimeout` and `setInterval`, the timers of
 * `node:timers/promises`, and `AbortSignal.timeout`. Timeouts of sockets stay in real time.
 */
export class SteppedTimers {
  readonly #nowMs: () => number;
  readonly #onChange: () => void;
  readonly #pending = new Set<SteppedTimer>();

  constructor(nowMs: () => number, onChange: () => void) {
    this.#nowMs = nowMs;
    this.#onChange = onChange;
  }

  firstDueAtMs(): number | undefined {
    return this.#first()?.dueAtMs;
  }

  get holdProcess(): boolean {
    return [...this.#pending].some(timer => timer.hasRef());
  }

  runFirst(): void {
    const first = this.#first();
    if (first === undefined) return;
    this.#pending.delete(first);
    if (first.repeats) this.set(first);
    this.changed();
    first.run();
  }

  /** Starts the timer, or restarts it. */
  set(timer: SteppedTimer): void {
    timer.dueAtMs = this.#nowMs() + timer.delayMs;
    // Timers that are due at the same instant run in the order in which they were set.
    this.#pending.delete(timer);
    this.#pending.add(timer);
    this.changed();
  }

  clear(timer: SteppedTimer): void {
    this.#pending.delete(timer);
    this.changed();
  }

  changed(): void {
    this.#onChange();
  }

  /** Replaces the timers of this process. */
  install(): void {
    const { clearTimeout: clearRealTimer } = globalThis;
    const setTimeout = Object.assign(
      (callback: Callback, delayMs?: number, ...args: unknown[]) =>
        this.#start(callback, delayMs, args, false),
      { [promisify.custom]: (delayMs?: number, value?: unknown) => this.#wait(delayMs, value) },
    );
    const setInterval = (callback: Callback, delayMs?: number, ...args: unknown[]) =>
      this.#start(callback, delayMs, args, true);
    const clear = (timer: unknown): void => {
      if (timer instanceof SteppedTimer) timer.close();
      else clearRealTimer(timer as NodeJS.Timeout);
    };
    const functions = { setTimeout, setInterval, clearTimeout: clear, clearInterval: clear };
    const require = createRequire(import.meta.url);
    Object.assign(globalThis, functions);
    Object.assign(require('node:timers'), functions);

    const wait = this.#wait.bind(this);
    const promises = require('node:timers/promises');
    Object.assign(promises, { setTimeout: wait, setInterval: this.#every.bind(this) });
    Object.defineProperty(promises.scheduler, 'wait', {
      value: (delayMs?: number, options?: WaitOptions) => wait(delayMs, undefined, options),
    });
    syncBuiltinESMExports();

    AbortSignal.timeout = delayMs => {
      const controller = new AbortController();
      const onTime = (): void =>
        controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
      this.#start(onTime, delayMs, [], false).unref();
      return controller.signal;
    };
  }

  #first(): SteppedTimer | undefined {
    let first: SteppedTimer | undefined;
    for (const timer of this.#pending) {
      if (first === undefined || timer.dueAtMs < first.dueAtMs) first = timer;
    }
    return first;
  }

  #start(callback: Callback, delay: number | undefined, args: unknown[], repeats: boolean): SteppedTimer {
    const delayMs = Number(delay);
    const inRange = delayMs >= 1 && delayMs <= MAX_DELAY_MS;
    const run = AsyncResource.bind(() => callback(...args));
    const timer = new SteppedTimer(this, run, inRange ? Math.trunc(delayMs) : 1, repeats);
    this.set(timer);
    return timer;
  }

  async #wait(delayMs?: number, value?: unknown, { signal, ref = true }: WaitOptions = {}): Promise<unknown> {
    const aborted = (): Error =>
      Object.assign(new Error('The operation was aborted'), ABORTED, { cause: signal?.reason });
    if (signal?.aborted) throw aborted();
    return await new Promise((resolve, reject) => {
      const timer = this.#start(
        () => {
          signal?.removeEventListener('abort', onAbort);
          resolve(value);
        },
        delayMs,
        [],
        false,
      );
      if (!ref) timer.unref();
      const onAbort = (): void => {
        timer.close();
        reject(aborted());
      };
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  async *#every(delayMs?: number, value?: unknown, options?: WaitOptions): AsyncGenerator<unknown> {
    for (;;) yield await this.#wait(delayMs, value, options);
  }
}

/** The code of Node's AbortError. */
const ABORTED = { name: 'AbortError', code: 'ABORT_ERR' };

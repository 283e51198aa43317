import type { Clock, ScheduledTask } from '../clock.ts';
import type { ProcessTime, ServiceMessage, StillMessage } from './runtime-messages.ts';

/** The time by the clock, as a function's process is told it. */
export function processTime(clock: Clock): ProcessTime {
  return clock.standsStill ? { nowMs: clock.nowMs() } : { offsetMs: clock.offsetMs };
}

/** The service's side of a process whose time passes only in the clock's steps. */
export class SteppedProcess {
  readonly #clock: Clock;
  readonly #send: (message: ServiceMessage) => void;
  #probe: PromiseWithResolvers<StillMessage | undefined> | undefined;
  #probes = 0;
  #timeout: ScheduledTask | undefined;
  #wake: { readonly atMs: number; readonly task: ScheduledTask } | undefined;

  constructor(clock: Clock, send: (message: ServiceMessage) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** Begins an invocation; `onTimeout` is called when it has lasted too long by the clock. */
  begin(limitMs: number, onTimeout: () => void): void {
    this.#timeout?.cancel();
    this.#timeout = this.#clock.schedule(limitMs, () => {
      this.end();
      onTimeout();
    });
  }

  /** Ends the invocation: time does not go on for a process that does nothing. */
  end(): void {
    this.#timeout?.cancel();
    this.#wakeAt(undefined);
    this.#probe?.resolve(undefined);
    this.#probe = undefined;
  }

  /** Tells the process the time and asks what it waits for; undefined when the invocation ends meanwhile. */
  async stillness(): Promise<StillMessage | undefined> {
    const probe = Promise.withResolvers<StillMessage | undefined>();
    this.#probe = probe;
    this.#probes += 1;
    this.#send({ type: 'probe', id: this.#probes, nowMs: this.#clock.nowMs() });
    return await probe.promise;
  }

  onStill(message: StillMessage): void {
    // The answer to a probe of an invocation that is over says nothing about the next.
    if (this.#probe === undefined || message.id !== this.#probes) return;
    this.#wakeAt(message.dueAtMs);
    this.#probe.resolve(message);
    this.#probe = undefined;
  }

  #wakeAt(atMs: number | undefined): void {
    // A clock that has reached this task must find it again.
    if (atMs === this.#wake?.atMs) return;
    this.#wake?.task.cancel();
    this.#wake = undefined;
    if (atMs === undefined) return;
    const task = this.#clock.schedule(Math.max(0, atMs - this.#clock.nowMs()), () => {
      this.#wake = undefined;
      this.#send({ type: 'wake' });
    });
    this.#wake = { atMs, task };
  }
}

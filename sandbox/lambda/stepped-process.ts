import type { Clock, ScheduledTask } from '../clock.ts';
import type { IdleMessage, ProcessTime, ServiceMessage } from './runtime-messages.ts';

/** The clock's time in the form that is sent to a function's process. */
export function processTime(clock: Clock): ProcessTime {
  return clock.isVirtual ? { nowMs: clock.nowMs() } : { offsetMs: clock.offsetMs };
}

/** The service's side of a process with virtual time. */
export class SteppedProcess {
  readonly #clock: Clock;
  readonly #send: (message: ServiceMessage) => void;
  #probe: PromiseWithResolvers<IdleMessage | undefined> | undefined;
  #probes = 0;
  #timeout: ScheduledTask | undefined;
  #wake: { readonly atMs: number; readonly task: ScheduledTask } | undefined;

  constructor(clock: Clock, send: (message: ServiceMessage) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** Starts an invocation; `onTimeout` is called when it times out in sandbox time. */
  begin(limitMs: number, onTimeout: () => void): void {
    this.#timeout?.cancel();
    this.#timeout = this.#clock.schedule(limitMs, () => {
      this.end();
      onTimeout();
    });
  }

  /** Ends the invocation: cancels its timeout and its next timer. */
  end(): void {
    this.#timeout?.cancel();
    this.#wakeAt(undefined);
    this.#probe?.resolve(undefined);
    this.#probe = undefined;
  }

  /** Sends the process the time and returns what it waits for; undefined when the invocation ends first. */
  async waitUntilIdle(): Promise<IdleMessage | undefined> {
    const probe = Promise.withResolvers<IdleMessage | undefined>();
    this.#probe = probe;
    this.#probes += 1;
    this.#send({ type: 'probe', id: this.#probes, nowMs: this.#clock.nowMs() });
    return await probe.promise;
  }

  onIdle(message: IdleMessage): void {
    // Ignore the response to a probe of an earlier invocation.
    if (this.#probe === undefined || message.id !== this.#probes) return;
    this.#wakeAt(message.dueAtMs);
    this.#probe.resolve(message);
    this.#probe = undefined;
  }

  #wakeAt(atMs: number | undefined): void {
    // Keep the existing task: the clock may have selected it to run next.
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

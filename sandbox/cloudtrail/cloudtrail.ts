import type { Clock } from '../clock.ts';
import { Listeners } from '../listeners.ts';

/** An event that a service generates itself, as opposed to an API call. */
export interface ServiceEvent {
  readonly name: string;
  /** The service's host, e.g. `secretsmanager.amazonaws.com`. */
  readonly source: string;
  readonly requestId: string;
  readonly resource: { readonly type: string; readonly name: string };
  readonly additionalEventData: Readonly<Record<string, unknown>>;
  readonly errorMessage?: string;
}

/** A recorded event. */
export interface RecordedEvent extends ServiceEvent {
  readonly id: string;
  readonly at: Date;
}

/**
 * AWS CloudTrail's service events, without delay. API calls are not recorded, and CloudTrail's own API is not emulated.
 *
 * Source: AWS CloudTrail User Guide, "AWS service events".
 */
export class CloudTrail {
  readonly #clock: Clock;
  readonly #events: RecordedEvent[] = [];
  readonly #listeners = new Listeners<RecordedEvent>();

  /** Calls a listener with every recorded event, until the returned function is called. */
  readonly onEvent = this.#listeners.add;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  record(event: ServiceEvent): void {
    const recorded = { ...event, id: crypto.randomUUID(), at: this.#clock.now() };
    this.#events.push(recorded);
    this.#listeners.notify(recorded);
  }

  /** The events in order. */
  events(): readonly RecordedEvent[] {
    return [...this.#events];
  }
}

import type { Clock } from '../clock.ts';
import { type Failure, StateFailed, StatesError } from './state-failure.ts';

type StateType = 'Task' | 'Choice' | 'Pass' | 'Wait' | 'Succeed' | 'Fail';

/** The events that the emulator writes (AWS Step Functions API Reference, HistoryEvent: `type`). */
export type HistoryEventType =
  | `${StateType}StateEntered`
  | `${Exclude<StateType, 'Fail'>}StateExited`
  | `Task${'Scheduled' | 'Started' | 'Succeeded' | 'Failed' | 'TimedOut'}`
  | `Execution${'Started' | 'Succeeded' | 'Failed' | 'TimedOut' | 'Aborted' | 'Redriven'}`;

/** One entry of an execution's history. */
export interface HistoryEvent {
  /** From 1, without gaps. */
  readonly id: number;
  /** 0 for the start, the first state and an abort. */
  readonly previousEventId: number;
  readonly at: Date;
  readonly type: HistoryEventType;
  /** The members of the type's details, e.g. of `taskFailedEventDetails`. */
  readonly details: Readonly<Record<string, unknown>> | undefined;
}

/** The options of an event. */
interface EventOptions {
  /** The event that led to this one; the last event by default. */
  readonly previousEventId?: number;
  /** Closes the execution, so it may be the last event that fits. */
  readonly closes?: boolean;
}

/** The maximum number of events of an execution (AWS Step Functions Developer Guide, "Quotas"). */
const MAX_EVENTS = 25_000;

/** The events of one execution over all its redrives. */
export class History {
  readonly #clock: Clock;
  readonly #onEvent: (event: HistoryEvent) => void;
  readonly #events: HistoryEvent[] = [];

  constructor(clock: Clock, onEvent: (event: HistoryEvent) => void) {
    this.#clock = clock;
    this.#onEvent = onEvent;
  }

  get events(): readonly HistoryEvent[] {
    return this.#events;
  }

  /** @throws StateFailed `States.Runtime` when there is room only for the closing event */
  append(
    type: HistoryEventType,
    details?: HistoryEvent['details'] | Failure,
    options: EventOptions = {},
  ): HistoryEvent {
    if (this.#events.length >= MAX_EVENTS - 1 && options.closes !== true) {
      throw new StateFailed(
        StatesError.runtime,
        `The execution reached the maximum number of history events (${MAX_EVENTS}).`,
      );
    }
    const event: HistoryEvent = {
      id: this.#events.length + 1,
      previousEventId: options.previousEventId ?? this.#events.length,
      at: this.#clock.now(),
      type,
      details: details === undefined ? undefined : { ...details },
    };
    this.#events.push(event);
    this.#onEvent(event);
    return event;
  }
}

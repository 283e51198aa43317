import type { RecordedEvent } from '../../../step-functions/state-runs.ts';
import type { HistoryEventView } from '../../views.ts';

/** Converts an event to the input of `readRuns`. */
export function recordedEvent(event: HistoryEventView): RecordedEvent {
  return {
    id: event.id,
    type: event.type,
    at: new Date(event.timestamp),
    details: eventDetails(event),
  };
}

/** The details of an event, such as its `taskFailedEventDetails`; undefined for types without details. */
function eventDetails(event: HistoryEventView): Readonly<Record<string, unknown>> | undefined {
  const details = Object.entries(event).find(([member]) => member.endsWith('EventDetails'))?.[1];
  return typeof details === 'object' && details !== null ? { ...details } : undefined;
}

import type { RecordedEvent } from '../../../step-functions/state-runs.ts';
import type { HistoryEventView } from '../../views.ts';

/** Converts an event to the form from which runs are read. */
export function recordedEvent(event: HistoryEventView): RecordedEvent {
  return {
    id: event.id,
    type: event.type,
    at: new Date(event.timestamp),
    details: eventDetails(event),
  };
}

/** The members of an event's own details, e.g. of `taskFailedEventDetails`; undefined where the type has none. */
function eventDetails(event: HistoryEventView): Readonly<Record<string, unknown>> | undefined {
  const details = Object.entries(event).find(([member]) => member.endsWith('EventDetails'))?.[1];
  return typeof details === 'object' && details !== null ? { ...details } : undefined;
}

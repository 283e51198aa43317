import type { HistoryEventView } from '../../views.ts';
import { recordedEvent } from './recorded-events.ts';

/** An event as a table row. */
export interface EventRow {
  readonly id: number;
  readonly type: string;
  readonly at: Date;
  /** The state; empty for an event of the whole execution. */
  readonly state: string;
  /** A summary in a word or two. */
  readonly summary: string;
  readonly isFailure: boolean;
  readonly details: Readonly<Record<string, unknown>> | undefined;
}

const FAILURE = /(?:Failed|TimedOut|Aborted)$/;

/** Converts events to table rows, in order. */
export function eventRows(events: readonly HistoryEventView[]): readonly EventRow[] {
  let state = '';
  return events.map(event => {
    const { id, type, at, details } = recordedEvent(event);
    if (type.endsWith('StateEntered')) state = String(details?.name);
    const isOfExecution = type.startsWith('Execution');
    return {
      id,
      type,
      at,
      state: isOfExecution ? '' : state,
      summary: summary(details),
      isFailure: FAILURE.test(type),
      details,
    };
  });
}

function summary(details: Readonly<Record<string, unknown>> | undefined): string {
  if (typeof details?.error === 'string') return details.error;
  if (typeof details?.redriveCount === 'number') return `redrive ${details.redriveCount}`;
  return '';
}

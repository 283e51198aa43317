import type { HistoryEvent, HistoryEventType } from './history.ts';

/** Members that `includeExecutionData: false` leaves out. */
const EXECUTION_DATA = new Set(['input', 'output', 'parameters']);

/** An event as GetExecutionHistory answers it (AWS Step Functions API Reference, HistoryEvent). */
export function wireEvent(event: HistoryEvent, withData: boolean): object {
  const { id, previousEventId, type, at, details } = event;
  const shown = Object.entries(details ?? {}).filter(([member]) => withData || !EXECUTION_DATA.has(member));
  return {
    timestamp: at.getTime() / 1000,
    type,
    id,
    previousEventId,
    ...(details === undefined ? {} : { [detailsMember(type)]: Object.fromEntries(shown) }),
  };
}

function detailsMember(type: HistoryEventType): string {
  if (type.endsWith('StateEntered')) return 'stateEnteredEventDetails';
  if (type.endsWith('StateExited')) return 'stateExitedEventDetails';
  return `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
}

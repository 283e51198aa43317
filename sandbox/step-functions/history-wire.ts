import { epochSeconds } from '../aws/json-protocol.ts';
import type { HistoryEvent, HistoryEventType } from './history.ts';

/** Members that `includeExecutionData: false` omits. */
export const EXECUTION_DATA = ['input', 'output', 'parameters'] as const;

/** Additional members to {@link EXECUTION_DATA} that are encrypted with the key of a state machine. */
export const ENCRYPTED_FAILURE = ['error', 'cause'] as const;

/**
 * Placeholder for a withheld required member. AWS does not document it for events; DescribeStateMachine returns this
 * instead of a definition.
 */
const REQUIRED: ReadonlyMap<HistoryEventType, object> = new Map([['TaskScheduled', { parameters: '{}' }]]);

/**
 * An event as GetExecutionHistory returns it.
 *
 * @param withheld the members of its details that are omitted
 * @see AWS Step Functions API Reference, HistoryEvent and TaskScheduledEventDetails
 */
export function wireEvent(event: HistoryEvent, withheld: readonly string[]): object {
  const { id, previousEventId, type, at, details } = event;
  const shown = Object.entries(details ?? {}).filter(([member]) => !withheld.includes(member));
  return {
    timestamp: epochSeconds(at),
    type,
    id,
    previousEventId,
    ...(details !== undefined && {
      [detailsMember(type)]: { ...REQUIRED.get(type), ...Object.fromEntries(shown) },
    }),
  };
}

/** The member of an event of GetExecutionHistory that contains the details. */
export function detailsMember(type: HistoryEventType): string {
  if (type.endsWith('StateEntered')) return 'stateEnteredEventDetails';
  if (type.endsWith('StateExited')) return 'stateExitedEventDetails';
  return `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
}

import { epochSeconds } from '../aws/json-protocol.ts';
import type { HistoryEvent, HistoryEventType } from './history.ts';

/** Members that `includeExecutionData: false` leaves out. */
export const EXECUTION_DATA = ['input', 'output', 'parameters'] as const;

/** Members beside {@link EXECUTION_DATA} that the key of a state machine encrypts. */
export const ENCRYPTED_FAILURE = ['error', 'cause'] as const;

/**
 * What takes the place of a member that is withheld although its type requires it. AWS does not publish what it
 * returns there; this is what DescribeStateMachine returns in place of a definition.
 */
const REQUIRED: ReadonlyMap<HistoryEventType, object> = new Map([['TaskScheduled', { parameters: '{}' }]]);

/**
 * An event as GetExecutionHistory returns it.
 *
 * @param withheld the members of its details that are left out
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

/** The member of GetExecutionHistory's event that holds the details. */
export function detailsMember(type: HistoryEventType): string {
  if (type.endsWith('StateEntered')) return 'stateEnteredEventDetails';
  if (type.endsWith('StateExited')) return 'stateExitedEventDetails';
  return `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
}

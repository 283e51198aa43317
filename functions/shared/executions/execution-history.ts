import {
  GetExecutionHistoryCommand,
  type HistoryEvent,
  KmsAccessDeniedException,
  KmsInvalidStateException,
  type SFNClient,
} from '@aws-sdk/client-sfn';

/** Maximum page size of GetExecutionHistory. */
const PAGE_SIZE = 1_000;

/** The last events of an execution, newest first and without its data: one page. */
export async function lastEvents(
  executionArn: string,
  stepFunctions: SFNClient,
): Promise<readonly HistoryEvent[]> {
  const { events = [] } = await stepFunctions.send(
    new GetExecutionHistoryCommand({
      executionArn,
      reverseOrder: true,
      maxResults: PAGE_SIZE,
      includeExecutionData: false,
    }),
  );
  return events;
}

/**
 * The state that an execution is in, or was in when it closed: the last one that was entered, because a redriven Task
 * may not be entered again.
 *
 * @see AWS Step Functions Developer Guide, "Redriving executions"
 */
export function lastStateIn(newestFirst: readonly HistoryEvent[]): string | undefined {
  return newestFirst.find(event => event.stateEnteredEventDetails !== undefined)?.stateEnteredEventDetails
    ?.name;
}

/** More events than a state adds, including retries. */
const MAX_EVENTS_PER_STATE = 100;

/** The input of the state in which an execution failed; undefined if redrives have added too many events since. */
export async function lastStateInput(
  executionArn: string,
  stepFunctions: SFNClient,
): Promise<string | undefined> {
  const { events = [] } = await stepFunctions.send(
    new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: MAX_EVENTS_PER_STATE }),
  );
  return events.find(event => event.stateEnteredEventDetails !== undefined)?.stateEnteredEventDetails?.input;
}

/** Whether the key that encrypts an execution's data cannot be used: the caller may not, or the key does not work. */
export function isKeyRefusal(error: unknown): boolean {
  return error instanceof KmsAccessDeniedException || error instanceof KmsInvalidStateException;
}

import {
  GetExecutionHistoryCommand,
  type HistoryEvent,
  KmsAccessDeniedException,
  KmsInvalidStateException,
  type SFNClient,
} from '@aws-sdk/client-sfn';

/** The most that a page holds. */
const PAGE_SIZE = 1_000;

/** The last events of an execution, newest first and without its data: one page, whatever the history's length is. */
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
 * The state that an execution is in, or was in when it closed. A redriven Task need not be entered anew, so the last
 * one that was entered counts.
 *
 * @see AWS Step Functions Developer Guide, "Redriving executions"
 */
export function lastStateIn(newestFirst: readonly HistoryEvent[]): string | undefined {
  return newestFirst.find(event => event.stateEnteredEventDetails !== undefined)?.stateEnteredEventDetails
    ?.name;
}

/** More events than a state adds, retries included: it was entered within them. */
const EVENTS_OF_A_STATE = 100;

/** The input of the state that an execution was in when it failed; undefined when redrives have made it too old. */
export async function lastStateInput(
  executionArn: string,
  stepFunctions: SFNClient,
): Promise<string | undefined> {
  const { events = [] } = await stepFunctions.send(
    new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: EVENTS_OF_A_STATE }),
  );
  return events.find(event => event.stateEnteredEventDetails !== undefined)?.stateEnteredEventDetails?.input;
}

/** Whether the key of an execution's data cannot be used: the caller may not, or the key does not work. */
export function isKeyRefusal(error: unknown): boolean {
  return error instanceof KmsAccessDeniedException || error instanceof KmsInvalidStateException;
}

import {
  GetExecutionHistoryCommand,
  type HistoryEvent,
  KmsAccessDeniedException,
  KmsInvalidStateException,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { type ExecutionFailure, type ExecutionSummary, failureIn } from '../shared/executions.ts';

/** A rotation as its execution's history tells it. */
export interface PastRotation extends ExecutionSummary {
  /** The state that was entered last. */
  readonly lastState: string | undefined;
  /** From Genesys Cloud's answer to the move of AWSCURRENT; undefined where that is not known. */
  readonly tokenGapMs: number | undefined;
  /** Each time that it failed, oldest first; a redrive may have mended it since. */
  readonly failures: readonly (ExecutionFailure & { readonly failedAt: Date })[];
  /** When it was redriven. */
  readonly redrivenAt: readonly Date[];
}

/** The most that a page holds. */
const PAGE_SIZE = 1_000;

/** Reads the history of an execution; of its data nothing but instants is kept. */
export async function readPastRotation(
  stepFunctions: SFNClient,
  execution: ExecutionSummary,
): Promise<PastRotation> {
  const events = await historyOf(stepFunctions, execution.executionArn);
  const failures: PastRotation['failures'][number][] = [];
  let state: string | undefined;
  let tokenGapMs: number | undefined;
  let promoteWasRedriven = false;
  for (const event of events) {
    // A redriven Task need not be entered anew, so the last one that was entered counts.
    state = event.stateEnteredEventDetails?.name ?? state;
    const failure = failureIn(event, state);
    if (failure !== undefined) failures.push({ ...failure, failedAt: event.timestamp ?? new Date(0) });
    // What failed may have moved AWSCURRENT before; then it was left long after the gap had ended.
    promoteWasRedriven ||= event.type === 'ExecutionRedriven' && state === 'Promote';
    tokenGapMs = tokenGapIn(event) ?? tokenGapMs;
  }
  return {
    ...execution,
    lastState: state,
    tokenGapMs: promoteWasRedriven ? undefined : tokenGapMs,
    failures,
    redrivenAt: events.flatMap(({ type, timestamp }) =>
      type === 'ExecutionRedriven' && timestamp !== undefined ? [timestamp] : [],
    ),
  };
}

/** From the moment that Promote was given as that of the refresh to the one in which Promote was left. */
function tokenGapIn({ stateExitedEventDetails: exited, timestamp }: HistoryEvent): number | undefined {
  if (exited?.name !== 'Promote' || exited.output === undefined || timestamp === undefined) return undefined;
  const output: unknown = JSON.parse(exited.output);
  const { verified, promoted } = output as {
    readonly verified?: { readonly refreshedAt?: unknown };
    readonly promoted?: unknown;
  };
  // Promote is also left, without having moved anything, for StandDown.
  if (promoted === undefined) return undefined;
  // Null where another execution refreshed, absent in executions of version 0.1.0.
  if (typeof verified?.refreshedAt !== 'string') return undefined;
  const gapMs = timestamp.getTime() - Date.parse(verified.refreshedAt);
  return Number.isNaN(gapMs) ? undefined : Math.max(0, gapMs);
}

/** Without its data where the key of the state machine's data may not be used. */
async function historyOf(stepFunctions: SFNClient, executionArn: string): Promise<readonly HistoryEvent[]> {
  try {
    return await allEvents(stepFunctions, executionArn, true);
  } catch (error) {
    if (!(error instanceof KmsAccessDeniedException || error instanceof KmsInvalidStateException))
      throw error;
    return await allEvents(stepFunctions, executionArn, false);
  }
}

async function allEvents(
  stepFunctions: SFNClient,
  executionArn: string,
  includeExecutionData: boolean,
): Promise<readonly HistoryEvent[]> {
  const found: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const answer = await stepFunctions.send(
      new GetExecutionHistoryCommand({
        executionArn,
        includeExecutionData,
        maxResults: PAGE_SIZE,
        nextToken,
      }),
    );
    found.push(...(answer.events ?? []));
    nextToken = answer.nextToken;
  } while (nextToken !== undefined);
  return found;
}

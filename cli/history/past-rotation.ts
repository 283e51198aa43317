import { GetExecutionHistoryCommand, type HistoryEvent, type SFNClient } from '@aws-sdk/client-sfn';
import { isKeyRefusal } from '../../functions/shared/executions/execution-history.ts';
import { instantOf } from '../../functions/shared/input/parse.ts';
import { type ExecutionFailure, type ExecutionSummary, failureIn } from '../shared/executions.ts';

/** A rotation, read from the history of its execution. */
export interface PastRotation extends ExecutionSummary {
  /** The state that was entered last. */
  readonly lastState: string | undefined;
  /** From the issue of the tokens to the move of AWSCURRENT; undefined if unknown. */
  readonly tokenGapMs: number | undefined;
  /** Each failure, oldest first; a redrive may have fixed it since. */
  readonly failures: readonly (ExecutionFailure & { readonly failedAt: Date })[];
  /** When it was redriven. */
  readonly redrivenAt: readonly Date[];
}

/** Maximum page size of GetExecutionHistory. */
const PAGE_SIZE = 1_000;

/** Reads the history of an execution. Of its data, keeps only times and error messages. */
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
    // A redriven Task may not have a second TaskStateEntered.
    state = event.stateEnteredEventDetails?.name ?? state;
    const failure = failureIn(event, state);
    if (failure !== undefined) failures.push({ ...failure, failedAt: event.timestamp ?? new Date(0) });
    // A failed Promote may have moved AWSCURRENT. After a redrive it exits long after the gap has ended.
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

/** Like the metric TokenGap: from the issue of the pair, wherever Refresh found it, to the exit of Promote. */
function tokenGapIn({ stateExitedEventDetails: exited, timestamp }: HistoryEvent): number | undefined {
  if (exited?.name !== 'Promote' || exited.output === undefined || timestamp === undefined) return undefined;
  const output: unknown = JSON.parse(exited.output);
  const { refreshed, promoted } = output as {
    readonly refreshed?: { readonly issuedAt?: unknown };
    readonly promoted?: unknown;
  };
  // Promote did not promote: it exited with an error that was caught, and StorePending follows.
  if (promoted === undefined) return undefined;
  const issuedAt = instantOf(refreshed?.issuedAt);
  return issuedAt && Math.max(0, timestamp.getTime() - issuedAt.getTime());
}

/** Reads the history, without execution data if its key cannot be used. */
async function historyOf(stepFunctions: SFNClient, executionArn: string): Promise<readonly HistoryEvent[]> {
  try {
    return await allEvents(stepFunctions, executionArn, true);
  } catch (error) {
    if (!isKeyRefusal(error)) throw error;
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
    const page = await stepFunctions.send(
      new GetExecutionHistoryCommand({
        executionArn,
        includeExecutionData,
        maxResults: PAGE_SIZE,
        nextToken,
      }),
    );
    found.push(...(page.events ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return found;
}

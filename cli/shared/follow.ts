import { ExecutionDoesNotExist, GetExecutionHistoryCommand, type HistoryEvent } from '@aws-sdk/client-sfn';
import { isTransient } from '../../functions/shared/executions.ts';
import { type ExecutionStep, StepReader } from './execution-steps.ts';
import type { WaitContext } from './waiting.ts';

type FollowContext = Pick<WaitContext, 'aws' | 'time' | 'historyPace' | 'signal'>;

/** What is followed. */
export interface Followed {
  readonly executionArn: string;
  /** Followed is what comes from this redrive on, which the history may not show yet; 0 for all. */
  readonly redriveCount: number;
  /** When to stop waiting, in ms of the clock. */
  readonly untilMs: number;
}

/**
 * How many looks at a history a second one program allows itself: a quarter of what an account and region has, where
 * the rotation function and the Step Functions console look, too.
 *
 * @see AWS Step Functions Developer Guide, "Quotas": GetExecutionHistory 20 a second
 */
export const LOOKS_PER_SECOND = 5;

/** The wait after a look that showed something, how it grows while nothing happens, and its end, in ms. */
const SHORTEST_WAIT_MS = 1_000;
const GROWTH = 1.5;
const LONGEST_WAIT_MS = 8_000;

/** A whole rotation is some 40 events. */
const PAGE_SIZE = 100;

/**
 * Tells what happens in an execution, as it happens, until it closes. It also ends, without a step that says closed,
 * when the time is over or the signal is aborted: the execution goes on then. An execution that does not exist yet is
 * waited for.
 */
export async function* follow(
  { executionArn, redriveCount, untilMs }: Followed,
  context: FollowContext,
): AsyncGenerator<ExecutionStep> {
  const { time, signal } = context;
  const reader = new StepReader();
  let lastId = 0;
  let isDue = redriveCount === 0;
  let waitMs = SHORTEST_WAIT_MS;
  for (;;) {
    const look = await eventsAfter(lastId, executionArn, context);
    for (const event of look.events) {
      lastId = event.id ?? lastId;
      for (const step of reader.read(event)) {
        if (step.kind === 'redriven' && step.redriveCount >= redriveCount) isDue = true;
        if (!isDue) continue;
        yield step;
        if (step.kind === 'closed') return;
      }
    }
    const leftMs = untilMs - time.nowMs();
    if (signal.aborted || leftMs <= 0) return;
    if (look.isRefused) waitMs = LONGEST_WAIT_MS;
    else waitMs = look.events.length > 0 ? SHORTEST_WAIT_MS : Math.min(waitMs * GROWTH, LONGEST_WAIT_MS);
    await time.sleep(Math.min(waitMs, leftMs), signal);
    if (signal.aborted) return;
  }
}

interface Look {
  /** In their order. */
  readonly events: readonly HistoryEvent[];
  /** The look was throttled, or failed by itself: that says nothing about the execution. */
  readonly isRefused: boolean;
}

/** Read from the end, so that a look costs one call however long the history is. */
async function eventsAfter(
  lastId: number,
  executionArn: string,
  { aws: { stepFunctions }, historyPace, signal }: FollowContext,
): Promise<Look> {
  const newestFirst: HistoryEvent[] = [];
  let nextToken: string | undefined;
  try {
    do {
      await historyPace.turn(signal);
      const page = await stepFunctions.send(
        new GetExecutionHistoryCommand({
          executionArn,
          reverseOrder: true,
          includeExecutionData: false,
          maxResults: PAGE_SIZE,
          nextToken,
        }),
      );
      const found = page.events ?? [];
      const unseen = found.filter(({ id = 0 }) => id > lastId);
      newestFirst.push(...unseen);
      nextToken = unseen.length === found.length ? page.nextToken : undefined;
    } while (nextToken !== undefined);
    return { events: newestFirst.reverse(), isRefused: false };
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return { events: [], isRefused: false };
    if (isTransient(error)) return { events: [], isRefused: true };
    throw error;
  }
}

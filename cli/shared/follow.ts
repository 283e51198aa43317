import { ExecutionDoesNotExist, GetExecutionHistoryCommand, type HistoryEvent } from '@aws-sdk/client-sfn';
import { isTransient } from '../../functions/shared/executions/executions.ts';
import { type ExecutionStep, StepReader } from './execution-steps.ts';
import { stepLine } from './live-view.ts';
import { interrupted, type WaitContext } from './waiting.ts';

type FollowContext = Pick<WaitContext, 'aws' | 'time' | 'historyRateLimiter' | 'signal'>;

/** What to follow. */
export interface Followed {
  readonly executionArn: string;
  /** Skips events before this redrive, which the history may not show yet; 0 for all events. */
  readonly redriveCount: number;
  /** When to stop, in ms of the clock. */
  readonly untilMs: number;
}

/** The pause after a poll that found events, its growth factor while polls find none, and its maximum, in ms. */
export const MIN_PAUSE_MS = 1_000;
const PAUSE_GROWTH = 1.5;
export const MAX_PAUSE_MS = 8_000;

/** A rotation has about 40 events. */
const PAGE_SIZE = 100;

/**
 * Yields the steps of an execution as they happen, until it closes. On timeout or abort it ends without a `closed`
 * step, and the execution keeps running. Waits for an execution that does not exist yet.
 */
export async function* follow(
  { executionArn, redriveCount, untilMs }: Followed,
  context: FollowContext,
): AsyncGenerator<ExecutionStep> {
  const { time, signal } = context;
  const reader = new StepReader();
  let lastId = 0;
  let isDue = redriveCount === 0;
  let pauseMs = MIN_PAUSE_MS;
  for (;;) {
    const poll = await eventsAfter(lastId, executionArn, context);
    for (const event of poll.events) {
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
    if (poll.hasFailed) pauseMs = MAX_PAUSE_MS;
    else pauseMs = poll.events.length > 0 ? MIN_PAUSE_MS : Math.min(pauseMs * PAUSE_GROWTH, MAX_PAUSE_MS);
    await time.sleep(Math.min(pauseMs, leftMs), signal);
    if (signal.aborted) return;
  }
}

interface Poll {
  /** Oldest first. */
  readonly events: readonly HistoryEvent[];
  /** The call was throttled or failed; the execution is not affected. */
  readonly hasFailed: boolean;
}

/** Reads the newest events first, so a poll needs one call even if the history is long. */
async function eventsAfter(
  lastId: number,
  executionArn: string,
  { aws: { stepFunctions }, historyRateLimiter, signal }: FollowContext,
): Promise<Poll> {
  const newestFirst: HistoryEvent[] = [];
  let nextToken: string | undefined;
  try {
    do {
      await historyRateLimiter.waitForTurn(signal);
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
    return { events: newestFirst.reverse(), hasFailed: false };
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return { events: [], hasFailed: false };
    if (isTransient(error)) return { events: [], hasFailed: true };
    throw error;
  }
}

/**
 * Follows an execution and shows its steps.
 *
 * @returns its steps; the last one is `closed`, except on timeout
 * @throws CliError interrupted
 */
export async function watch(followed: Followed, context: WaitContext): Promise<readonly ExecutionStep[]> {
  const { terminal } = context;
  const steps: ExecutionStep[] = [];
  for await (const step of follow(followed, context)) {
    steps.push(step);
    terminal.note(stepLine(step, (style, text) => terminal.style(style, text, terminal.err)));
  }
  if (context.signal.aborted && steps.at(-1)?.kind !== 'closed') {
    throw interrupted(`The execution ${followed.executionArn} keeps running in AWS.`);
  }
  return steps;
}

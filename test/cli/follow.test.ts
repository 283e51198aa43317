import {
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ExecutionStep } from '../../cli/shared/execution-steps.ts';
import { follow, MAX_PAUSE_MS, MIN_PAUSE_MS } from '../../cli/shared/follow.ts';
import { RateLimiter, type Time } from '../../cli/shared/waiting.ts';
import { MINUTE_MS } from '../../functions/shared/durations.ts';
import { awsException } from '../helpers/aws-exception.ts';
import { mockAws } from '../helpers/aws-mock.ts';
import { cliContext } from '../helpers/cli-context.ts';
import { EXECUTION_ARN_PREFIX } from '../helpers/execution-description.ts';

const EXECUTION_ARN = `${EXECUTION_ARN_PREFIX}first`;

const history = mockAws(SFNClient);
let nowMs = 0;
let waitsMs: number[] = [];

const time: Time = {
  nowMs: () => nowMs,
  sleep: async ms => {
    nowMs += ms;
    waitsMs.push(ms);
  },
};

beforeEach(() => {
  history.reset();
  nowMs = 0;
  waitsMs = [];
});

/** An event whose id is also its time in seconds. */
function event(id: number, type: HistoryEvent['type'], details: Partial<HistoryEvent> = {}): HistoryEvent {
  return { id, type, timestamp: new Date(id * 1_000), ...details };
}

const STARTED = event(1, 'ExecutionStarted');
const ENTERED = event(2, 'TaskStateEntered', { stateEnteredEventDetails: { name: 'Verify' } });
const SCHEDULED = event(3, 'TaskScheduled');
const FAILED = event(4, 'TaskFailed', {
  taskFailedEventDetails: { resource: 'invoke', resourceType: 'lambda', error: 'GenesysUnavailable' },
});
const SCHEDULED_AGAIN = event(5, 'TaskScheduled');
const LEFT = event(6, 'TaskStateExited');
const SUCCEEDED = event(7, 'ExecutionSucceeded');
const EXECUTION_FAILED = event(5, 'ExecutionFailed', {
  executionFailedEventDetails: { error: 'GenesysUnavailable', cause: '{"errorMessage":"It is down."}' },
});

/** Sets the history for each poll. The last one is repeated. */
function historyPolls(...histories: readonly (readonly HistoryEvent[])[]): void {
  const responses = history.on(GetExecutionHistoryCommand);
  for (const [index, events] of histories.entries()) {
    const output = { events: [...events].reverse() };
    if (index < histories.length - 1) responses.resolvesOnce(output);
    else responses.resolves(output);
  }
}

async function followed(redriveCount = 0, signal = new AbortController().signal): Promise<ExecutionStep[]> {
  const context = { ...cliContext().context, time, historyRateLimiter: new RateLimiter(1_000, time), signal };
  const steps = follow({ executionArn: EXECUTION_ARN, redriveCount, untilMs: MINUTE_MS }, context);
  const seen: ExecutionStep[] = [];
  for await (const step of steps) seen.push(step);
  return seen;
}

describe('follow', () => {
  it('yields each step once, in order, as the history grows', async () => {
    historyPolls(
      [STARTED, ENTERED],
      [STARTED, ENTERED, SCHEDULED, LEFT],
      [STARTED, ENTERED, SCHEDULED, LEFT, SUCCEEDED],
    );

    const steps = await followed();

    expect(steps.map(({ kind }) => kind)).toEqual(['entered', 'left', 'closed']);
    expect(steps[1]).toMatchObject({ state: 'Verify', durationMs: 4_000, caught: undefined });
  });

  it('yields a retry with its number and the previous error', async () => {
    historyPolls([STARTED, ENTERED, SCHEDULED, FAILED, SCHEDULED_AGAIN, LEFT, SUCCEEDED]);

    const steps = await followed();

    expect(steps).toMatchObject([
      { kind: 'entered' },
      { kind: 'attemptFailed', error: 'GenesysUnavailable', attempt: 1 },
      { kind: 'retried', error: 'GenesysUnavailable', attempt: 2 },
      { kind: 'left', caught: undefined },
      { kind: 'closed', failure: undefined },
    ]);
  });

  it('yields the caught error when the state is left without another attempt', async () => {
    historyPolls([STARTED, ENTERED, SCHEDULED, FAILED, LEFT, SUCCEEDED]);

    const steps = await followed();

    expect(steps).toContainEqual(expect.objectContaining({ kind: 'left', caught: 'GenesysUnavailable' }));
  });

  it('yields the failure', async () => {
    historyPolls([STARTED, ENTERED, SCHEDULED, FAILED, EXECUTION_FAILED]);

    const steps = await followed();

    expect(steps.at(-1)).toMatchObject({
      kind: 'closed',
      failure: { state: 'Verify', error: 'GenesysUnavailable', message: 'It is down.' },
    });
  });

  it('skips the failure before a redrive, and yields the state that runs again', async () => {
    const failed = [STARTED, ENTERED, SCHEDULED, FAILED, EXECUTION_FAILED];
    const redriven = [
      event(6, 'ExecutionRedriven', { executionRedrivenEventDetails: { redriveCount: 1 } }),
      event(7, 'TaskScheduled'),
      event(8, 'TaskStateExited'),
      event(9, 'ExecutionSucceeded'),
    ];
    historyPolls(failed, [...failed, ...redriven]);

    const steps = await followed(1);

    expect(steps).toMatchObject([
      { kind: 'redriven', redriveCount: 1 },
      { kind: 'entered', state: 'Verify' },
      { kind: 'left', state: 'Verify', durationMs: 1_000 },
      { kind: 'closed', failure: undefined, durationMs: 3_000 },
    ]);
  });

  it('reads all pages with new events, and no others', async () => {
    history
      .on(GetExecutionHistoryCommand)
      .resolvesOnce({ events: [ENTERED], nextToken: 'more' })
      .resolvesOnce({ events: [STARTED] })
      .resolves({ events: [SUCCEEDED, LEFT, SCHEDULED, ENTERED], nextToken: 'more' });

    const steps = await followed();

    expect(steps.map(({ kind }) => kind)).toEqual(['entered', 'left', 'closed']);
    expect(history.commandCalls(GetExecutionHistoryCommand)).toHaveLength(3);
  });

  it('waits for an execution that does not exist yet', async () => {
    history
      .on(GetExecutionHistoryCommand)
      .rejectsOnce(awsException(ExecutionDoesNotExist))
      .resolves({ events: [SUCCEEDED, STARTED] });

    const steps = await followed();

    expect(steps.map(({ kind }) => kind)).toEqual(['closed']);
  });

  it('polls less often while nothing happens', async () => {
    historyPolls([STARTED, ENTERED]);

    await followed();

    const [first = 0, second = 0, third = 0] = waitsMs;
    expect(first).toBe(MIN_PAUSE_MS);
    expect(second).toBeGreaterThan(first);
    expect(third).toBeGreaterThan(second);
    expect(Math.max(...waitsMs)).toBe(MAX_PAUSE_MS);
  });

  it('backs off when a poll is throttled', async () => {
    const throttled = Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
    history
      .on(GetExecutionHistoryCommand)
      .rejectsOnce(throttled)
      .resolves({ events: [SUCCEEDED, STARTED] });

    const steps = await followed();

    expect(steps.map(({ kind }) => kind)).toEqual(['closed']);
    expect(waitsMs).toEqual([MAX_PAUSE_MS]);
  });

  it('ends without a closing step at the timeout', async () => {
    historyPolls([STARTED, ENTERED]);

    const steps = await followed();

    expect(steps.map(({ kind }) => kind)).toEqual(['entered']);
    expect(nowMs).toBe(MINUTE_MS);
  });

  it('ends without another poll when it is interrupted', async () => {
    historyPolls([STARTED, ENTERED]);

    await followed(0, AbortSignal.abort());

    expect(history.commandCalls(GetExecutionHistoryCommand)).toHaveLength(1);
  });
});

describe('RateLimiter', () => {
  it('spaces out the calls of all its users', async () => {
    const limiter = new RateLimiter(5, time);
    const { signal } = new AbortController();

    for (let call = 0; call < 3; call++) await limiter.waitForTurn(signal);

    expect(nowMs).toBe(400);
  });
});

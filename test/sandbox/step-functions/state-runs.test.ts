import { describe, expect, it } from 'vitest';
import { recordedEvent } from '../../../sandbox/console/page/execution/recorded-events.ts';
import type { HistoryEventView } from '../../../sandbox/console/views.ts';
import { readRuns, workedMs } from '../../../sandbox/step-functions/state-runs.ts';
import { historyEvents, REDRIVEN, START } from '../console/page/history-events.ts';

const runsOf = (events: readonly HistoryEventView[]) => readRuns(events.map(recordedEvent));
const at = (ms: number): Date => new Date(Date.parse(START) + ms);

/** A Task that was entered, and whose function was called, at 0 ms. */
const CALLED = [
  ['ExecutionStarted', 0],
  ['TaskStateEntered', 0, { name: 'Verify' }],
  ['TaskScheduled', 0],
  ['TaskStarted', 0],
] as const;

describe('readRuns', () => {
  it('combines attempts, retries and redrives of a state into one run', () => {
    const { states, periods } = runsOf(REDRIVEN);

    expect(states.map(({ name, type, status }) => [name, type, status])).toEqual([
      ['Fetch', 'Task', 'succeeded'],
      ['Refresh', 'Task', 'succeeded'],
      ['Rotated', 'Succeed', 'succeeded'],
    ]);
    const failed = { status: 'failed', error: 'GenesysUnavailable', redriveCount: 0 };
    expect(states[1]).toMatchObject({
      input: '{"versions":{}}',
      output: '{"refreshed":{}}',
      redriveCount: 1,
      attempts: [
        { ...failed, number: 1, from: at(110), to: at(310), cause: '{"errorMessage":"503"}' },
        { ...failed, number: 2, from: at(810), to: at(1_000), cause: '{"errorMessage":"503 again"}' },
        {
          ...{ number: 3, status: 'succeeded', redriveCount: 1 },
          ...{ from: at(28_800_000), to: at(28_800_400), parameters: '{"FunctionName":"refresh"}' },
        },
      ],
      periods: [
        { from: at(110), to: at(1_000) },
        { from: at(28_800_000), to: at(28_800_400) },
      ],
    });
    expect(states[1]).not.toHaveProperty('error');
    expect(periods).toEqual([
      { from: at(0), to: at(1_000) },
      { from: at(28_800_000), to: at(28_800_400) },
    ]);
  });

  it('marks the state where the execution failed', () => {
    const { states } = runsOf(REDRIVEN.slice(0, 14));

    expect(states.at(-1)).toMatchObject({
      ...{ name: 'Refresh', status: 'failed', error: 'GenesysUnavailable' },
      cause: '{"errorMessage":"503 again"}',
    });
  });

  it('marks a state as waiting after a failed attempt, until the next event', () => {
    const { states } = runsOf(REDRIVEN.slice(0, 10));

    expect(states.at(-1)).toMatchObject({ name: 'Refresh', status: 'waiting', error: 'GenesysUnavailable' });
  });

  it('marks a state as running while its function runs, also after a redrive', () => {
    const [first, redriven] = [9, 15].map(count => runsOf(REDRIVEN.slice(0, count)).states.at(-1));

    expect(first).toMatchObject({ name: 'Refresh', status: 'running', attempts: [{ status: 'running' }] });
    expect(redriven).toMatchObject({ name: 'Refresh', status: 'running', redriveCount: 1 });
    expect(redriven).not.toHaveProperty('error');
    expect(redriven?.periods.at(-1)).toEqual({ from: at(28_800_000) });
  });

  it('treats a second entry to a redriven state as the same run', () => {
    const events = [...REDRIVEN.slice(0, 15)];
    events.push(...historyEvents(['TaskStateEntered', 28_800_000, { name: 'Refresh' }]));

    const { states } = runsOf(events);

    expect(states.map(({ name }) => name)).toEqual(['Fetch', 'Refresh']);
    expect(states.at(-1)).toMatchObject({ redriveCount: 1, status: 'running' });
  });

  it('marks an error as caught when the state exits without another attempt', () => {
    const events = historyEvents(
      ...CALLED,
      ['TaskFailed', 50, { error: 'AccessTokenExpired', cause: 'why' }],
      ['TaskStateExited', 50, { name: 'Verify', output: '{"caught":{}}' }],
      ['TaskStateEntered', 50, { name: 'RefreshPending' }],
    );

    expect(runsOf(events).states).toMatchObject([
      {
        name: 'Verify',
        status: 'caught',
        error: 'AccessTokenExpired',
        cause: 'why',
        output: '{"caught":{}}',
      },
      { name: 'RefreshPending', status: 'running' },
    ]);
  });

  it.each([
    ['aborted', 'ExecutionAborted'],
    ['timedOut', 'ExecutionTimedOut'],
  ])('marks a state as %s, and its attempt as abandoned, after %s', (status, event) => {
    const { states } = runsOf(historyEvents(...CALLED, [event, 70]));

    expect(states.at(-1)).toMatchObject({
      status,
      periods: [{ from: at(0), to: at(70) }],
      attempts: [{ status: 'abandoned', to: at(70) }],
    });
  });

  it('recognizes an attempt that timed out', () => {
    const { states } = runsOf(historyEvents(...CALLED, ['TaskTimedOut', 4_000, { error: 'States.Timeout' }]));

    expect(states.at(-1)?.attempts).toMatchObject([{ status: 'timedOut', error: 'States.Timeout' }]);
  });

  it('marks a state without attempts as failed when its execution fails', () => {
    const failure = { error: 'States.Runtime', cause: 'no rule matches' };
    const events = historyEvents(
      ['ExecutionStarted', 0],
      ['ChoiceStateEntered', 0, { name: 'Route' }],
      ['ExecutionFailed', 1, failure],
    );

    expect(runsOf(events).states).toMatchObject([
      { name: 'Route', status: 'failed', ...failure, attempts: [] },
    ]);
  });

  it('returns nothing for an empty history', () => {
    expect(readRuns([])).toEqual({ states: [], periods: [] });
  });
});

describe('workedMs', () => {
  it('adds up the periods, and ends an open one at the current time', () => {
    const periods = [{ from: at(0), to: at(300) }, { from: at(1_000) }];

    expect(workedMs(periods, at(1_050))).toBe(350);
  });
});

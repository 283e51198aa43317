import { describe, expect, it } from 'vitest';
import { eventRows } from '../../../../sandbox/console/page/execution/event-rows.ts';
import {
  executionSentence,
  failureText,
} from '../../../../sandbox/console/page/execution/execution-texts.ts';
import { recordedEvent } from '../../../../sandbox/console/page/execution/recorded-events.ts';
import { timelineOf } from '../../../../sandbox/console/page/execution/timeline.ts';
import { stateLook } from '../../../../sandbox/console/page/graph/state-look.ts';
import type { ExecutionView } from '../../../../sandbox/console/views.ts';
import { readRuns } from '../../../../sandbox/step-functions/state-runs.ts';
import { REDRIVEN, START } from './history-events.ts';

const runsAfter = (eventCount: number) => readRuns(REDRIVEN.slice(0, eventCount).map(recordedEvent));
const at = (ms: number): Date => new Date(Date.parse(START) + ms);

describe('stateLook', () => {
  it('shows the result of a state, its attempts and redrives', () => {
    expect(stateLook('Refresh', runsAfter(22).states)).toEqual({
      tone: 'succeeded',
      word: 'succeeded',
      badges: ['retried ×1', 'redriven ×1'],
      sentence: 'Refresh: succeeded, retried ×1, redriven ×1',
    });
  });

  it('shows why a state failed', () => {
    expect(stateLook('Refresh', runsAfter(14).states)).toEqual({
      tone: 'failed',
      word: 'failed',
      badges: ['retried ×1'],
      sentence: 'Refresh: failed, retried ×1, GenesysUnavailable',
    });
  });

  it('shows how often a state was entered, and the result of its last visit', () => {
    const [fetch] = runsAfter(22).states;
    const states = fetch === undefined ? [] : [{ ...fetch, status: 'caught' as const }, fetch];

    expect(stateLook('Fetch', states)).toMatchObject({ word: 'succeeded', badges: ['entered ×2'] });
  });

  it('shows a state that was not entered', () => {
    expect(stateLook('Promote', runsAfter(22).states)).toEqual({
      tone: 'none',
      word: 'not entered',
      badges: [],
      sentence: 'Promote: not entered',
    });
  });
});

describe('timelineOf', () => {
  it('puts the attempts on one axis, with a gap for the time until the redrive', () => {
    const { rows, gaps } = timelineOf(runsAfter(22), at(28_900_000));

    // 1,000 ms and 400 ms on the 94 % that the gap leaves.
    expect(gaps).toEqual([{ left: expect.closeTo(0.671, 3), width: 0.06, durationMs: 28_799_000 }]);
    expect(rows.map(({ name }) => name)).toEqual(['Fetch', 'Refresh', 'Rotated']);
    expect(rows[1]?.bars).toEqual([
      {
        ...{ status: 'failed', attempt: 1, error: 'GenesysUnavailable', durationMs: 200 },
        ...{ left: expect.closeTo(0.074, 3), width: expect.closeTo(0.134, 3) },
      },
      {
        ...{ status: 'failed', attempt: 2, error: 'GenesysUnavailable', durationMs: 190 },
        ...{ left: expect.closeTo(0.544, 3), width: expect.closeTo(0.128, 3) },
      },
      {
        ...{ status: 'succeeded', attempt: 3, durationMs: 400 },
        ...{ left: expect.closeTo(0.731, 3), width: expect.closeTo(0.269, 3) },
      },
    ]);
    expect(rows[1]?.visits).toEqual([
      { left: expect.closeTo(0.074, 3), width: expect.closeTo(0.598, 3) },
      { left: expect.closeTo(0.731, 3), width: expect.closeTo(0.269, 3) },
    ]);
    expect(rows[2]?.bars).toEqual([
      { status: 'succeeded', left: expect.closeTo(1, 3), width: 0, durationMs: 0 },
    ]);
  });

  it('marks round times in each period where the text fits', () => {
    const { ticks } = timelineOf(runsAfter(22), at(28_900_000));

    expect(ticks.map(({ sinceMs }) => sinceMs)).toEqual([0, 500, 0]);
    expect(ticks.map(({ at }) => at)).toEqual([0, expect.closeTo(0.336, 3), expect.closeTo(0.731, 3)]);
  });

  it('ends an open visit at the current time', () => {
    const { rows } = timelineOf(runsAfter(9), at(210));

    expect(rows.at(-1)?.bars).toEqual([
      {
        ...{ status: 'running', attempt: 1, durationMs: 100 },
        ...{ left: expect.closeTo(0.524, 3), width: expect.closeTo(0.476, 3) },
      },
    ]);
  });

  it('is empty when there are no events', () => {
    expect(timelineOf(readRuns([]), at(0))).toEqual({ rows: [], ticks: [], gaps: [] });
  });
});

describe('eventRows', () => {
  it('shows the state and a summary of each event', () => {
    const rows = eventRows(REDRIVEN);

    expect(rows[0]).toMatchObject({
      id: 1,
      type: 'ExecutionStarted',
      state: '',
      summary: '',
      isFailure: false,
    });
    expect(rows[9]).toMatchObject({
      ...{ id: 10, type: 'TaskFailed', state: 'Refresh', summary: 'GenesysUnavailable', isFailure: true },
      details: { error: 'GenesysUnavailable', cause: '{"errorMessage":"503"}' },
    });
    expect(rows[14]).toMatchObject({ type: 'ExecutionRedriven', state: '', summary: 'redrive 1' });
    expect(rows[16]).toMatchObject({ type: 'TaskStarted', state: 'Refresh', details: undefined });
  });
});

describe('executionSentence', () => {
  const execution: ExecutionView = {
    ...{ arn: 'arn', name: 'demo', startDate: START, lastEventId: 14 },
    ...{ status: 'FAILED', error: 'GenesysUnavailable', redriveCount: 0, isRedrivable: true },
  };

  it.each([
    [execution, 14, 'Failed in Refresh: GenesysUnavailable. It can be redriven.'],
    [
      { ...execution, redriveCount: 2 },
      14,
      'Failed after 2 redrives in Refresh: GenesysUnavailable. It can be redriven.',
    ],
  ])('reports where and why it failed', (view, events, sentence) => {
    expect(executionSentence(view, runsAfter(events).states)).toBe(sentence);
  });

  it('reports the current state, if there is one', () => {
    const { error, ...running } = { ...execution, status: 'RUNNING' as const, isRedrivable: false };

    expect(executionSentence(running, runsAfter(2).states)).toBe('Running in Fetch.');
    expect(executionSentence(running, [])).toBe('Running.');
    expect(
      executionSentence({ ...running, redriveCount: 1, status: 'SUCCEEDED' }, runsAfter(22).states),
    ).toBe('Succeeded after a redrive in Rotated.');
  });
});

describe('failureText', () => {
  it.each([
    ['{"errorType":"ClientRejected","errorMessage":"The client is unknown."}', 'The client is unknown.'],
    ['{"errorType":"ClientRejected"}', '{"errorType":"ClientRejected"}'],
    ['null', 'null'],
    ['plain words', 'plain words'],
  ])('reads %s', (cause, text) => {
    expect(failureText(cause)).toBe(text);
  });
});

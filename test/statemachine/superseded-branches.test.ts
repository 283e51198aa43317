import { describe, expect, it } from 'vitest';
import type { StandDownResult } from '../../functions/promote/stand-down.ts';
import { failure, payload, runWorkflow } from './run-workflow.ts';
import {
  INPUT,
  INPUT_WITH_RECOVERED,
  REFRESH,
  REFRESH_FOUND,
  REFRESH_PENDING,
  STAND_DOWN,
  STORE_RECOVERED,
  stoodDown,
} from './scripts.ts';

describe('a newer credential', () => {
  it('makes the rotation stand down when Fetch finds it', async () => {
    const run = await runWorkflow(STAND_DOWN, INPUT);

    expect(run.states).toEqual(['Fetch', 'Route', 'StandDown', 'Superseded']);
    expect(run.output).toEqual({
      ...INPUT,
      versions: { route: 'standDown', baseVersionId: 'fetched-base', pendingVersionId: 'fetched-pending' },
      stoodDown: { standDownVersionId: 'stood-down' },
    });
  });

  it.each([
    {
      finder: 'StoreRecovered',
      script: STORE_RECOVERED,
      input: INPUT_WITH_RECOVERED,
      states: ['Fetch', 'Route', 'StoreRecovered', 'StandDown', 'Superseded'],
    },
    {
      finder: 'RefreshPending',
      script: REFRESH_FOUND,
      input: INPUT,
      states: ['Fetch', 'Route', 'RefreshPending', 'StandDown', 'Superseded'],
    },
    {
      finder: 'RefreshPending',
      script: REFRESH_PENDING,
      input: INPUT,
      states: ['Fetch', 'Route', 'VerifyResumed', 'RefreshPending', 'StandDown', 'Superseded'],
    },
    {
      finder: 'StorePending',
      script: REFRESH,
      input: INPUT,
      states: ['Fetch', 'Route', 'Refresh', 'StorePending', 'StandDown', 'Superseded'],
    },
    {
      finder: 'Promote',
      script: REFRESH,
      input: INPUT,
      states: ['Fetch', 'Route', 'Refresh', 'StorePending', 'Verify', 'Promote', 'StandDown', 'Superseded'],
    },
  ])('makes the rotation stand down when $finder finds it', async ({ finder, script, input, states }) => {
    const run = await runWorkflow(
      { ...script, [finder]: [failure('CurrentVersionMoved')], StandDown: [stoodDown] },
      input,
    );

    expect(run.states).toEqual(states);
    expect(run.output).toMatchObject({
      caught: { Error: 'CurrentVersionMoved' },
      stoodDown: { standDownVersionId: 'stood-down' },
    });
  });

  it('ends as superseded, too, when AWSPENDING was gone already', async () => {
    const nothingLeft = payload({ standDownVersionId: null } satisfies StandDownResult);

    const run = await runWorkflow({ ...STAND_DOWN, StandDown: [nothingLeft] }, INPUT);

    expect(run.states.at(-1)).toBe('Superseded');
    expect(run.output).toMatchObject({ stoodDown: { standDownVersionId: null } });
  });
});

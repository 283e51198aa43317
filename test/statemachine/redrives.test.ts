import { describe, expect, it } from 'vitest';
import { failure, redriveWorkflow, runWorkflow, type Script } from './run-workflow.ts';
import {
  INPUT,
  PAIR_AGAIN,
  promoted,
  published,
  REFRESH,
  REFRESH_AGAIN,
  RUNS_THROUGH,
  refreshedAgain,
  stoodDown,
  stored,
  storedAgain,
  VERSIONS_AGAIN,
  verified,
} from './scripts.ts';

/** The states that are left when a Task is redriven and everything succeeds. */
const REST: Readonly<Record<string, readonly string[]>> = {
  Fetch: ['Fetch', 'Route', 'Refresh', 'StorePending', 'Verify', 'Promote', 'Publish', 'Rotated'],
  Refresh: ['Refresh', 'StorePending', 'Verify', 'Promote', 'Publish', 'Rotated'],
  Failover: ['Failover', 'StorePending', 'Verify', 'Promote', 'Publish', 'Rotated'],
  StorePending: ['StorePending', 'Verify', 'Promote', 'Publish', 'Rotated'],
  Verify: ['Verify', 'Promote', 'Publish', 'Rotated'],
  Promote: ['Promote', 'Publish', 'Rotated'],
  Publish: ['Publish', 'Rotated'],
  RefreshAgain: ['RefreshAgain', 'StorePending', 'Verify', 'Promote', 'Publish', 'Rotated'],
  StandDown: ['StandDown', 'PublishNewerLogin', 'Superseded'],
  PublishNewerLogin: ['PublishNewerLogin', 'Superseded'],
  CheckConfiguration: ['CheckConfiguration', 'ConfigurationChecked'],
};

/** The last outcome of each Task, for the time after a redrive. */
function lastOutcomes(script: Script): Script {
  return Object.fromEntries(Object.entries(script).map(([task, outcomes]) => [task, outcomes.slice(-1)]));
}

/** The position of the pair that RefreshAgain replaces. */
const REPLACED = { lineage: 'refreshed-lineage', generation: 1 };
const REPLACED_AGAIN = { lineage: PAIR_AGAIN.lineage, generation: PAIR_AGAIN.generation };

describe('a redrive', () => {
  it('is tested for every Task', () => {
    expect(RUNS_THROUGH.map(({ task }) => task)).toEqual(Object.keys(REST));
  });

  it.each(RUNS_THROUGH)(
    'resumes in $task with the same input, and continues from there',
    async ({ task, script, input }) => {
      const broken = { ...script, [task]: [failure('AccessDeniedException')] };
      const failed = await runWorkflow(broken, input);

      const run = await redriveWorkflow(failed, lastOutcomes(script));

      expect(failed.failure).toEqual({ state: task, error: 'AccessDeniedException' });
      expect(run.states).toEqual(REST[task]);
      expect(run.failure).toBeUndefined();
    },
  );

  it.each(RUNS_THROUGH)('may fail in $task again and be repeated', async ({ task, script, input }) => {
    const broken = { ...script, [task]: [failure('AccessDeniedException')] };
    const failed = await runWorkflow(broken, input);

    const failedAgain = await redriveWorkflow(failed, { [task]: [failure('AccessDeniedException')] });
    const run = await redriveWorkflow(failedAgain, lastOutcomes(script));

    expect(failedAgain.failure).toEqual({ state: task, error: 'AccessDeniedException' });
    expect(run.states).toEqual(REST[task]);
    expect([failed, failedAgain, run].map(({ redriveCount }) => redriveCount)).toEqual([0, 1, 2]);
  });

  it.each<{ task: string; redriven: Script; states: string[] }>([
    {
      task: 'StorePending',
      redriven: {
        StorePending: [failure('NewerLogin')],
        StandDown: [stoodDown],
        PublishNewerLogin: [published],
      },
      states: ['StorePending', 'StandDown', 'PublishNewerLogin', 'Superseded'],
    },
    {
      task: 'StorePending',
      redriven: {
        StorePending: [failure('AccessTokenExpired'), stored],
        RefreshAgain: [refreshedAgain],
        Verify: [verified],
        Promote: [promoted],
        Publish: [published],
      },
      states: ['StorePending', 'RefreshAgain', 'StorePending', 'Verify', 'Promote', 'Publish', 'Rotated'],
    },
    {
      task: 'Verify',
      redriven: {
        Verify: [failure('AccessTokenExpired'), verified],
        RefreshAgain: [refreshedAgain],
        StorePending: [storedAgain],
        Promote: [promoted],
        Publish: [published],
      },
      states: ['Verify', 'RefreshAgain', 'StorePending', 'Verify', 'Promote', 'Publish', 'Rotated'],
    },
    {
      task: 'Verify',
      redriven: {
        Verify: [failure('CurrentVersionMoved'), verified],
        StorePending: [storedAgain],
        Promote: [promoted],
        Publish: [published],
      },
      states: ['Verify', 'StorePending', 'Verify', 'Promote', 'Publish', 'Rotated'],
    },
    {
      task: 'Promote',
      redriven: {
        Promote: [failure('AccessTokenExpired'), promoted],
        Publish: [published],
        RefreshAgain: [refreshedAgain],
        StorePending: [storedAgain],
        Verify: [verified],
      },
      states: ['Promote', 'RefreshAgain', 'StorePending', 'Verify', 'Promote', 'Publish', 'Rotated'],
    },
    {
      task: 'Promote',
      redriven: {
        Promote: [failure('PendingVersionMissing'), promoted],
        Publish: [published],
        StorePending: [storedAgain],
        Verify: [verified],
      },
      states: ['Promote', 'StorePending', 'Verify', 'Promote', 'Publish', 'Rotated'],
    },
  ])('of $task may take another path than the first run: $states', async ({ task, redriven, states }) => {
    const failed = await runWorkflow({ ...REFRESH, [task]: [failure('AccessDeniedException')] }, INPUT);

    const run = await redriveWorkflow(failed, redriven);

    expect(run.states).toEqual(states);
  });

  it('of RefreshAgain stands down when someone has logged in since', async () => {
    const failed = await runWorkflow(
      { ...REFRESH_AGAIN, RefreshAgain: [failure('RefreshTokenRejected')] },
      INPUT,
    );

    const run = await redriveWorkflow(failed, {
      RefreshAgain: [failure('NewerLogin')],
      StandDown: [stoodDown],
      PublishNewerLogin: [published],
    });

    expect(failed.failure).toEqual({ state: 'RefreshAgain', error: 'RefreshTokenRejected' });
    expect(run.states).toEqual(['RefreshAgain', 'StandDown', 'PublishNewerLogin', 'Superseded']);
  });

  it('keeps the second pair in a second round', async () => {
    const failed = await runWorkflow({ ...REFRESH_AGAIN, Promote: [failure('PendingVersionTaken')] }, INPUT);

    const run = await redriveWorkflow(failed, { Promote: [promoted], Publish: [published] });

    expect(failed.failure).toEqual({ state: 'Promote', error: 'PendingVersionTaken' });
    expect(run.output).toMatchObject({ refreshed: PAIR_AGAIN, versions: VERSIONS_AGAIN });
  });

  it('of RefreshAgain still contains the pair to replace', async () => {
    const failed = await runWorkflow({ ...REFRESH_AGAIN, RefreshAgain: [failure('ClientRejected')] }, INPUT);

    const run = await redriveWorkflow(failed, lastOutcomes(REFRESH_AGAIN));

    expect(run.calls[0]?.payload).toMatchObject({ state: 'RefreshAgain', replaces: REPLACED });
  });
});

describe('an attempt', () => {
  it('is identified in the request of Refresh by redrives, entry time and retries', async () => {
    const failed = await runWorkflow(
      { ...REFRESH, Refresh: [failure('TokenResponseLost'), failure('ClientRejected')] },
      INPUT,
    );
    const redriven = await redriveWorkflow(failed, {
      ...REFRESH,
      Refresh: [failure('GenesysUnavailable'), failure('GenesysUnavailable'), ...(REFRESH.Refresh ?? [])],
    });

    const attempts = [...failed.calls, ...redriven.calls]
      .filter(({ state }) => state === 'Refresh')
      .map(({ payload }) => payload);
    expect(attempts).toMatchObject([
      { redriveCount: 0, enteredAt: '2030-01-01T00:00:02.000Z', retryCount: 0 },
      { redriveCount: 0, enteredAt: '2030-01-01T00:00:02.000Z', retryCount: 1 },
      { redriveCount: 1, enteredAt: '2030-01-02T00:00:00.000Z', retryCount: 0 },
      { redriveCount: 1, enteredAt: '2030-01-02T00:00:00.000Z', retryCount: 1 },
      { redriveCount: 1, enteredAt: '2030-01-02T00:00:00.000Z', retryCount: 2 },
    ]);
  });

  it('is distinguished by its entry time from RefreshAgain of an earlier round', async () => {
    const run = await runWorkflow(
      {
        ...REFRESH,
        StorePending: [failure('AccessTokenExpired'), failure('AccessTokenExpired'), stored],
        RefreshAgain: [refreshedAgain, refreshedAgain],
      },
      INPUT,
    );

    const attempts = run.calls.filter(({ state }) => state === 'RefreshAgain').map(({ payload }) => payload);
    expect(attempts).toMatchObject([
      { redriveCount: 0, enteredAt: '2030-01-01T00:00:04.000Z', retryCount: 0, replaces: REPLACED },
      { redriveCount: 0, enteredAt: '2030-01-01T00:00:06.000Z', retryCount: 0, replaces: REPLACED_AGAIN },
    ]);
  });

  it.each([0, 1, 2])('passes the number of redrives to Promote: %i', async redrives => {
    let run = await runWorkflow({ ...REFRESH, Promote: [failure('PendingVersionTaken')] }, INPUT);
    for (let redrive = 0; redrive < redrives; redrive++) {
      run = await redriveWorkflow(run, { Promote: [failure('PendingVersionTaken')] });
    }

    expect(run.calls.at(-1)?.payload).toMatchObject({ state: 'Promote', redriveCount: redrives });
  });
});

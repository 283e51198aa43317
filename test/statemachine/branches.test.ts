import { describe, expect, it } from 'vitest';
import type { StandDownResult } from '../../functions/promote/stand-down.ts';
import { parseDefinition, transitions } from '../../statemachine/definition.ts';
import { definitionText } from '../../statemachine/definition-text.ts';
import { failure, payload, runWorkflow, type Script } from './run-workflow.ts';
import {
  CHECK,
  CHECK_INPUT,
  failedOver,
  fetched,
  INPUT,
  PAIR,
  PAIR_AGAIN,
  PROMOTED,
  PUBLISHED,
  promoted,
  published,
  REFRESH,
  REFRESH_AGAIN,
  refreshedAgain,
  STAND_DOWN,
  stoodDown,
  stored,
  storedAgain,
  VERSIONS,
  VERSIONS_AGAIN,
  verified,
} from './scripts.ts';

describe('the path of a rotation', () => {
  it('goes from Fetch to Rotated', async () => {
    const run = await runWorkflow(REFRESH, INPUT);

    expect(run.states).toEqual([
      'Fetch',
      'Route',
      'Refresh',
      'StorePending',
      'Verify',
      'Promote',
      'Publish',
      'Rotated',
    ]);
    expect(run.output).toEqual({
      ...INPUT,
      fetched: { route: 'refresh' },
      refreshed: PAIR,
      versions: VERSIONS,
      verified: { userId: 'user-id' },
      promoted: PROMOTED,
      published: PUBLISHED,
    });
  });

  it('is the same when Secrets Manager sent no RotationToken', async () => {
    const run = await runWorkflow(REFRESH, { ...INPUT, sealedRotationToken: null });

    expect(run.states.at(-1)).toBe('Rotated');
  });

  it('is the same when the access token has an unknown lifetime', async () => {
    const run = await runWorkflow({ ...REFRESH, Refresh: [payload({ ...PAIR, expiresAt: null })] }, INPUT);

    expect(run.states.at(-1)).toBe('Rotated');
    expect(run.output).toMatchObject({ refreshed: { expiresAt: null } });
  });

  it('ends at Fetch when the input is incomplete, before anything is spent', async () => {
    const run = await runWorkflow({ Fetch: [failure('InvalidRotationRequest')] }, {});

    expect(run.failure).toEqual({ state: 'Fetch', error: 'InvalidRotationRequest' });
    expect(run.calls).toHaveLength(1);
  });
});

describe('the other routes', () => {
  it('end immediately when the version is already AWSCURRENT', async () => {
    const run = await runWorkflow({ Fetch: [fetched('rotated')], Publish: [published] }, INPUT);

    expect(run.states).toEqual(['Fetch', 'Route', 'Publish', 'Rotated']);
    expect(run.output).toEqual({ ...INPUT, fetched: { route: 'rotated' }, published: PUBLISHED });
  });

  it('stand down when a write to AWSCURRENT has ended the rotation', async () => {
    const run = await runWorkflow(
      { Fetch: [fetched('standDown')], StandDown: [stoodDown], PublishNewerLogin: [published] },
      INPUT,
    );

    expect(run.states).toEqual(['Fetch', 'Route', 'StandDown', 'PublishNewerLogin', 'Superseded']);
  });

  it('check the configuration without a refresh or a promotion', async () => {
    const run = await runWorkflow(CHECK, CHECK_INPUT);

    expect(run.states).toEqual(['Fetch', 'Route', 'CheckConfiguration', 'ConfigurationChecked']);
    expect(run.output).toEqual({
      ...CHECK_INPUT,
      fetched: { route: 'checkConfiguration' },
      verified: { userId: null },
    });
  });

  it('fail in Route when the route is unknown', async () => {
    const run = await runWorkflow({ Fetch: [payload({ route: 'sideways' })] }, INPUT);

    expect(run.failure).toEqual({ state: 'Route', error: 'States.NoChoiceMatched' });
    expect(run.calls).toHaveLength(1);
  });
});

interface Branch {
  readonly from: string;
  readonly error: string;
  /** The outcomes that differ from a plain rotation. */
  readonly script: Script;
  /** The states after Refresh. */
  readonly states: readonly string[];
}

const AGAIN = { StorePending: [stored, storedAgain], RefreshAgain: [refreshedAgain] };

/** Every error that a state catches, and where the execution goes. */
const BRANCHES: readonly Branch[] = [
  {
    from: 'Refresh',
    error: 'AlternateGrantRejected',
    script: { Refresh: [failure('AlternateGrantRejected')], Failover: [failedOver] },
    states: ['Failover', 'StorePending', 'Verify', 'Promote', 'Publish', 'Rotated'],
  },
  {
    from: 'StorePending',
    error: 'NewerLogin',
    script: { StorePending: [failure('NewerLogin')], StandDown: [stoodDown], PublishNewerLogin: [published] },
    states: ['StorePending', 'StandDown', 'PublishNewerLogin', 'Superseded'],
  },
  {
    from: 'StorePending',
    error: 'AccessTokenExpired',
    script: { ...AGAIN, StorePending: [failure('AccessTokenExpired'), storedAgain] },
    states: ['StorePending', 'RefreshAgain', 'StorePending', 'Verify', 'Promote', 'Publish', 'Rotated'],
  },
  {
    from: 'Verify',
    error: 'AccessTokenExpired',
    script: { ...AGAIN, Verify: [failure('AccessTokenExpired'), verified] },
    states: [
      'StorePending',
      'Verify',
      'RefreshAgain',
      'StorePending',
      'Verify',
      'Promote',
      'Publish',
      'Rotated',
    ],
  },
  {
    from: 'Verify',
    error: 'CurrentVersionMoved',
    script: { ...AGAIN, Verify: [failure('CurrentVersionMoved'), verified] },
    states: ['StorePending', 'Verify', 'StorePending', 'Verify', 'Promote', 'Publish', 'Rotated'],
  },
  {
    from: 'Verify',
    error: 'PendingVersionMissing',
    script: { ...AGAIN, Verify: [failure('PendingVersionMissing'), verified] },
    states: ['StorePending', 'Verify', 'StorePending', 'Verify', 'Promote', 'Publish', 'Rotated'],
  },
  {
    from: 'Promote',
    error: 'AccessTokenExpired',
    script: { ...AGAIN, Verify: [verified, verified], Promote: [failure('AccessTokenExpired'), promoted] },
    states: [
      'StorePending',
      'Verify',
      'Promote',
      'RefreshAgain',
      'StorePending',
      'Verify',
      'Promote',
      'Publish',
      'Rotated',
    ],
  },
  {
    from: 'Promote',
    error: 'CurrentVersionMoved',
    script: { ...AGAIN, Verify: [verified, verified], Promote: [failure('CurrentVersionMoved'), promoted] },
    states: ['StorePending', 'Verify', 'Promote', 'StorePending', 'Verify', 'Promote', 'Publish', 'Rotated'],
  },
  {
    from: 'Promote',
    error: 'PendingVersionMissing',
    script: { ...AGAIN, Verify: [verified, verified], Promote: [failure('PendingVersionMissing'), promoted] },
    states: ['StorePending', 'Verify', 'Promote', 'StorePending', 'Verify', 'Promote', 'Publish', 'Rotated'],
  },
  {
    from: 'RefreshAgain',
    error: 'NewerLogin',
    script: {
      Verify: [failure('AccessTokenExpired')],
      RefreshAgain: [failure('NewerLogin')],
      StandDown: [stoodDown],
      PublishNewerLogin: [published],
    },
    states: ['StorePending', 'Verify', 'RefreshAgain', 'StandDown', 'PublishNewerLogin', 'Superseded'],
  },
];

describe('the caught errors', () => {
  it.each(BRANCHES)('lead to the expected states: $error in $from', async ({ error, script, states }) => {
    const run = await runWorkflow({ ...REFRESH, ...script }, INPUT);

    expect(run.states).toEqual(['Fetch', 'Route', 'Refresh', ...states]);
    expect(run.output).toMatchObject({ caught: { Error: error, Cause: 'scripted' } });
  });

  it('are exactly these', () => {
    const caught = transitions(parseDefinition(definitionText())).filter(({ kind }) => kind === 'catch');

    expect(new Set(BRANCHES.map(({ from, error }) => `${from}: ${error}`))).toEqual(
      new Set(caught.flatMap(({ from, label }) => label.split(', ').map(error => `${from}: ${error}`))),
    );
  });
});

describe('the state after a second round', () => {
  it('holds the second pair and its versions', async () => {
    const run = await runWorkflow(REFRESH_AGAIN, INPUT);

    expect(run.output).toEqual({
      ...INPUT,
      fetched: { route: 'refresh' },
      refreshed: PAIR_AGAIN,
      versions: VERSIONS_AGAIN,
      verified: { userId: 'user-id' },
      promoted: PROMOTED,
      published: PUBLISHED,
      caught: { Error: 'AccessTokenExpired', Cause: 'scripted' },
    });
  });

  it('holds the first pair and the second versions when it was only stored again', async () => {
    const run = await runWorkflow(
      {
        ...REFRESH,
        StorePending: [stored, storedAgain],
        Verify: [verified, verified],
        Promote: [failure('CurrentVersionMoved'), promoted],
      },
      INPUT,
    );

    expect(run.output).toMatchObject({ refreshed: PAIR, versions: VERSIONS_AGAIN, promoted: PROMOTED });
  });
});

describe('the cycles', () => {
  it('go through StorePending, Verify and Promote for each edit of AWSCURRENT', async () => {
    const run = await runWorkflow(
      {
        ...REFRESH,
        StorePending: [stored, storedAgain, stored, storedAgain],
        Verify: [verified, verified, verified, verified],
        Promote: [
          failure('CurrentVersionMoved'),
          failure('CurrentVersionMoved'),
          failure('PendingVersionMissing'),
          promoted,
        ],
      },
      INPUT,
    );

    const round = ['StorePending', 'Verify', 'Promote'];
    expect(run.states).toEqual([
      'Fetch',
      'Route',
      'Refresh',
      ...round,
      ...round,
      ...round,
      ...round,
      'Publish',
      'Rotated',
    ]);
  });

  it('go through RefreshAgain each time a pair is unusable', async () => {
    const run = await runWorkflow(
      {
        ...REFRESH,
        StorePending: [failure('AccessTokenExpired'), stored, failure('AccessTokenExpired'), storedAgain],
        Verify: [failure('AccessTokenExpired'), verified],
        RefreshAgain: [refreshedAgain, refreshedAgain, refreshedAgain],
      },
      INPUT,
    );

    expect(run.states).toEqual([
      ...['Fetch', 'Route', 'Refresh', 'StorePending'],
      ...['RefreshAgain', 'StorePending', 'Verify'],
      ...['RefreshAgain', 'StorePending'],
      ...['RefreshAgain', 'StorePending', 'Verify', 'Promote', 'Publish', 'Rotated'],
    ]);
  });

  it('end in Superseded when someone logs in during the rotation', async () => {
    const run = await runWorkflow(
      {
        ...REFRESH,
        StorePending: [stored, failure('NewerLogin')],
        Promote: [failure('CurrentVersionMoved')],
        StandDown: [stoodDown],
        PublishNewerLogin: [published],
      },
      INPUT,
    );

    expect(run.states.slice(3)).toEqual([
      'StorePending',
      'Verify',
      'Promote',
      'StorePending',
      'StandDown',
      'PublishNewerLogin',
      'Superseded',
    ]);
  });
});

describe('a newer login', () => {
  it('causes the rotation to stand down', async () => {
    const run = await runWorkflow(STAND_DOWN, INPUT);

    expect(run.states).toEqual([
      'Fetch',
      'Route',
      'Refresh',
      'StorePending',
      'StandDown',
      'PublishNewerLogin',
      'Superseded',
    ]);
    expect(run.output).toEqual({
      ...INPUT,
      fetched: { route: 'refresh' },
      refreshed: PAIR,
      caught: { Error: 'NewerLogin', Cause: 'scripted' },
      stoodDown: { standDownVersionId: 'stood-down' },
      published: PUBLISHED,
    });
  });

  it('also ends as superseded when AWSPENDING was already gone', async () => {
    const nothingLeft = payload({ standDownVersionId: null } satisfies StandDownResult);

    const run = await runWorkflow({ ...STAND_DOWN, StandDown: [nothingLeft] }, INPUT);

    expect(run.states.at(-1)).toBe('Superseded');
    expect(run.output).toMatchObject({ stoodDown: { standDownVersionId: null } });
  });
});

import { describe, expect, it } from 'vitest';
import type { StandDownResult } from '../../functions/promote/stand-down.ts';
import type { RefreshResult } from '../../functions/refresh/refresh.ts';
import { failure, payload, redriveWorkflow, runWorkflow } from './run-workflow.ts';
import {
  CHECK,
  fetched,
  INPUT,
  OUTDATED,
  REFRESH,
  REFRESH_PENDING,
  RESUME,
  STAND_DOWN,
  stoodDown,
} from './scripts.ts';

describe('the way of a refresh', () => {
  it('goes through every state to Rotated', async () => {
    const run = await runWorkflow(REFRESH, INPUT);

    expect(run.states).toEqual(['Fetch', 'Route', 'Refresh', 'StorePending', 'Verify', 'Promote', 'Rotated']);
    expect(run.output).toEqual({
      ...INPUT,
      refreshed: {
        baseVersionId: 'refreshed-base',
        sealedValue: 'sealed-value',
        refreshedAt: '2030-01-01T00:00:00.000Z',
        expiresAt: '2030-01-02T00:00:00.000Z',
      },
      versions: { pendingVersionId: 'stored-pending', baseVersionId: 'stored-base' },
      verified: { userId: 'user-id' },
      promoted: { previousVersionId: 'promoted-previous', currentVersionId: 'promoted-current' },
    });
  });

  it('goes on when Secrets Manager sent no RotationToken', async () => {
    const run = await runWorkflow(REFRESH, { ...INPUT, sealedRotationToken: null });

    expect(run.states.at(-1)).toBe('Rotated');
  });

  it('goes on when Genesys Cloud did not say when the access token dies', async () => {
    const withoutExpiry = payload({
      baseVersionId: 'refreshed-base',
      sealedValue: 'sealed-value',
      refreshedAt: '2030-01-01T00:00:00.000Z',
      expiresAt: null,
    } satisfies RefreshResult);

    const run = await runWorkflow({ ...REFRESH, Refresh: [withoutExpiry] }, INPUT);

    expect(run.states.at(-1)).toBe('Rotated');
    expect(run.output).toMatchObject({ refreshed: { expiresAt: null } });
  });

  it('leaves it to Fetch to refuse an incomplete input, before anything is spent', async () => {
    const run = await runWorkflow({ Fetch: [failure('InvalidRotationRequest')] }, {});

    expect(run.failure).toEqual({ state: 'Fetch', error: 'InvalidRotationRequest' });
    expect(run.calls).toHaveLength(1);
  });
});

describe('a resumed rotation', () => {
  it('promotes what an earlier attempt stored when its access token works', async () => {
    const run = await runWorkflow(RESUME, INPUT);

    expect(run.states).toEqual(['Fetch', 'Route', 'VerifyResumed', 'Promote', 'Rotated']);
    expect(run.output).toEqual({
      ...INPUT,
      versions: {
        route: 'verifyResumed',
        baseVersionId: 'fetched-base',
        pendingVersionId: 'fetched-pending',
      },
      verified: { userId: 'user-id' },
      promoted: { previousVersionId: 'promoted-previous', currentVersionId: 'promoted-current' },
    });
  });

  it('refreshes from the pending version when its access token is rejected', async () => {
    const run = await runWorkflow(REFRESH_PENDING, INPUT);

    expect(run.states).toEqual([
      'Fetch',
      'Route',
      'VerifyResumed',
      'RefreshPending',
      'StorePending',
      'Verify',
      'Promote',
      'Rotated',
    ]);
    expect(run.output).toMatchObject({
      caught: { Error: 'AccessTokenRejected' },
      refreshed: { baseVersionId: 'refreshed-pending-base', sealedValue: 'sealed-value-of-pending' },
      promoted: { previousVersionId: 'promoted-previous', currentVersionId: 'promoted-current' },
    });
  });
});

describe('a redriven rotation', () => {
  it('refreshes from the pending version when its access token has died since', async () => {
    const failed = await runWorkflow({ ...REFRESH, Verify: [failure('AccessTokenForbidden')] }, INPUT);

    const run = await redriveWorkflow(failed, OUTDATED);

    expect(run.states).toEqual(['Verify', 'RefreshPending', 'StorePending', 'Verify', 'Promote', 'Rotated']);
    expect(run.output).toEqual({
      ...INPUT,
      refreshed: {
        baseVersionId: 'refreshed-pending-base',
        sealedValue: 'sealed-value-of-pending',
        refreshedAt: '2030-02-01T00:00:00.000Z',
        expiresAt: '2030-02-02T00:00:00.000Z',
      },
      versions: { pendingVersionId: 'stored-again-pending', baseVersionId: 'stored-again-base' },
      caught: { Error: 'AccessTokenOutdated', Cause: 'scripted' },
      verified: { userId: 'user-id' },
      promoted: { previousVersionId: 'promoted-previous', currentVersionId: 'promoted-current' },
    });
  });

  it('stands down when RefreshPending failed and someone has authorised since', async () => {
    const failed = await runWorkflow(
      { ...REFRESH_PENDING, RefreshPending: [failure('RefreshTokenRejected')] },
      INPUT,
    );

    const run = await redriveWorkflow(failed, {
      RefreshPending: [failure('CurrentVersionMoved')],
      StandDown: [stoodDown],
    });

    expect(failed.failure).toEqual({ state: 'RefreshPending', error: 'RefreshTokenRejected' });
    expect(run.states).toEqual(['RefreshPending', 'StandDown', 'Superseded']);
  });
});

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
      finder: 'RefreshPending',
      script: REFRESH_PENDING,
      states: ['Fetch', 'Route', 'VerifyResumed', 'RefreshPending', 'StandDown', 'Superseded'],
    },
    {
      finder: 'StorePending',
      script: REFRESH,
      states: ['Fetch', 'Route', 'Refresh', 'StorePending', 'StandDown', 'Superseded'],
    },
    {
      finder: 'Promote',
      script: REFRESH,
      states: ['Fetch', 'Route', 'Refresh', 'StorePending', 'Verify', 'Promote', 'StandDown', 'Superseded'],
    },
  ])('makes the rotation stand down when $finder finds it', async ({ finder, script, states }) => {
    const run = await runWorkflow(
      { ...script, [finder]: [failure('CurrentVersionMoved')], StandDown: [stoodDown] },
      INPUT,
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

describe('the other routes', () => {
  it('ends at once when the version is AWSCURRENT already', async () => {
    const run = await runWorkflow({ Fetch: [fetched('rotated')] }, INPUT);

    expect(run.states).toEqual(['Fetch', 'Route', 'Rotated']);
    expect(run.output).toEqual({
      ...INPUT,
      versions: { route: 'rotated', baseVersionId: 'fetched-base', pendingVersionId: 'fetched-pending' },
    });
  });

  it('checks the configuration without a refresh or a promotion', async () => {
    const input = { ...INPUT, purpose: 'check-configuration', sealedRotationToken: null };

    const run = await runWorkflow(CHECK, input);

    expect(run.states).toEqual(['Fetch', 'Route', 'CheckConfiguration', 'ConfigurationChecked']);
    expect(run.output).toEqual({
      ...input,
      versions: {
        route: 'checkConfiguration',
        baseVersionId: 'fetched-base',
        pendingVersionId: 'fetched-pending',
      },
      verified: { userId: null },
    });
  });

  it('fails in Route when the route is unknown', async () => {
    const unknown = { route: 'sideways', baseVersionId: 'base', pendingVersionId: 'pending' };

    const run = await runWorkflow({ Fetch: [payload(unknown)] }, INPUT);

    expect(run.failure).toEqual({ state: 'Route', error: 'States.NoChoiceMatched' });
    expect(run.calls).toHaveLength(1);
  });
});

import { describe, expect, it } from 'vitest';
import { failure, redriveWorkflow, runWorkflow } from './run-workflow.ts';
import {
  INPUT,
  INPUT_WITH_RECOVERED,
  OUTDATED,
  REFRESH,
  REFRESH_FOUND,
  REFRESH_PENDING,
  REFRESH_RECOVERED,
  RESUME,
  STORE_RECOVERED,
  stoodDown,
} from './scripts.ts';

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
      verified: { userId: 'user-id', refreshedAt: null },
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

describe('what another rotation left behind', () => {
  it('is refreshed from the version that it stored', async () => {
    const run = await runWorkflow(REFRESH_FOUND, INPUT);

    expect(run.states).toEqual([
      'Fetch',
      'Route',
      'RefreshPending',
      'StorePending',
      'Verify',
      'Promote',
      'Rotated',
    ]);
    expect(run.output).toEqual({
      ...INPUT,
      refreshed: {
        tradedVersionId: 'refreshed-pending-traded',
        baseVersionId: 'refreshed-pending-base',
        sealedValue: 'sealed-value-of-pending',
        refreshedAt: '2030-02-01T00:00:00.000Z',
        expiresAt: '2030-02-02T00:00:00.000Z',
      },
      versions: { pendingVersionId: 'stored-pending', baseVersionId: 'stored-base' },
      verified: { userId: 'user-id', refreshedAt: '2030-02-01T00:00:00.000Z' },
      promoted: { previousVersionId: 'promoted-previous', currentVersionId: 'promoted-current' },
    });
  });

  it('is stored and promoted without another refresh when it was sealed and its access token works', async () => {
    const run = await runWorkflow(STORE_RECOVERED, INPUT_WITH_RECOVERED);

    expect(run.states).toEqual(['Fetch', 'Route', 'StoreRecovered', 'VerifyResumed', 'Promote', 'Rotated']);
    expect(run.output).toEqual({
      ...INPUT_WITH_RECOVERED,
      versions: { pendingVersionId: 'stored-recovered-pending', baseVersionId: 'stored-recovered-base' },
      verified: { userId: 'user-id', refreshedAt: null },
      promoted: { previousVersionId: 'promoted-previous', currentVersionId: 'promoted-current' },
    });
  });

  it('is refreshed once it is stored when it was sealed and its access token is rejected', async () => {
    const run = await runWorkflow(REFRESH_RECOVERED, INPUT_WITH_RECOVERED);

    expect(run.states).toEqual([
      'Fetch',
      'Route',
      'StoreRecovered',
      'VerifyResumed',
      'RefreshPending',
      'StorePending',
      'Verify',
      'Promote',
      'Rotated',
    ]);
  });

  it('is stored by a redrive when it was sealed and storing it failed', async () => {
    const failed = await runWorkflow(
      { ...STORE_RECOVERED, StoreRecovered: [failure('KMSInvalidStateException')] },
      INPUT_WITH_RECOVERED,
    );

    const run = await redriveWorkflow(failed, STORE_RECOVERED);

    expect(failed.failure).toEqual({ state: 'StoreRecovered', error: 'KMSInvalidStateException' });
    expect(run.states).toEqual(['StoreRecovered', 'VerifyResumed', 'Promote', 'Rotated']);
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
        tradedVersionId: 'refreshed-pending-traded',
        baseVersionId: 'refreshed-pending-base',
        sealedValue: 'sealed-value-of-pending',
        refreshedAt: '2030-02-01T00:00:00.000Z',
        expiresAt: '2030-02-02T00:00:00.000Z',
      },
      versions: { pendingVersionId: 'stored-again-pending', baseVersionId: 'stored-again-base' },
      caught: { Error: 'AccessTokenOutdated', Cause: 'scripted' },
      verified: { userId: 'user-id', refreshedAt: '2030-02-01T00:00:00.000Z' },
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

import { describe, expect, it } from 'vitest';
import type { RefreshResult } from '../../functions/refresh/refresh.ts';
import { failure, payload, runWorkflow } from './run-workflow.ts';
import { CHECK, fetched, INPUT, REFRESH } from './scripts.ts';

describe('the way of a refresh', () => {
  it('goes through every state to Rotated', async () => {
    const run = await runWorkflow(REFRESH, INPUT);

    expect(run.states).toEqual(['Fetch', 'Route', 'Refresh', 'StorePending', 'Verify', 'Promote', 'Rotated']);
    expect(run.output).toEqual({
      ...INPUT,
      refreshed: {
        tradedVersionId: 'refreshed-traded',
        baseVersionId: 'refreshed-base',
        sealedValue: 'sealed-value',
        refreshedAt: '2030-01-01T00:00:00.000Z',
        expiresAt: '2030-01-02T00:00:00.000Z',
      },
      versions: { pendingVersionId: 'stored-pending', baseVersionId: 'stored-base' },
      verified: { userId: 'user-id', refreshedAt: '2030-01-01T00:00:00.000Z' },
      promoted: { previousVersionId: 'promoted-previous', currentVersionId: 'promoted-current' },
    });
  });

  it('goes on when Secrets Manager sent no RotationToken', async () => {
    const run = await runWorkflow(REFRESH, { ...INPUT, sealedRotationToken: null });

    expect(run.states.at(-1)).toBe('Rotated');
  });

  it('goes on when Genesys Cloud did not say when the access token dies', async () => {
    const withoutExpiry = payload({
      tradedVersionId: 'refreshed-traded',
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

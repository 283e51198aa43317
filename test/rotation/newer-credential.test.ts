import { describe, expect, it } from 'vitest';
import { statesOf } from './execution-outcome.ts';
import { rotationWorld } from './rotation-world.ts';

describe('a rotation during which an operator stores a new login', () => {
  it('rotates the new login when it comes before Refresh', async () => {
    const world = await rotationWorld({ secretsManager: { readLagMs: 0 } });
    const credential = await world.credential();
    const { secretArn, clientId } = credential;
    const logins: { versionId: string; accessToken: string }[] = [];
    world.before('refresh', async () => logins.push(await world.authorizeAgain(credential)));

    const { versionId, outcome, execution } = await world.rotate(secretArn);

    const [login = { versionId: '', accessToken: '' }] = logins;
    const labels = await world.labels(secretArn);
    expect(statesOf(execution).at(-1)).toBe('Rotated');
    expect(outcome).toEqual({ status: 'abandoned' });
    expect(labels[login.versionId]).toEqual(['AWSPREVIOUS']);
    expect(labels[versionId]).toBeUndefined();
    const { accessToken } = await world.currentValue(secretArn);
    expect(accessToken).not.toBe(login.accessToken);
    expect(await world.statusOfCurrentUser(accessToken)).toBe(200);
    expect(world.sandbox.genesysCloud.counts(clientId)).toMatchObject({ refreshes: 1, refusedRefreshes: 0 });
  });

  it.each([
    ['between Refresh and StorePending', 'store-pending', ['Refresh', 'StorePending']],
    ['between StorePending and Verify', 'verify', ['Promote', 'StorePending']],
    ['before Promote', 'promote', ['Promote', 'StorePending']],
  ] as const)('stands down for the new login when it comes %s', async (_when, functionName, lastTasks) => {
    const world = await rotationWorld({ secretsManager: { readLagMs: 0 } });
    const credential = await world.credential();
    const { secretArn, clientId } = credential;
    const logins: { versionId: string; accessToken: string }[] = [];
    world.before(functionName, async () => logins.push(await world.authorizeAgain(credential)));

    const { versionId, execution } = await world.rotateUntilClosed(secretArn);

    const [login = { versionId: '', accessToken: '' }] = logins;
    const labels = await world.labels(secretArn);
    expect(execution.status).toBe('SUCCEEDED');
    expect(statesOf(execution).slice(-4)).toEqual([...lastTasks, 'StandDown', 'Superseded']);
    expect(labels[login.versionId]).toEqual(['AWSCURRENT']);
    expect(Object.values(labels).flat()).not.toContain('AWSPENDING');
    expect(await world.currentValue(secretArn)).toMatchObject({ accessToken: login.accessToken });
    expect(await world.statusOfCurrentUser(login.accessToken)).toBe(200);
    expect(await world.outcome(secretArn, versionId)).toEqual({ status: 'abandoned' });
    expect(world.sandbox.genesysCloud.counts(clientId)).toMatchObject({ refreshes: 1, refusedRefreshes: 0 });
  });
});

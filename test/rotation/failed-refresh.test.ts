import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../functions/shared/durations.ts';
import { attemptsIn, failureOf, statesOf } from './execution-outcome.ts';
import { rotationWorld } from './rotation-world.ts';

const UNAVAILABLE = { status: 503, headers: {}, body: '' };
const ROTATED = ['StorePending', 'Verify', 'Promote', 'Rotated'];

describe('a rotation that fails in Refresh', () => {
  it("completes with Secrets Manager's next attempt once Genesys Cloud is available again", async () => {
    // Longer than the workflow's own retries.
    const secretsManager = { staleRotationToken: 'accepted', retryDelaysMs: [HOUR_MS] } as const;
    const world = await rotationWorld({ secretsManager });
    const { sandbox } = world;
    const { secretArn, clientId } = await world.credential();
    const before = await world.currentValue(secretArn);
    const serveRefreshesAgain = world.refreshesRespondWith(UNAVAILABLE);

    const failed = await world.rotate(secretArn);
    const valueMeanwhile = await world.currentValue(secretArn);
    serveRefreshesAgain();
    await sandbox.advance(HOUR_MS);
    const retried = await world.outcome(secretArn, failed.versionId);

    expect(failed.outcome.status).toBe('failed');
    expect(failureOf(failed.execution)).toMatchObject({ state: 'Refresh', error: 'GenesysUnavailable' });
    expect(attemptsIn(failed.execution, 'Refresh')).toBeGreaterThan(1);
    expect(valueMeanwhile).toEqual(before);
    expect(retried).toEqual({ status: 'succeeded' });
    expect(await world.execution(failed.versionId)).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1 });
    expect(sandbox.genesysCloud.counts(clientId)).toMatchObject({ refreshes: 1, refusedRefreshes: 0 });
    expect((await world.labels(secretArn))[failed.versionId]).toEqual(['AWSCURRENT']);
  });

  it('reports the error and the execution to Secrets Manager', async () => {
    const world = await rotationWorld();
    const { secretArn } = await world.credential();
    world.sandbox.faults.add({ target: 'kms:GenerateDataKey', kind: 'access-denied', by: 'refresh' });

    const { outcome, execution } = await world.rotate(secretArn);

    expect(failureOf(execution)).toMatchObject({ state: 'Refresh', error: 'AccessDeniedException' });
    expect(outcome).toMatchObject({
      status: 'failed',
      cause: {
        errorType: 'RotationFailed',
        errorMessage: expect.stringContaining(`${execution.executionArn} failed with AccessDeniedException`),
      },
    });
  });

  it('completes in Refresh when an operator redrives it before the rotation function sees the failure', async () => {
    const world = await rotationWorld();
    const { sandbox } = world;
    const { secretArn } = await world.credential();
    const notSeen = sandbox.faults.add({
      target: 'states:DescribeExecution',
      kind: 'throttled',
      by: 'rotation',
    });
    const denied = sandbox.faults.add({
      target: 'kms:GenerateDataKey',
      kind: 'access-denied',
      by: 'refresh',
    });

    const { versionId, execution: failed } = await world.rotateUntilClosed(secretArn);
    sandbox.faults.remove(denied);
    const execution = await world.redrive(failed);
    sandbox.faults.remove(notSeen);
    const outcome = await world.outcome(secretArn, versionId);

    expect(failureOf(failed)).toMatchObject({ state: 'Refresh', error: 'AccessDeniedException' });
    expect(execution.status).toBe('SUCCEEDED');
    expect(statesOf(execution)).toEqual(['Fetch', 'Route', 'Refresh', ...ROTATED]);
    expect(outcome).toEqual({ status: 'succeeded' });
  });

  it('fails with ClientRejected for a wrong region, and a redrive rotates the fixed credential', async () => {
    const world = await rotationWorld();
    const { secretArn, clientId } = await world.credential();
    const wrongVersion = await world.editSecret(secretArn, { region: 'mypurecloud.de' });

    const { versionId, execution: failed } = await world.rotateUntilClosed(secretArn);
    const labelsMeanwhile = await world.labels(secretArn);
    const fixedVersion = await world.editSecret(secretArn, { region: 'mypurecloud.com' });
    const execution = await world.redrive(failed);

    expect(failureOf(failed)).toMatchObject({ state: 'Refresh', error: 'ClientRejected' });
    expect(attemptsIn(failed, 'Refresh')).toBe(1);
    expect(labelsMeanwhile[wrongVersion]).toEqual(['AWSCURRENT']);
    expect(labelsMeanwhile[versionId]).toEqual(['AWSPENDING']);
    expect(execution.status).toBe('SUCCEEDED');
    expect(statesOf(execution)).toEqual(['Fetch', 'Route', 'Refresh', ...ROTATED]);
    expect((await world.labels(secretArn))[fixedVersion]).toEqual(['AWSPREVIOUS']);
    const { accessToken, region } = await world.currentValue(secretArn);
    expect(region).toBe('mypurecloud.com');
    expect(await world.statusOfCurrentUser(accessToken)).toBe(200);
    expect(world.sandbox.genesysCloud.counts(clientId)).toMatchObject({ refreshes: 1, refusedRefreshes: 0 });
    // The redrive set AWSPENDING again, which does not block the next rotation.
    expect((await world.rotate(secretArn)).outcome).toEqual({ status: 'succeeded' });
  });

  it('fails with RefreshTokenRejected for a refresh token that no longer works, and a redrive rotates the new login', async () => {
    const world = await rotationWorld({ secretsManager: { readLagMs: 0 } });
    const { sandbox } = world;
    const credential = await world.credential();
    const { secretArn, clientId } = credential;
    const before = await world.currentValue(secretArn);
    world.revokeUserOf(clientId);

    const { execution: failed } = await world.rotateUntilClosed(secretArn);
    const valueMeanwhile = await world.currentValue(secretArn);
    const authorized = await world.authorizeAgain(credential);
    const execution = await world.redrive(failed);

    expect(failureOf(failed)).toMatchObject({ state: 'Refresh', error: 'RefreshTokenRejected' });
    expect(attemptsIn(failed, 'Refresh')).toBe(1);
    expect(valueMeanwhile).toEqual(before);
    expect(execution.status).toBe('SUCCEEDED');
    expect(statesOf(execution).at(-1)).toBe('Rotated');
    expect((await world.labels(secretArn))[authorized.versionId]).toEqual(['AWSPREVIOUS']);
    const { accessToken } = await world.currentValue(secretArn);
    expect(accessToken).not.toBe(authorized.accessToken);
    expect(await world.statusOfCurrentUser(accessToken)).toBe(200);
    expect(sandbox.genesysCloud.counts(clientId)).toMatchObject({ refreshes: 1, refusedRefreshes: 1 });

    // The labels that the redrive left do not block the next rotation.
    const next = await world.rotateUntilClosed(secretArn);
    expect(next.execution.status).toBe('SUCCEEDED');
    expect((await world.labels(secretArn))[next.versionId]).toContain('AWSCURRENT');
  });
});

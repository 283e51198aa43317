import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { attemptsIn, failureOf, statesOf } from './execution-outcome.ts';
import { rotationWorld } from './rotation-world.ts';

const UNAVAILABLE = { status: 503, headers: {}, body: '' };
const ROTATED = ['StorePending', 'Verify', 'Promote', 'Rotated'];

/** The operator comes while the rotation function still looks at the execution. */
const IN_REAL_TIME = { virtualTime: false };

describe('a rotation that fails at Refresh', () => {
  it('goes on when Secrets Manager tries again, once Genesys Cloud serves again', async () => {
    const world = await rotationWorld({ secretsManager: { staleRotationToken: 'accepted' } });
    const { sandbox } = world;
    const { secretArn, clientId } = await world.credential();
    const before = await world.currentValue(secretArn);
    const serveRefreshesAgain = world.refreshesAnswered(UNAVAILABLE);

    const failed = await world.rotate(secretArn);
    const valueMeanwhile = await world.currentValue(secretArn);
    serveRefreshesAgain();
    sandbox.clock.advance(60_000);
    const retried = await world.outcome(secretArn, failed.versionId);

    expect(failed.outcome).toMatchObject({
      status: 'failed',
      cause: {
        errorType: 'RotationFailed',
        errorMessage: expect.stringContaining(
          `${failed.execution.executionArn} failed with GenesysUnavailable`,
        ),
      },
    });
    expect(failureOf(failed.execution)).toMatchObject({ state: 'Refresh', error: 'GenesysUnavailable' });
    expect(attemptsIn(failed.execution, 'Refresh')).toBe(2);
    expect(valueMeanwhile).toEqual(before);
    expect(retried).toEqual({ status: 'succeeded' });
    expect(await world.execution(failed.versionId)).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1 });
    expect(sandbox.genesysCloud.counts(clientId)).toMatchObject({ refreshes: 1, refusedRefreshes: 0 });
    expect((await world.labels(secretArn))[failed.versionId]).toEqual(['AWSCURRENT']);
  });

  it('goes on at Refresh when an operator redrives it', async () => {
    const world = await rotationWorld(IN_REAL_TIME);
    const { secretArn } = await world.credential();
    const serveRefreshesAgain = world.refreshesAnswered(UNAVAILABLE);

    const { versionId, execution: failed } = await world.rotateUntilClosed(secretArn);
    serveRefreshesAgain();
    const execution = await world.redrive(failed);
    const outcome = await world.outcome(secretArn, versionId);

    expect(failureOf(failed)).toMatchObject({ state: 'Refresh', error: 'GenesysUnavailable' });
    expect(execution.status).toBe('SUCCEEDED');
    expect(statesOf(execution)).toEqual(['Fetch', 'Route', 'Refresh', ...ROTATED]);
    // The rotation function was still looking: Secrets Manager never heard of the failure.
    expect(outcome).toEqual({ status: 'succeeded' });
  });

  it('goes on at Refresh when it was stopped there', async () => {
    const world = await rotationWorld(IN_REAL_TIME);
    const { stepFunctions } = world;
    const { secretArn, clientId } = await world.credential();
    const reached = Promise.withResolvers<unknown>();
    world.before('refresh', () => {
      reached.resolve(undefined);
      return new Promise(() => undefined);
    });

    const versionId = await world.rotateSecret(secretArn);
    await reached.promise;
    await stepFunctions.send(new StopExecutionCommand({ executionArn: await world.started(versionId) }));
    const stopped = await world.execution(versionId);
    const execution = await world.redrive(stopped);

    expect(stopped.status).toBe('ABORTED');
    expect(execution.status).toBe('SUCCEEDED');
    expect(statesOf(execution)).toEqual(['Fetch', 'Route', 'Refresh', ...ROTATED]);
    expect(world.sandbox.genesysCloud.counts(clientId)).toMatchObject({ refreshes: 1, refusedRefreshes: 0 });
  });

  it('says ClientRejected for a wrong region, and rotates the mended credential on a redrive', async () => {
    const world = await rotationWorld(IN_REAL_TIME);
    const { secretArn, clientId } = await world.credential();
    const wrongVersion = await world.mend(secretArn, { region: 'mypurecloud.de' });

    const { versionId, execution: failed } = await world.rotateUntilClosed(secretArn);
    const labelsMeanwhile = await world.labels(secretArn);
    const mendedVersion = await world.mend(secretArn, { region: 'mypurecloud.com' });
    const execution = await world.redrive(failed);

    expect(failureOf(failed)).toMatchObject({ state: 'Refresh', error: 'ClientRejected' });
    expect(attemptsIn(failed, 'Refresh')).toBe(1);
    expect(labelsMeanwhile[wrongVersion]).toEqual(['AWSCURRENT']);
    expect(labelsMeanwhile[versionId]).toEqual(['AWSPENDING']);
    expect(execution.status).toBe('SUCCEEDED');
    expect(statesOf(execution)).toEqual(['Fetch', 'Route', 'Refresh', ...ROTATED]);
    expect(await world.outcome(secretArn, versionId)).toEqual({ status: 'abandoned' });
    expect((await world.labels(secretArn))[mendedVersion]).toEqual(['AWSPREVIOUS']);
    const { accessToken, region } = await world.currentValue(secretArn);
    expect(region).toBe('mypurecloud.com');
    expect(await world.statusOfCurrentUser(accessToken)).toBe(200);
    expect(world.sandbox.genesysCloud.counts(clientId)).toMatchObject({ refreshes: 1 });
  });

  it('says RefreshTokenRejected for a dead refresh token, and rotates the new login on a redrive', async () => {
    const world = await rotationWorld();
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

    // What a redrive left behind does not stand in the way of the next rotation.
    const next = await world.rotateUntilClosed(secretArn);
    expect(next.execution.status).toBe('SUCCEEDED');
    expect((await world.labels(secretArn))[next.versionId]).toContain('AWSCURRENT');
  });
});

import { CancelRotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../functions/shared/durations.ts';
import { failureOf, statesOf } from './execution-outcome.ts';
import { rotationWorld } from './rotation-world.ts';

const UNAUTHORIZED = { status: 401, headers: {}, body: '{"code":"bad.credentials","status":401}' };
const UNAVAILABLE = { status: 503, headers: {}, body: '' };

describe('a rotation that fails in Verify', () => {
  it('keeps the pending version and promotes it when it is redriven', async () => {
    const world = await rotationWorld();
    const { sandbox } = world;
    const { secretArn, clientId } = await world.credential();
    const serveUsersAgain = world.usersRespondWith(UNAUTHORIZED);

    const { versionId, execution: failed } = await world.rotateUntilClosed(secretArn);
    const labelsMeanwhile = await world.labels(secretArn);
    serveUsersAgain();
    const execution = await world.redrive(failed);

    expect(failureOf(failed)).toMatchObject({ state: 'Verify', error: 'AccessTokenRejected' });
    expect(labelsMeanwhile[versionId]).toEqual(['AWSPENDING']);
    expect(execution.status).toBe('SUCCEEDED');
    expect(statesOf(execution).slice(-3)).toEqual(['Verify', 'Promote', 'Rotated']);
    expect((await world.labels(secretArn))[versionId]).toContain('AWSCURRENT');
    expect(sandbox.genesysCloud.counts(clientId)).toMatchObject({ refreshes: 1 });
  });

  it('exchanges the pending refresh token when it is redriven after the access token has expired', async () => {
    const world = await rotationWorld();
    const { sandbox, secrets } = world;
    const { secretArn, clientId } = await world.credential();
    const serveUsersAgain = world.usersRespondWith(UNAVAILABLE);

    const { versionId, execution: failed } = await world.rotateUntilClosed(secretArn);
    // Without retries of Secrets Manager, the operator's redrive comes first.
    await secrets.send(new CancelRotateSecretCommand({ SecretId: secretArn }));
    serveUsersAgain();
    sandbox.clock.advance(25 * HOUR_MS);
    const execution = await world.redrive(failed);

    expect(failureOf(failed)).toMatchObject({ state: 'Verify', error: 'GenesysUnavailable' });
    expect(execution.status).toBe('SUCCEEDED');
    expect(statesOf(execution).slice(-6)).toEqual([
      'Verify',
      'RefreshAgain',
      'StorePending',
      'Verify',
      'Promote',
      'Rotated',
    ]);
    expect(sandbox.genesysCloud.counts(clientId)).toMatchObject({ refreshes: 2, refusedRefreshes: 0 });
    const current = await world.currentValue(secretArn);
    expect(await world.statusOfCurrentUser(current.accessToken)).toBe(200);
    // The rotation's own version holds the expired token. The value that works is in a version derived from it, which
    // does not keep AWSPENDING, because that would block the next rotation.
    const labels = await world.labels(secretArn);
    expect(labels[versionId]).toBeUndefined();
    expect(Object.values(labels)).toContainEqual(['AWSCURRENT']);
    const next = await world.rotateUntilClosed(secretArn);
    expect(next.execution.status).toBe('SUCCEEDED');
    expect((await world.labels(secretArn))[next.versionId]).toContain('AWSCURRENT');
  });
});

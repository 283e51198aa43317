import { describe, expect, it } from 'vitest';
import { fingerprintOf } from '../../sandbox/genesys-cloud/fingerprint.ts';
import { failureOf } from './execution-outcome.ts';
import { rotationWorld } from './rotation-world.ts';

describe('behaviour that Genesys Cloud does not document', () => {
  it.each([
    ['no refresh token', { refreshReturnsRefreshToken: false }, 'kept'],
    ['the same refresh token again', { refreshTokens: 'reusable' }, 'kept'],
    ['an error text and the tokens', { errorTextOnSuccess: true }, 'replaced'],
  ] as const)('rotates when a response has %s', async (_what, behaviour, refreshToken) => {
    const world = await rotationWorld({ genesysCloud: behaviour });
    const { sandbox } = world;
    const { secretArn, clientId } = await world.credential();
    const before = await world.currentValue(secretArn);

    const { execution } = await world.rotateUntilClosed(secretArn);

    const after = await world.currentValue(secretArn);
    expect(execution.status).toBe('SUCCEEDED');
    expect(sandbox.genesysCloud.counts(clientId)).toMatchObject({ refreshes: 1, refusedRefreshes: 0 });
    expect(after.accessToken).not.toBe(before.accessToken);
    expect(await world.statusOfCurrentUser(after.accessToken)).toBe(200);
    expect(after.refreshToken === before.refreshToken ? 'kept' : 'replaced').toBe(refreshToken);
    expect(sandbox.genesysCloud.isLive(fingerprintOf(after.refreshToken))).toBe(true);
  });

  it('recognises a rejected refresh token and a wrong client secret when the status is 401', async () => {
    const world = await rotationWorld({
      genesysCloud: { invalidGrantStatus: 401, invalidClientStatus: 401 },
    });
    const { sandbox } = world;
    const rotated = await world.credential({ secretName: 'rotated' });
    const revoked = await world.credential({ secretName: 'revoked' });
    const wrong = await world.credential({ secretName: 'wrong' });
    world.revokeUserOf(revoked.clientId);
    sandbox.genesysCloud.regenerateClientSecret(wrong.clientId);

    const [executionOfRotated, executionOfRevoked, executionOfWrong] = await Promise.all(
      [rotated, revoked, wrong].map(
        async ({ secretArn }) => (await world.rotateUntilClosed(secretArn)).execution,
      ),
    );

    expect(executionOfRotated?.status).toBe('SUCCEEDED');
    expect(executionOfRevoked && failureOf(executionOfRevoked)).toMatchObject({
      error: 'RefreshTokenRejected',
    });
    expect(executionOfWrong && failureOf(executionOfWrong)).toMatchObject({ error: 'ClientRejected' });
  });
});

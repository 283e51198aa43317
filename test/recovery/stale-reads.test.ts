import { describe, expect, it } from 'vitest';
import { HEALTHY, peopleWorld } from './people-world.ts';

const SECOND_LOGIN = { ...HEALTHY, login: 2 } as const;

describe.each([200, 1_000, 2_000])('reads of Secrets Manager that are %i ms stale', readLagMs => {
  /** A secret whose creation is already visible to stale reads. */
  async function staleWorld() {
    const world = await peopleWorld({ secretsManager: { readLagMs } });
    const credential = await world.credential();
    await world.sandbox.advance(readLagMs);
    return { world, credential, secretArn: credential.secretArn };
  }

  it('do not fail a rotation', async () => {
    const { world, credential, secretArn } = await staleWorld();

    const { outcome } = await world.rotated(secretArn);

    expect(outcome).toEqual({ status: 'succeeded' });
    expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 1 });
    expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded', refreshes: 2 });
  });

  it('do not present a spent token in a rotation right after another one', async () => {
    const { world, credential, secretArn } = await staleWorld();

    const outcomes = [];
    for (let rotation = 0; rotation < 3; rotation++) outcomes.push((await world.rotated(secretArn)).outcome);

    expect(outcomes.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    const { refreshes, ...health } = await world.health(credential);
    expect(health).toEqual(HEALTHY);
    expect(await world.nextRotation(credential)).toMatchObject({
      outcome: 'succeeded',
      refreshes: refreshes + 1,
    });
  });

  it.each(['StorePending', 'Verify', 'Promote'])(
    'do not lose tokens or a key that was added to AWSCURRENT right before a redrive of %s',
    async state => {
      const { world, credential, secretArn } = await staleWorld();
      await world.failedIn(state, secretArn);

      await world.editSecret(secretArn, { queue: 'added by hand' });
      const redriven = await world.redriven(await world.lastClosed(secretArn));

      expect(redriven).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated' });
      expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 1 });
      expect(await world.currentValue(secretArn)).toMatchObject({ queue: 'added by hand' });
      expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded', refreshes: 2 });
    },
  );

  it.each(['refresh', 'store-pending', 'verify', 'promote'] as const)(
    'do not lose a key that is added to AWSCURRENT right before %s',
    async functionName => {
      const { world, credential, secretArn } = await staleWorld();
      const value = await world.currentValue(secretArn);
      world.before(functionName, () => world.put(secretArn, { ...value, queue: 'added by hand' }));

      const { execution } = await world.rotateUntilClosed(secretArn);

      expect(execution).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated' });
      expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 1 });
      expect(await world.currentValue(secretArn)).toMatchObject({ queue: 'added by hand' });
      expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded', refreshes: 2 });
    },
  );

  it.each(['refresh', 'store-pending', 'verify', 'promote'] as const)(
    'do not replace a login that lands right before %s',
    async functionName => {
      const { world, credential, secretArn } = await staleWorld();
      world.before(functionName, () => world.authorizeAgain(credential));

      const { execution } = await world.rotateUntilClosed(secretArn);

      expect(execution).toMatchObject({ status: 'SUCCEEDED' });
      const { refreshes, ...health } = await world.health(credential);
      expect(health).toEqual(SECOND_LOGIN);
      expect(await world.nextRotation(credential)).toMatchObject({
        outcome: 'succeeded',
        ...SECOND_LOGIN,
        refreshes: refreshes + 1,
      });
    },
  );

  it('do not replace a login that was stored right before the rotation', async () => {
    const { world, credential } = await staleWorld();

    await world.authorizeAgain(credential);
    const { outcome } = await world.nextRotation(credential);

    expect(outcome).toBe('succeeded');
    const { refreshes, ...health } = await world.health(credential);
    expect(health).toEqual(SECOND_LOGIN);
    expect(await world.nextRotation(credential)).toMatchObject({
      outcome: 'succeeded',
      ...SECOND_LOGIN,
      refreshes: refreshes + 1,
    });
  });

  it('do not fail a redrive right after a new login', async () => {
    const { world, credential, secretArn } = await staleWorld();
    world.revokeUserOf(credential.clientId);
    const { execution } = await world.rotateUntilClosed(secretArn);
    expect(execution).toMatchObject({ stateName: 'Refresh', failure: { error: 'RefreshTokenRejected' } });

    await world.authorizeAgain(credential);
    const redriven = await world.redriven(execution);

    expect(redriven).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1 });
    expect(await world.health(credential)).toMatchObject({ login: 2, refreshTokenWorks: true });
  });

  it('do not fail a redrive right after a fix of the client secret', async () => {
    const { world, credential, secretArn } = await staleWorld();
    const { clientSecret } = world.sandbox.genesysCloud.regenerateClientSecret(credential.clientId);
    const { execution } = await world.rotateUntilClosed(secretArn);
    expect(execution).toMatchObject({ stateName: 'Refresh', failure: { error: 'ClientRejected' } });

    await world.editSecret(secretArn, { clientSecret });
    const redriven = await world.redriven(execution);

    expect(redriven).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated', redriveCount: 1 });
    expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 1 });
  });

  it('do not fail a redrive right after a fix of the whole value', async () => {
    const { world, credential, secretArn } = await staleWorld();
    const value = await world.currentValue(secretArn);
    await world.write(secretArn, 'not JSON');
    await world.sandbox.advance(readLagMs);
    const { execution } = await world.rotateUntilClosed(secretArn);
    expect(execution).toMatchObject({ stateName: 'Fetch', failure: { error: 'InvalidSecret' } });

    await world.put(secretArn, value);
    const redriven = await world.redriven(execution);

    expect(redriven).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated', redriveCount: 1 });
    expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 1 });
  });

  it('do not fail the rotation of a secret that was just created', async () => {
    const world = await peopleWorld({ secretsManager: { readLagMs } });
    const credential = await world.credential();

    const { outcome } = await world.rotated(credential.secretArn);

    expect(outcome).toEqual({ status: 'succeeded' });
    expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 1 });
  });

  it('do not lose the newest tokens after a rollback', async () => {
    const { world, credential, secretArn } = await staleWorld();
    await world.rotated(secretArn);
    await world.rotated(secretArn);
    const { refreshes } = await world.health(credential);

    await world.rollBack(secretArn);
    const { outcome } = await world.nextRotation(credential);

    expect(outcome).toBe('succeeded');
    const repaired = await world.health(credential);
    expect(repaired).toMatchObject(HEALTHY);
    expect(repaired.refreshes).toBeGreaterThanOrEqual(refreshes);
    expect(await world.nextRotation(credential)).toMatchObject({
      outcome: 'succeeded',
      refreshes: repaired.refreshes + 1,
    });
  });

  it.each(['same', 'fresh'] as const)(
    'do not stop the retry under the %s ClientRequestToken',
    async retryToken => {
      const world = await peopleWorld({
        secretsManager: { readLagMs, retryToken, retryDelaysMs: [1_000, 60_000, 60_000] },
      });
      const credential = await world.credential();
      const { secretArn } = credential;
      await world.sandbox.advance(readLagMs);
      await world.failedIn('Verify', secretArn);

      await world.sandbox.advance(300_000);

      expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 1 });
      expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded', refreshes: 2 });
    },
  );
});

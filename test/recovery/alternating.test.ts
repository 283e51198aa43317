import { describe, expect, it } from 'vitest';
import { alternatingWorld, SOON_EXPIRED_MS } from '../rotation/alternating-world.ts';
import { failureOf } from '../rotation/execution-outcome.ts';

/** The Tasks of a rotation without faults. */
const TASKS = ['Fetch', 'Refresh', 'StorePending', 'Verify', 'Promote'];

describe('a rotation of a secret with two grants that failed', () => {
  it.each(TASKS)('in %s leaves consumers a working token, and a redrive completes the swap', async state => {
    const world = await alternatingWorld();
    const credential = await world.twoGrants();
    await world.rotated(credential.secretArn);
    await world.failedIn(state, credential.secretArn);
    const afterFailure = await world.grants(credential);

    const redriven = await world.redriven(await world.lastClosed(credential.secretArn));

    expect(afterFailure).toEqual({ current: 2, alternate: 1, accessTokenWorks: true });
    expect(redriven).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated' });
    expect(await world.grants(credential)).toEqual({ current: 1, alternate: 2, accessTokenWorks: true });
    expect(await world.nextRotation(credential)).toMatchObject({
      outcome: 'succeeded',
      refreshes: 3,
      refusedRefreshes: 0,
    });
  });

  it.each(TASKS)('in %s is also completed by the next rotation', async state => {
    const world = await alternatingWorld();
    const credential = await world.twoGrants();
    await world.failedIn(state, credential.secretArn);
    await world.giveUp(credential.secretArn);

    await world.rotated(credential.secretArn);

    expect(await world.grants(credential)).toEqual({ current: 2, alternate: 1, accessTokenWorks: true });
    expect(world.sandbox.genesysCloud.counts(credential.clientId)).toMatchObject({
      refreshes: 1,
      refusedRefreshes: 0,
    });
  });

  it.each(['Failover', 'StorePending', 'Verify', 'Promote'])(
    'in %s with a lost grant is completed by a redrive, which drops the grant',
    async state => {
      const world = await alternatingWorld();
      const credential = await world.twoGrants();
      await world.rotated(credential.secretArn);
      world.endLogin(credential, 1);
      await world.failedIn(state, credential.secretArn);
      const afterFailure = await world.grants(credential);

      const redriven = await world.redriven(await world.lastClosed(credential.secretArn));

      expect(afterFailure).toEqual({ current: 2, alternate: 1, accessTokenWorks: true });
      expect(redriven).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated' });
      expect(await world.grants(credential)).toEqual({ current: 2, alternate: null, accessTokenWorks: true });
      expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded', login: 2 });
    },
  );

  it('in Promote does not promote an access token that no longer lasts until the next rotation', async () => {
    const world = await alternatingWorld();
    const credential = await world.twoGrants();
    world.enable(credential.secretArn);
    await world.failedIn('Promote', credential.secretArn);
    await world.sandbox.advance(SOON_EXPIRED_MS);

    const redriven = await world.redriven(await world.lastClosed(credential.secretArn));

    expect(redriven).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated' });
    expect(world.sandbox.genesysCloud.counts(credential.clientId)).toMatchObject({ refreshes: 2 });
    expect(await world.grants(credential)).toEqual({ current: 2, alternate: 1, accessTokenWorks: true });
  });

  it('in StorePending after an unrecorded exchange leaves that exchange to its own execution', async () => {
    const world = await alternatingWorld();
    const credential = await world.twoGrants();
    world.sandbox.faults.add({ target: 'dynamodb:TransactWriteItems', kind: 'server-error', by: 'refresh' });
    await world.failedIn('StorePending', credential.secretArn);
    await world.giveUp(credential.secretArn);
    await world.sandbox.advance(60_000);

    const { outcome } = await world.rotated(credential.secretArn);

    expect(outcome).toEqual({ status: 'succeeded' });
    expect(await world.nextRotation(credential)).toMatchObject({
      outcome: 'succeeded',
      refreshTokenWorks: true,
      accessTokenWorks: true,
      refusedRefreshes: 0,
    });
    expect((await world.grants(credential)).alternate).not.toBeNull();
  });
});

describe('people who write a secret with two grants', () => {
  it.each(TASKS.slice(1))(
    'keep both grants and the edit that they made after a failure in %s',
    async state => {
      const world = await alternatingWorld();
      const credential = await world.twoGrants();
      await world.failedIn(state, credential.secretArn);
      await world.editSecret(credential.secretArn, { queue: 'added by hand' });

      await world.redriven(await world.lastClosed(credential.secretArn));

      expect(await world.grants(credential)).toEqual({ current: 2, alternate: 1, accessTokenWorks: true });
      expect(await world.currentValue(credential.secretArn)).toMatchObject({ queue: 'added by hand' });
      expect(await world.nextRotation(credential)).toMatchObject({
        outcome: 'succeeded',
        refusedRefreshes: 0,
      });
    },
  );

  it.each([1, 2, 3])('lose no grant when they roll back after %i rotations', async rotations => {
    const world = await alternatingWorld();
    const credential = await world.twoGrants();
    for (let rotation = 0; rotation < rotations; rotation++) await world.rotated(credential.secretArn);

    await world.rollBack(credential.secretArn);
    const outcomes = [];
    for (let rotation = 0; rotation < 3; rotation++)
      outcomes.push((await world.rotated(credential.secretArn)).outcome.status);

    expect(outcomes).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(await world.health(credential)).toMatchObject({
      refreshTokenWorks: true,
      accessTokenWorks: true,
      refusedRefreshes: 0,
    });
    expect((await world.grants(credential)).alternate).not.toBeNull();
  });

  it('lose no grant when they write the seed again', async () => {
    const world = await alternatingWorld();
    const credential = await world.twoGrants();
    const seed = await world.currentValue(credential.secretArn);
    for (let rotation = 0; rotation < 5; rotation++) await world.rotated(credential.secretArn);

    await world.put(credential.secretArn, seed);
    await world.rotated(credential.secretArn);
    await world.rotated(credential.secretArn);

    expect(await world.health(credential)).toMatchObject({
      refreshTokenWorks: true,
      accessTokenWorks: true,
      refusedRefreshes: 0,
    });
    expect((await world.grants(credential)).alternate).not.toBeNull();
  });

  it.each(['refresh', 'store-pending', 'verify', 'promote'] as const)(
    'keep a login that replaces the grant in use right before %s',
    async name => {
      const world = await alternatingWorld();
      const credential = await world.twoGrants();
      const loggedIn = async (): Promise<void> => {
        await world.editSecret(credential.secretArn, { refreshToken: await world.logIn(credential) });
      };
      world.before(name, loggedIn);

      await world.rotated(credential.secretArn);
      const then = await world.grants(credential);
      const next = await world.nextRotation(credential);

      expect([then.current, then.alternate].sort()).toContain(3);
      expect(next).toMatchObject({ outcome: 'succeeded', refreshTokenWorks: true, accessTokenWorks: true });
      expect(next.refusedRefreshes).toBe(0);
      const logins = await world.grants(credential);
      expect([logins.current, logins.alternate].sort()).toEqual([2, 3]);
    },
  );

  it.each(['refresh', 'store-pending', 'verify', 'promote'] as const)(
    'keep a new alternate grant that is written right before %s',
    async name => {
      const world = await alternatingWorld();
      const credential = await world.twoGrants();
      world.before(name, async () => {
        await world.editSecret(credential.secretArn, {
          alternateRefreshToken: await world.logIn(credential),
        });
      });

      await world.rotated(credential.secretArn);
      await world.nextRotation(credential);
      await world.nextRotation(credential);

      const logins = await world.grants(credential);
      expect([logins.current, logins.alternate].sort()).toEqual([1, 3]);
      expect(logins.accessTokenWorks).toBe(true);
    },
  );

  it('move it back to a single grant by removing the key', async () => {
    const world = await alternatingWorld();
    const credential = await world.twoGrants();
    await world.rotated(credential.secretArn);

    await world.editSecret(credential.secretArn, { alternateRefreshToken: undefined });
    await world.rotated(credential.secretArn);

    expect(await world.grants(credential)).toEqual({
      current: 2,
      alternate: undefined,
      accessTokenWorks: true,
    });
    expect(world.sandbox.genesysCloud.counts(credential.clientId)).toMatchObject({ refreshes: 2 });
  });

  it('lose an alternate grant that belongs to the login in use', async () => {
    const world = await alternatingWorld();
    const credential = await world.credential();
    const { refreshToken } = await world.currentValue(credential.secretArn);
    await world.rotated(credential.secretArn);
    await world.editSecret(credential.secretArn, { alternateRefreshToken: refreshToken });

    const { outcome, execution } = await world.rotated(credential.secretArn);

    expect(outcome).toEqual({ status: 'succeeded' });
    expect(execution && failureOf(execution)).toBe('SUCCEEDED');
    expect(await world.grants(credential)).toEqual({ current: 1, alternate: null, accessTokenWorks: true });
    expect(world.sandbox.genesysCloud.counts(credential.clientId)).toMatchObject({ refusedRefreshes: 0 });
  });
});

describe.each([200, 2_000])('reads of Secrets Manager that are %i ms stale', readLagMs => {
  it('end no access token in use and lose no grant in consecutive rotations', async () => {
    const world = await alternatingWorld({ secretsManager: { readLagMs } });
    const credential = await world.twoGrants();
    await world.sandbox.advance(readLagMs);

    for (let rotation = 0; rotation < 4; rotation++) {
      await world.rotated(credential.secretArn);
      expect(await world.health(credential)).toMatchObject({
        refreshTokenWorks: true,
        accessTokenWorks: true,
        refusedRefreshes: 0,
      });
    }
    expect((await world.grants(credential)).alternate).not.toBeNull();
  });
});

describe('two concurrent rotations', () => {
  it('swap the grants once or twice and lose neither', async () => {
    const world = await alternatingWorld();
    const credential = await world.twoGrants();
    world.before('verify', async () => {
      await world.giveUp(credential.secretArn);
      await world.rotateSecret(credential.secretArn);
    });

    await world.rotateUntilClosed(credential.secretArn);
    await world.lastClosed(credential.secretArn);
    await world.sandbox.advance(600_000);

    expect(await world.nextRotation(credential)).toMatchObject({
      outcome: 'succeeded',
      refreshTokenWorks: true,
      accessTokenWorks: true,
      refusedRefreshes: 0,
    });
    expect((await world.grants(credential)).alternate).not.toBeNull();
  });
});

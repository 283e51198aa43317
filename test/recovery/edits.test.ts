import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { statesOf } from '../rotation/execution-outcome.ts';
import { Calls } from './boundaries.ts';
import { ACCESS_TOKENS_AFTER_REFRESH, CONTINUATIONS, HEALTHY, peopleWorld } from './people-world.ts';

describe.each(Object.entries(CONTINUATIONS))(
  'a key that somebody added to AWSCURRENT after a rotation failed, and %s',
  (_name, { secretsManager, continueWith }) => {
    describe.each(ACCESS_TOKENS_AFTER_REFRESH)(
      'a refresh %s earlier access tokens',
      (_does, refreshRevokesAccessTokens) => {
        it.each(['StorePending', 'Verify', 'Promote'])(
          'keeps the key and saves the tokens of a rotation that failed in %s',
          async state => {
            const world = await peopleWorld({ secretsManager, genesysCloud: { refreshRevokesAccessTokens } });
            const credential = await world.credential();
            const { secretArn } = credential;
            await world.failedIn(state, secretArn);

            await world.editSecret(secretArn, { queue: 'added by hand' });
            await continueWith(world, secretArn);

            expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 1 });
            expect(await world.currentValue(secretArn)).toMatchObject({ queue: 'added by hand' });
            expect(await world.nextRotation(credential)).toEqual({
              outcome: 'succeeded',
              ...HEALTHY,
              refreshes: 2,
            });
            expect(await world.currentValue(secretArn)).toMatchObject({ queue: 'added by hand' });
          },
        );
      },
    );
  },
);

describe('a key that somebody adds to AWSCURRENT while a rotation runs', () => {
  it.each(['removed', 'kept'] as const)(
    'is kept when the tokens are promoted, at every call (AWSPENDING is %s)',
    async pendingAfterForeignWrite => {
      const calls = new Calls();
      const world = await peopleWorld({
        awsInterceptors: [calls.awsInterceptor],
        secretsManager: { pendingAfterForeignWrite, retryDelaysMs: [60_000, 60_000] },
      });
      world.sandbox.genesysCloud.intercept(calls.genesysInterceptor);
      const undisturbed = await world.credential({ secretName: 'genesys/undisturbed' });
      calls.reset();
      await world.rotated(undisturbed.secretArn);
      // An action after a call is the same as one before the next call.
      const all = calls.boundaries.filter(({ side }) => side === 'before');
      const wrong: unknown[] = [];

      for (const boundary of all) {
        const credential = await world.credential({
          secretName: `genesys/${boundary.side}-${boundary.call}`,
        });
        const { secretArn } = credential;
        calls.watch(boundary, () => world.editSecret(secretArn, { queue: 'added by hand' }));
        await world.rotated(secretArn);
        calls.reset();
        await world.sandbox.advance(180_000);

        const health = await world.health(credential);
        const { queue } = await world.currentValue(secretArn);
        const next = await world.nextRotation(credential);
        // An edit before createSecret ends the rotation before anything is spent.
        const expected = { ...HEALTHY, refreshes: Math.min(health.refreshes, 1) };
        const expectedNext = { outcome: 'succeeded', ...expected, refreshes: health.refreshes + 1 };
        if (
          !isDeepStrictEqual(health, expected) ||
          !isDeepStrictEqual(next, expectedNext) ||
          queue !== 'added by hand'
        )
          wrong.push({ boundary, queue, health, next });
      }

      expect(all.length).toBeGreaterThan(20);
      expect(wrong).toEqual([]);
    },
  );

  it('makes Promote return to StorePending, and the execution ends in Rotated', async () => {
    const world = await peopleWorld();
    const credential = await world.credential();
    const { secretArn } = credential;
    world.before('promote', () => world.editSecret(secretArn, { queue: 'added by hand' }));

    const { execution } = await world.rotateUntilClosed(secretArn);

    expect(statesOf(execution).slice(-5)).toEqual([
      'Promote',
      'StorePending',
      'Verify',
      'Promote',
      'Rotated',
    ]);
    expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 1 });
    expect(await world.currentValue(secretArn)).toMatchObject({ queue: 'added by hand' });
  });
});

describe('an edit that started before a rotation and is saved after it', () => {
  it.each(ACCESS_TOKENS_AFTER_REFRESH)(
    'is kept by the next rotation, which promotes the newest tokens again (a refresh %s earlier access tokens)',
    async (_does, refreshRevokesAccessTokens) => {
      const world = await peopleWorld({ genesysCloud: { refreshRevokesAccessTokens } });
      const credential = await world.credential();
      const { secretArn } = credential;
      const opened = await world.currentValue(secretArn);
      await world.rotated(secretArn);

      await world.put(secretArn, { ...opened, queue: 'added by hand' });
      const repaired = await world.nextRotation(credential);

      expect(repaired).toEqual({ outcome: 'succeeded', ...HEALTHY, refreshes: 1 });
      expect(await world.currentValue(secretArn)).toMatchObject({ queue: 'added by hand' });
      expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded', refreshes: 2 });
    },
  );
});

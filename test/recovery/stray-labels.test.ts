import { describe, expect, it } from 'vitest';
import { HEALTHY, peopleWorld } from './people-world.ts';

/** The delays of Secrets Manager's retries, and a time longer than all of them, in ms. */
const RETRY_DELAYS_MS = [60_000, 300_000, 900_000];
const ALL_RETRIES_MS = 1_500_000;

describe.each([
  ['same', 0],
  ['same', 2_000],
  ['fresh', 0],
  ['fresh', 2_000],
] as const)(
  'an AWSPENDING that somebody puts on a version of their own, with retries under the %s ClientRequestToken and reads that are %i ms stale',
  (retryToken, readLagMs) => {
    async function strayWorld() {
      const world = await peopleWorld({
        secretsManager: { readLagMs, retryToken, retryDelaysMs: RETRY_DELAYS_MS },
      });
      const credential = await world.credential();
      const { secretArn } = credential;
      await world.sandbox.advance(readLagMs);
      const value = await world.copyOfCurrent(secretArn);
      const stray = () => world.write(secretArn, value, ['AWSPENDING']);
      return { world, credential, secretArn, stray };
    }

    it('does not block later rotations when it is set before the rotation function runs', async () => {
      const { world, credential, secretArn, stray } = await strayWorld();

      await world.rotateSecret(secretArn);
      await stray();
      await world.sandbox.advance(ALL_RETRIES_MS);

      expect(await world.health(credential)).toMatchObject(HEALTHY);
      expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded', ...HEALTHY });
    });

    it.each(['fetch', 'refresh', 'store-pending', 'verify', 'promote'] as const)(
      'does not block later rotations when it is set right before %s runs',
      async functionName => {
        const { world, credential, secretArn, stray } = await strayWorld();
        world.before(functionName, stray);

        await world.rotateSecret(secretArn);
        await world.sandbox.advance(ALL_RETRIES_MS);

        expect(await world.health(credential)).toMatchObject(HEALTHY);
        expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded', ...HEALTHY });
      },
    );

    it('does not block later rotations when somebody also logs in', async () => {
      const { world, credential, secretArn, stray } = await strayWorld();
      world.before('store-pending', async () => {
        await world.authorizeAgain(credential);
        await stray();
      });

      await world.rotateSecret(secretArn);
      await world.sandbox.advance(ALL_RETRIES_MS);

      const secondLogin = { ...HEALTHY, login: 2 };
      expect(await world.health(credential)).toMatchObject(secondLogin);
      expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded', ...secondLogin });
    });
  },
);

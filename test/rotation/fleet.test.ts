import { describe, expect, it } from 'vitest';
import { limitConcurrency } from '../../sandbox/lambda/limit-concurrency.ts';
import { rotationWorld } from './rotation-world.ts';

const FLEET = Array.from({ length: 20 }, (_, index) => `genesys/fleet-${index}`);

describe('twenty secrets that rotate at the same time', () => {
  it('are all rotated with one refresh each', async () => {
    const world = await rotationWorld({
      invocationInterceptors: [limitConcurrency({ sources: ['states.amazonaws.com'], limit: 3 })],
      // No time passes while a function waits for its turn, so the running ones must not wait for a fresh read.
      secretsManager: { readLagMs: 0 },
    });
    const { sandbox } = world;
    const credentials = await Promise.all(FLEET.map(secretName => world.credential({ secretName })));

    const rotations = await Promise.all(credentials.map(({ secretArn }) => world.rotate(secretArn)));

    expect(rotations.map(({ outcome }) => outcome.status)).toEqual(Array(20).fill('succeeded'));
    for (const { secretArn, clientId } of credentials) {
      const { accessToken } = await world.currentValue(secretArn);
      expect(sandbox.genesysCloud.counts(clientId)).toMatchObject({ refreshes: 1, refusedRefreshes: 0 });
      expect(await world.statusOfCurrentUser(accessToken)).toBe(200);
    }
    expect(await world.executionNames()).toHaveLength(20);
  });
});

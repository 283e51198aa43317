import { describe, expect, it } from 'vitest';
import type { InvocationInterceptor } from '../../sandbox/lambda/invocation-interceptor.ts';
import { rotationWorld } from './rotation-world.ts';

const FLEET = Array.from({ length: 20 }, (_, index) => `genesys/fleet-${index}`);

/**
 * Lets the workflow's functions run a few at a time: a machine cannot start a hundred processes at once as Lambda
 * can, and would run into the time-outs of the tasks.
 */
function fewAtATime(limit: number): InvocationInterceptor {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async ({ source }, next) => {
    if (source !== 'states.amazonaws.com') return await next();
    if (running >= limit) await new Promise<void>(resolve => waiting.push(resolve));
    else running++;
    try {
      return await next();
    } finally {
      const first = waiting.shift();
      if (first === undefined) running--;
      else first();
    }
  };
}

describe('twenty secrets that rotate at once', () => {
  it('are all rotated with one refresh each', async () => {
    const world = await rotationWorld({ invocationInterceptors: [fewAtATime(3)] });
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

import { describe, expect, it } from 'vitest';
import { TOKEN_TIMEOUT_MS } from '../../functions/shared/genesys/timeouts.ts';
import type { RotationWorld } from '../rotation/rotation-world.ts';
import { ACCESS_TOKENS_AFTER_REFRESH, HEALTHY, peopleWorld } from './people-world.ts';

/** The slowest response that Refresh still waits for. */
const MAX_RESPONSE_MS = TOKEN_TIMEOUT_MS - 1_000;

/** Delays each refresh at the token endpoint, before or after it takes effect. */
function delayRefreshes({ sandbox }: RotationWorld, ms: number, side: 'before' | 'after'): void {
  sandbox.genesysCloud.intercept(async ({ grantType }, next) => {
    if (grantType !== 'refresh_token') return await next();
    if (side === 'before') await sandbox.pause(ms);
    const response = await next();
    if (side === 'after') await sandbox.pause(ms);
    return response;
  });
}

describe.each(ACCESS_TOKENS_AFTER_REFRESH)(
  'a token endpoint that responds slowly, where a refresh %s earlier access tokens',
  (_does, refreshRevokesAccessTokens) => {
    it.each([
      [5_500, 'before'],
      [5_500, 'after'],
      [MAX_RESPONSE_MS, 'before'],
      [MAX_RESPONSE_MS, 'after'],
    ] as const)('does not fail a rotation that it delays by %i ms %s the exchange', async (ms, side) => {
      const world = await peopleWorld({ genesysCloud: { refreshRevokesAccessTokens } });
      const credential = await world.credential();
      const { secretArn } = credential;
      delayRefreshes(world, ms, side);

      const { outcome, execution } = await world.rotated(secretArn);

      expect(outcome).toEqual({ status: 'succeeded' });
      expect(execution).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated', redriveCount: 0 });
      expect(execution?.history.map(({ type }) => type)).not.toContain('TaskFailed');
      expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 1 });
      expect(await world.nextRotation(credential)).toEqual({
        outcome: 'succeeded',
        ...HEALTHY,
        refreshes: 2,
      });
    });
  },
);

describe('a Refresh that starts cold', () => {
  it.each([
    { initialisationMs: 7_500, responseMs: 800 },
    { initialisationMs: 5_000, responseMs: 3_100 },
    { initialisationMs: 9_000, responseMs: 800 },
    { initialisationMs: 9_000, responseMs: 9_000 },
    { initialisationMs: 9_000, responseMs: MAX_RESPONSE_MS },
  ])(
    'exchanges once with $initialisationMs ms of initialisation and $responseMs ms at Genesys Cloud',
    async ({ initialisationMs, responseMs }) => {
      const world = await peopleWorld({
        port: 0,
        latencies: { coldStart: name => (name.endsWith('-refresh') ? initialisationMs : 0) },
      });
      const credential = await world.credential();
      const { secretArn } = credential;
      delayRefreshes(world, responseMs, 'after');

      const { outcome, execution } = await world.rotated(secretArn);

      expect(outcome).toEqual({ status: 'succeeded' });
      expect(execution).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated', redriveCount: 0 });
      expect(execution?.history.map(({ type }) => type)).not.toContain('TaskFailed');
      const tookMs = Number(execution?.closedAt) - Number(execution?.startedAt);
      expect(tookMs).toBeGreaterThanOrEqual(initialisationMs + responseMs);
      expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 1 });
      expect(await world.nextRotation(credential)).toEqual({
        outcome: 'succeeded',
        ...HEALTHY,
        refreshes: 2,
      });
    },
  );
});

describe('a response that arrives after Refresh has stopped waiting', () => {
  it('fails the rotation with RefreshTokenRejected, whose message says that the token was probably spent, until a new login', async () => {
    const world = await peopleWorld();
    const credential = await world.credential();
    const { secretArn } = credential;
    const before = await world.currentValue(secretArn);
    world.sandbox.faults.add({ target: 'genesys:token', kind: 'hang-after', when: { nth: 1 } });

    const { execution } = await world.rotateUntilClosed(secretArn);

    expect(execution).toMatchObject({
      status: 'FAILED',
      stateName: 'Refresh',
      failure: { error: 'RefreshTokenRejected' },
    });
    expect(execution.failure.cause).toContain('probably spent');
    expect(await world.currentValue(secretArn)).toEqual(before);
    await world.authorizeAgain(credential);
    const redriven = await world.redriven(execution);
    expect(redriven).toMatchObject({ status: 'SUCCEEDED' });
    expect(await world.health(credential)).toMatchObject({
      login: 2,
      refreshTokenWorks: true,
      accessTokenWorks: true,
      blocksRotation: false,
    });
    expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded', login: 2 });
  });
});

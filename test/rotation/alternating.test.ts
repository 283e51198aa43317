import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../functions/shared/durations.ts';
import { FRESH_MS } from '../../functions/verify/verify.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { alternatingWorld, SOON_EXPIRED_MS } from './alternating-world.ts';
import { failureOf, statesOf } from './execution-outcome.ts';

const FAILED_OVER = ['Fetch', 'Route', 'Refresh', 'Failover', 'StorePending', 'Verify', 'Promote', 'Rotated'];

/** The number of log lines of the functions that contain a text. */
function logLines({ lambda, stack }: Sandbox, text: string): number {
  return stack.functions.flatMap(({ name }) => lambda.logs(name)).filter(line => line.text.includes(text))
    .length;
}

describe('a rotation of a secret with two grants', () => {
  it('exchanges the grant that no consumer uses and swaps the two grants', async () => {
    const world = await alternatingWorld();
    const credential = await world.twoGrants();
    const seen = [await world.grants(credential)];

    for (let rotation = 0; rotation < 3; rotation++) {
      const { outcome } = await world.rotated(credential.secretArn);
      expect(outcome).toEqual({ status: 'succeeded' });
      seen.push(await world.grants(credential));
    }

    expect(seen).toEqual([
      { current: 1, alternate: 2, accessTokenWorks: true },
      { current: 2, alternate: 1, accessTokenWorks: true },
      { current: 1, alternate: 2, accessTokenWorks: true },
      { current: 2, alternate: 1, accessTokenWorks: true },
    ]);
    expect(world.sandbox.genesysCloud.counts(credential.clientId)).toMatchObject({
      refreshes: 3,
      refusedRefreshes: 0,
    });
    expect(logLines(world.sandbox, 'LostGrants')).toBe(0);
    expect(logLines(world.sandbox, 'TokenGap')).toBe(0);
  });

  it('keeps the access token that consumers hold valid for one more rotation interval', async () => {
    const world = await alternatingWorld();
    const credential = await world.twoGrants();
    await world.rotated(credential.secretArn);
    const held = await world.watchConsumer(credential);

    await world.rotated(credential.secretArn);

    expect(held()).toEqual([true, true]);
  });

  it('ends the access token that consumers hold when there is a single grant (token gap)', async () => {
    const world = await alternatingWorld();
    const credential = await world.credential();
    const held = await world.watchConsumer(credential);

    await world.rotated(credential.secretArn);

    expect(held()).toEqual([false, false]);
    expect(logLines(world.sandbox, 'TokenGap')).toBeGreaterThan(0);
  });

  it('keeps all other keys, and every digit of numbers', async () => {
    const world = await alternatingWorld();
    const credential = await world.twoGrants();
    await world.editSecret(credential.secretArn, { queue: 'voice', owner: { team: 'crm' } });

    await world.rotated(credential.secretArn);

    expect(await world.currentValue(credential.secretArn)).toMatchObject({
      queue: 'voice',
      owner: { team: 'crm' },
      region: 'mypurecloud.com',
    });
  });

  it.each(['reusable', 'single-use'] as const)(
    'swaps the grants when the response has no new refresh token (refresh tokens are %s)',
    async refreshTokens => {
      const world = await alternatingWorld({
        genesysCloud: {
          refreshTokens: 'reusable',
          refreshReturnsRefreshToken: refreshTokens === 'reusable',
        },
      });
      const credential = await world.twoGrants();

      const outcomes = [];
      for (let rotation = 0; rotation < 4; rotation++)
        outcomes.push((await world.rotated(credential.secretArn)).outcome.status);

      expect(outcomes).toEqual(['succeeded', 'succeeded', 'succeeded', 'succeeded']);
      expect(await world.grants(credential)).toEqual({ current: 1, alternate: 2, accessTokenWorks: true });
      expect(world.sandbox.genesysCloud.counts(credential.clientId)).toMatchObject({ refreshes: 4 });
    },
  );
});

describe('the message about a rotation that failed after the refresh', () => {
  it.each([
    [2, /Consumers keep their access token/],
    [1, /Consumers may hold an access token that no longer works/],
  ])('describes the effect on consumers of a secret with %i grants', async (grants, impact) => {
    const world = await alternatingWorld({ events: { rules: 'patterns' } });
    const credential = await (grants === 2 ? world.twoGrants() : world.credential());
    world.crashIn('Verify');

    await world.rotated(credential.secretArn);
    await world.lastClosed(credential.secretArn);
    await world.sandbox.advance(60_000);

    expect(world.sandbox.sns.messages().map(({ message }) => message)).toEqual([
      expect.stringMatching(impact),
    ]);
  });
});

describe('a lost grant', () => {
  it('causes no gap and needs no login when the response to its exchange is lost', async () => {
    const world = await alternatingWorld();
    const credential = await world.twoGrants();
    await world.rotated(credential.secretArn);
    const held = await world.watchConsumer(credential);
    world.loseNextResponse();

    const { execution } = await world.rotateUntilClosed(credential.secretArn);

    expect(statesOf(execution)).toEqual(FAILED_OVER);
    expect(held()).toEqual([true, true]);
    expect(await world.grants(credential)).toEqual({ current: 2, alternate: null, accessTokenWorks: true });
    expect(await world.nextRotation(credential)).toMatchObject({
      outcome: 'succeeded',
      login: 2,
      refreshTokenWorks: true,
      accessTokenWorks: true,
    });
  });

  it('is dropped without an exchange while the access token in use lasts until the next rotation', async () => {
    const world = await alternatingWorld();
    const credential = await world.twoGrants();
    await world.rotated(credential.secretArn);
    const before = await world.currentValue(credential.secretArn);
    world.endLogin(credential, 1);

    const { outcome, execution } = await world.rotated(credential.secretArn);

    expect(outcome).toEqual({ status: 'succeeded' });
    expect(execution && statesOf(execution)).toEqual(FAILED_OVER);
    expect(await world.currentValue(credential.secretArn)).toEqual({
      ...before,
      alternateRefreshToken: null,
    });
    expect(world.sandbox.genesysCloud.counts(credential.clientId)).toMatchObject({ refreshes: 1 });
  });

  it('is dropped, and the grant in use is exchanged, when the access token in use expires before the next rotation', async () => {
    const world = await alternatingWorld();
    const credential = await world.twoGrants();
    await world.rotated(credential.secretArn);
    const before = await world.currentValue(credential.secretArn);
    world.enable(credential.secretArn);
    await world.sandbox.advance(SOON_EXPIRED_MS);
    world.endLogin(credential, 1);

    const { outcome, execution } = await world.rotated(credential.secretArn);

    expect(outcome).toEqual({ status: 'succeeded' });
    expect(execution && statesOf(execution)).toEqual(FAILED_OVER);
    expect(await world.grants(credential)).toEqual({ current: 2, alternate: null, accessTokenWorks: true });
    expect((await world.currentValue(credential.secretArn)).accessToken).not.toBe(before.accessToken);
    expect(world.sandbox.genesysCloud.counts(credential.clientId)).toMatchObject({ refreshes: 2 });
  });

  it('is dropped right after a login when expiresAt shows that the access token lasts', async () => {
    const world = await alternatingWorld();
    const credential = await world.twoGrants();
    const expiresAt = new Date(world.sandbox.clock.nowMs() + DAY_MS).toISOString();
    await world.editSecret(credential.secretArn, { expiresAt });
    const before = await world.currentValue(credential.secretArn);
    world.endLogin(credential, 2);

    const { outcome } = await world.rotated(credential.secretArn);

    expect(outcome).toEqual({ status: 'succeeded' });
    expect(await world.currentValue(credential.secretArn)).toEqual({
      ...before,
      alternateRefreshToken: null,
    });
    expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded', refreshes: 1 });
  });

  it('is dropped, and the grant in use is exchanged, when the access token in use no longer works, regardless of expiresAt', async () => {
    const world = await alternatingWorld();
    const credential = await world.twoGrants();
    await world.rotated(credential.secretArn);
    world.endLogin(credential, 1);
    const { accessToken } = await world.currentValue(credential.secretArn);
    await world.sandbox.advance(FRESH_MS);
    const stop = world.sandbox.genesysCloud.intercept(async ({ endpoint }, next) => {
      if (endpoint !== 'users/me') return await next();
      stop();
      return { status: 401, headers: {}, body: '' };
    });

    const { outcome } = await world.rotated(credential.secretArn);

    expect(outcome).toEqual({ status: 'succeeded' });
    expect(await world.grants(credential)).toEqual({ current: 2, alternate: null, accessTokenWorks: true });
    expect((await world.currentValue(credential.secretArn)).accessToken).not.toBe(accessToken);
  });

  it('is reported once per rotation by a warning in the log and a metric', async () => {
    const world = await alternatingWorld();
    const credential = await world.twoGrants();
    world.endLogin(credential, 2);

    await world.rotated(credential.secretArn);
    await world.rotated(credential.secretArn);

    expect(logLines(world.sandbox, '"LostGrants":1')).toBe(1);
    expect(logLines(world.sandbox, 'the alternate grant no longer works')).toBe(1);
  });

  it('is reported by one message', async () => {
    const world = await alternatingWorld({ events: { rules: 'patterns' } });
    const credential = await world.twoGrants({ secretName: 'crm/genesys' });
    world.endLogin(credential, 2);

    await world.rotated(credential.secretArn);
    await world.rotated(credential.secretArn);
    await world.sandbox.advance(60_000);

    expect(world.sandbox.sns.messages().map(({ subject }) => subject)).toEqual([
      'Genesys token rotation lost the alternate grant: crm/genesys',
    ]);
  });

  it('is reported by one message when Promote fails after it has moved AWSCURRENT and is redriven', async () => {
    const world = await alternatingWorld({ events: { rules: 'patterns' } });
    const credential = await world.twoGrants({ secretName: 'crm/genesys' });
    const subjects = () => world.sandbox.sns.messages().map(({ subject }) => subject);
    world.endLogin(credential, 2);
    world.sandbox.faults.add({ target: 'lambda:promote', kind: 'crash-after' });

    await world.rotated(credential.secretArn);
    const { status } = await world.lastClosed(credential.secretArn);
    await world.sandbox.advance(60_000);
    const reported = subjects();
    world.clearFaults();
    await world.redriven(await world.lastClosed(credential.secretArn));
    await world.sandbox.advance(60_000);

    expect(status).toBe('FAILED');
    expect(reported).toEqual(['Genesys token rotation lost the alternate grant: crm/genesys']);
    expect(subjects()).toEqual(reported);
  });

  it('is reported by a message when somebody edits the secret before the message is sent', async () => {
    const world = await alternatingWorld({ events: { rules: 'patterns' } });
    const credential = await world.twoGrants({ secretName: 'crm/genesys' });
    world.endLogin(credential, 2);
    world.sandbox.faults.add({ target: 'lambda:notify', kind: 'crash-before', when: { nth: 1 } });

    await world.rotated(credential.secretArn);
    await world.editSecret(credential.secretArn, { queue: 'added by hand' });
    await world.sandbox.advance(10 * 60_000);

    expect(world.sandbox.sns.messages().map(({ subject }) => subject)).toEqual([
      'Genesys token rotation lost the alternate grant: crm/genesys',
    ]);
  });

  it('is reported by a message when somebody edits the secret between two attempts of Promote', async () => {
    // With a stale read the second attempt does not see the edit.
    const world = await alternatingWorld({ events: { rules: 'patterns' }, secretsManager: { readLagMs: 0 } });
    const credential = await world.twoGrants({ secretName: 'crm/genesys' });
    world.endLogin(credential, 2);
    world.sandbox.faults.add({ target: 'lambda:promote', kind: 'crash-after', when: { nth: 1 } });
    let attempts = 0;
    world.whenIn('Promote', async () => {
      attempts += 1;
      if (attempts === 2) await world.editSecret(credential.secretArn, { queue: 'added by hand' });
      return 'runs';
    });

    await world.rotated(credential.secretArn);
    const { status } = await world.lastClosed(credential.secretArn);
    await world.sandbox.advance(60_000);

    expect([status, attempts]).toEqual(['SUCCEEDED', 3]);
    expect(world.sandbox.sns.messages().map(({ subject }) => subject)).toEqual([
      'Genesys token rotation lost the alternate grant: crm/genesys',
    ]);
  });

  it('can be replaced by another login', async () => {
    const world = await alternatingWorld();
    const credential = await world.twoGrants();
    world.endLogin(credential, 2);
    await world.rotated(credential.secretArn);

    await world.editSecret(credential.secretArn, { alternateRefreshToken: await world.logIn(credential) });
    await world.rotated(credential.secretArn);

    expect(await world.grants(credential)).toEqual({ current: 3, alternate: 1, accessTokenWorks: true });
  });

  it('is not dropped when a stale read returns a grant that was just replaced', async () => {
    const world = await alternatingWorld({ secretsManager: { readLagMs: 2_000 } });
    const credential = await world.twoGrants();
    await world.sandbox.advance(2_000);
    world.endLogin(credential, 2);
    await world.editSecret(credential.secretArn, { alternateRefreshToken: await world.logIn(credential) });

    await world.rotated(credential.secretArn);

    expect(await world.grants(credential)).toEqual({ current: 3, alternate: 1, accessTokenWorks: true });
  });
});

describe('two grants that no longer work', () => {
  it('fail the rotation with RefreshTokenRejected in Failover, and a redrive after a login completes it', async () => {
    const world = await alternatingWorld();
    const credential = await world.twoGrants();
    world.endLogin(credential, 1);
    world.endLogin(credential, 2);

    const { execution } = await world.rotated(credential.secretArn);
    const failure = execution && failureOf(execution);
    await world.authorizeAgain(credential);
    const redriven = await world.redriven(await world.lastClosed(credential.secretArn));

    expect(failure).toMatchObject({ state: 'Failover', error: 'RefreshTokenRejected' });
    expect(redriven).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated' });
    expect(await world.grants(credential)).toEqual({
      current: 3,
      alternate: undefined,
      accessTokenWorks: true,
    });
  });
});

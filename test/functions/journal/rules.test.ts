import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type GrantCount, InterleavedWorld } from './interleaved-world.ts';

/** The strictest variant: a refresh invalidates older access tokens, and a spent token revokes the login. */
const STRICT = { refreshRevokesAccess: true, reuse: 'revokes' } as const;

async function startWorld(putTakesPending = true, grants: GrantCount = 1): Promise<InterleavedWorld> {
  const world = await InterleavedWorld.start(STRICT, { putTakesPending }, grants);
  onTestFinished(() => world.close());
  return world;
}

beforeEach(() => {
  for (const method of ['log', 'info', 'warn'] as const) vi.spyOn(console, method).mockReturnValue();
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
});

/** A rotation loses its result; the next one finds the exchange unsettled, and the first one is redriven. */
async function redrivenOwner(
  world: Awaited<ReturnType<typeof startWorld>>,
): Promise<{ readonly unsettled: string; readonly owner: string }> {
  await world.until(/a new rotation/);
  await world.until(/Refresh: TransactWriteItems fails/);
  await world.until(/StorePending: GetItem: the function is killed before/);
  await world.until(/40 s pass/);
  await world.until(/a new rotation/);
  const unsettled = await world.untilClosed(1);
  await world.until(/redrive of 0/);
  return { unsettled, owner: await world.untilClosed(0) };
}

/** Each is a counterexample that a model checker found for the protocol without the rule in the title. */
describe('the rules of the refresh journal', () => {
  it.each([0, 1])(
    'of two attempts that read the journal before either marks the token, the second reads again (generation %i)',
    async generation => {
      const world = await startWorld();
      for (let rotation = 0; rotation < generation; rotation++) {
        await world.until(/a new rotation/);
        await world.untilClosed(rotation);
      }
      await world.until(/a new rotation/);
      await world.until(/ Refresh: PutItem: its Task times out/, generation);
      await world.until(/redrive of/);
      await world.until(/^\d Refresh: PutItem$/, generation);
      await world.until(/^\d orphan Refresh: PutItem$/);
      const end = await world.untilClosed(generation);

      expect(end).toBe('Rotated');
      expect(world.current()).toEqual({ refreshToken: `A${generation + 1}`, works: true });
      expect(world.violations).toEqual([]);
    },
  );

  it('a mark stays after a server error, because the request may take effect later', async () => {
    const world = await startWorld();
    await world.until(/a new rotation/);
    await world.until(/present A0: 500, and it takes effect later/);
    await world.until(/redrive of 0/);
    const waiting = await world.untilClosed();
    await world.until(/processes the late A0/);
    await world.recover();

    expect(waiting).toBe('Refresh: ExchangeInProgress');
    expect(world.current().refreshToken).toBe('A0');
    expect(world.violations).toEqual([]);
  });

  it('a mark ends after a 503, and the next attempt presents the token immediately', async () => {
    const world = await startWorld();
    await world.until(/a new rotation/);
    await world.until(/present A0: 503/);
    const failed = await world.untilClosed();
    await world.until(/redrive of 0/);
    const end = await world.untilClosed();

    expect(failed).toBe('Refresh: GenesysUnavailable');
    expect(end).toBe('Rotated');
    expect(world.current()).toEqual({ refreshToken: 'A1', works: true });
  });

  it('StorePending records the pair that Refresh could not record, before anything else', async () => {
    const world = await startWorld();
    await world.until(/a new rotation/);
    await world.until(/Refresh: TransactWriteItems fails/);
    await world.until(/StorePending: TransactWriteItems$/);
    await world.until(/StorePending: PutSecretValue: the function is killed before/);
    await world.until(/a new rotation/);
    const end = await world.untilClosed(1);

    expect(end).toBe('Rotated');
    expect(world.current()).toEqual({ refreshToken: 'A1', works: true });
    expect(world.violations).toEqual([]);
  });

  it('only the execution that began an exchange without a result continues it, while it can be redriven', async () => {
    const world = await startWorld();
    const { unsettled, owner } = await redrivenOwner(world);

    expect(unsettled).toBe('Refresh: ExchangeUnsettled');
    expect(owner).toBe('Rotated');
    expect(world.current()).toEqual({ refreshToken: 'A1', works: true });
    expect(world.violations).toEqual([]);
  });

  it('a pair that another execution has exchanged since is neither stored nor promoted', async () => {
    const world = await startWorld();
    await world.until(/a new rotation/);
    await world.until(/0 StorePending: PutSecretValue: its Task times out/);
    await world.until(/a new rotation/);
    const second = await world.untilClosed(1);
    await world.until(/redrive of 0/);
    const first = await world.untilClosed(0);

    expect([second, first]).toEqual(['Rotated', 'Rotated']);
    expect(world.current().works).toBe(true);
    expect(world.violations).toEqual([]);
  });

  it.each([
    ['one grant', 1, []],
    ['two grants', 2, []],
    ['an alternate grant that no longer works', 2, ['B']],
  ] as const)(
    'an orphaned Refresh does not invalidate the tokens that its own rotation promoted: %s',
    async (_, grants, revoked) => {
      const world = await startWorld(true, grants);
      for (const login of revoked) world.revoke(login);
      await world.until(/a new rotation/);
      await world.until(/0 Refresh: GetSecretValue: its Task times out/);
      await world.until(/redrive of 0/);
      await world.until(/^0 Promote: UpdateSecretVersionStage$/);
      const promoted = world.current();
      const nextOfOrphan = () =>
        world.moves().find(({ name, budget }) => budget === undefined && name.includes(' orphan '));
      let steps = 0;
      for (let move = nextOfOrphan(); move !== undefined; move = nextOfOrphan()) {
        await world.take(move);
        steps++;
      }

      expect(steps).toBeGreaterThan(0);
      expect(world.current()).toEqual(promoted);
      expect(promoted.works).toBe(true);
    },
  );

  it('RefreshAgain does not return the pair whose access token was refused', async () => {
    const world = await startWorld();
    await world.until(/a new rotation/);
    await world.until(/0 Verify: Get users\/me: the function is killed before/);
    await world.until(/40 s pass/);
    await world.until(/40 s pass/);
    world.expireAccessToken('A');
    await world.until(/redrive of 0/);
    const end = await world.untilClosed();

    expect(end).toBe('Rotated');
    expect(world.current()).toEqual({ refreshToken: 'A2', works: true });
    expect(world.violations).toEqual([]);
  });

  it('RefreshAgain keeps a newer login', async () => {
    const world = await startWorld();
    await world.until(/a new rotation/);
    await world.until(/0 Verify: Get users\/me: the function is killed before/);
    await world.until(/20 h pass/);
    await world.until(/login B/);
    await world.until(/redrive of 0/);
    await world.untilClosed();
    await world.recover();

    expect(world.current().refreshToken).toMatch(/^B/);
    expect(world.violations).toEqual([]);
  });

  it.each([true, false])(
    'an edit at any moment keeps its keys and loses no token (a write removes AWSPENDING: %s)',
    async putTakesPending => {
      for (const moment of [
        /Refresh: present A0$/,
        /StorePending: GetSecretValue$/,
        /StorePending: PutSecretValue$/,
        /Verify: GetSecretValue$/,
        /Promote: UpdateItem$/,
        /Promote: UpdateSecretVersionStage$/,
      ]) {
        const world = await startWorld(putTakesPending);
        await world.until(/a new rotation/);
        await world.until(moment);
        await world.until(/edit of another key/);
        await world.untilClosed();
        await world.recover();

        expect(world.current().works).toBe(true);
        expect(world.violations).toEqual([]);
      }
    },
  );

  it('a seed value that is written again leads to the newest token', async () => {
    const world = await startWorld();
    await world.until(/a new rotation/);
    await world.untilClosed();
    await world.until(/seed written again/);
    await world.until(/a new rotation/);
    const end = await world.untilClosed(1);

    expect(end).toBe('Rotated');
    expect(world.current()).toEqual({ refreshToken: 'A1', works: true });
    expect(world.violations).toEqual([]);
  });

  it('a redriven rotation takes AWSPENDING back from a rotation that is stuck', async () => {
    const world = await startWorld();
    await world.until(/a new rotation/);
    await world.until(/0 Promote: DescribeSecret: the function is killed before/);
    await world.until(/a new rotation/);
    await world.until(/1 Verify: GetSecretValue: the function is killed before/, 1);
    await world.until(/redrive of 0/);
    const end = await world.untilClosed(0);

    expect(end).toBe('Rotated');
    expect(world.current()).toEqual({ refreshToken: 'A1', works: true });
    expect(world.violations).toEqual([]);
  });
});

describe('the rules of the refresh journal for two grants', () => {
  const SWAPPED = { refreshToken: 'S1', alternateRefreshToken: 'A0', works: true };

  it('a lost alternate grant is dropped without an exchange while the access token in use lasts', async () => {
    const world = await startWorld(true, 2);
    world.revoke('S');
    await world.until(/a new rotation/);
    const end = await world.untilClosed();

    expect(end).toBe('Rotated');
    expect(world.current()).toEqual({ refreshToken: 'A0', alternateRefreshToken: null, works: true });
    expect(world.violations).toEqual([]);
  });

  it('a pair in use is not exchanged when a stale read shows it as unused', async () => {
    const world = await startWorld(true, 2);
    await world.until(/a new rotation/);
    await world.untilClosed();
    await world.until(/40 s pass/);
    await world.until(/a new rotation/);
    await world.until(/1 Refresh: GetSecretValue \(stale\)/, 1);
    const end = await world.untilClosed(1);

    expect(end).toBe('Rotated');
    expect(world.current()).toEqual(SWAPPED);
    expect(world.violations).toEqual([]);
  });

  it('a pair that was promoted and replaced since is not promoted again', async () => {
    const world = await startWorld(true, 2);
    await world.until(/a new rotation/);
    await world.until(/0 StorePending: GetSecretValue: the function is killed before/);
    for (let rotation = 1; rotation <= 2; rotation++) {
      await world.rotate();
      await world.until(/40 s pass/);
    }
    await world.until(/redrive of 0/);
    const end = await world.untilClosed(0);

    expect(end).toBe('Superseded');
    expect(world.current()).toEqual({ refreshToken: 'A1', alternateRefreshToken: 'S1', works: true });
    expect(world.violations).toEqual([]);
  });

  it('Promote does not move AWSCURRENT to an access token that the next rotation would exchange', async () => {
    const world = await startWorld(true, 2);
    await world.until(/a new rotation/);
    await world.until(/0 Promote: DescribeSecret: the function is killed before/);
    await world.until(/20 h pass/);
    await world.until(/redrive of 0/);
    const waiting = await world.untilClosed();
    await world.until(/40 s pass/);
    await world.until(/redrive of 0/);
    await world.untilClosed();
    await world.until(/a new rotation/);
    await world.until(/1 Refresh: GetSecretValue \(stale\)/, 1);
    await world.untilClosed(1);

    expect(waiting).toBe('RefreshAgain: ExchangeInProgress');
    expect(world.current()).toEqual({ refreshToken: 'S2', alternateRefreshToken: 'A0', works: true });
    expect(world.violations).toEqual([]);
  });

  it('an exchange that was planned before another rotation promoted the pair starts over', async () => {
    const world = await startWorld(true, 2);
    await world.until(/a new rotation/);
    await world.until(/0 Refresh: TransactWriteItems: the function is killed after/);
    await world.until(/20 h pass/);
    await world.until(/redrive of 0/);
    await world.until(/0 Refresh: GenerateDataKey$/);
    await world.until(/a new rotation/);
    await world.until(/1 Refresh: GenerateDataKey$/, 1);
    await world.until(/present S1: a response without refresh_token/);
    await world.untilClosed(0);
    const end = await world.untilClosed(1);

    expect(end).toBe('Rotated');
    expect(world.current()).toEqual({ refreshToken: 'A1', alternateRefreshToken: 'S1', works: true });
    expect(world.violations).toEqual([]);
  });

  it('a login that replaces the grant in use takes precedence over a pair of the alternate grant', async () => {
    const world = await startWorld(true, 2);
    await world.until(/a new rotation/);
    await world.until(/0 Promote: UpdateSecretVersionStage: the function is killed before/);
    await world.until(/login B/);
    await world.until(/redrive of 0/);
    const end = await world.untilClosed();

    expect(end).toBe('Superseded');
    expect(world.current()).toEqual({ refreshToken: 'B0', alternateRefreshToken: 'S0', works: true });
    await world.recover();
    expect(world.violations).toEqual([]);
  });

  it('a lost response does not affect consumers', async () => {
    const world = await startWorld(true, 2);
    await world.until(/a new rotation/);
    await world.until(/present S0 takes effect, its response is lost/);
    await world.until(/40 s pass/);
    await world.until(/redrive of 0/);
    const end = await world.untilClosed();

    expect(end).toBe('Rotated');
    expect(world.current()).toEqual({ refreshToken: 'A0', alternateRefreshToken: null, works: true });
    expect(world.violations).toEqual([]);
  });

  it('only the execution that began an exchange of the alternate grant without a result continues it', async () => {
    const world = await startWorld(true, 2);
    const { unsettled, owner } = await redrivenOwner(world);

    expect(unsettled).toBe('Refresh: ExchangeUnsettled');
    expect(owner).toBe('Rotated');
    expect(world.current()).toEqual(SWAPPED);
    expect(world.violations).toEqual([]);
  });
});

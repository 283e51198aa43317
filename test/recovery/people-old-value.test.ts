import { describe, expect, it } from 'vitest';
import type { FirstCredential } from '../../sandbox/demonstration/first-credential.ts';
import { failureOf } from '../rotation/execution-outcome.ts';
import { AFTER_A_WRITE } from './continuations.ts';
import { expectSaved, GENESYS_VARIANTS } from './expect-saved.ts';
import { type RecoveryWorld, recoveryWorld } from './recovery-world.ts';

const DAY_MS = 86_400_000;

/** Rotates a new credential, and returns the value with which its secret was created: the seed. */
async function rotatedCredential(
  world: RecoveryWorld,
): Promise<{ credential: FirstCredential; seed: Readonly<Record<string, unknown>> }> {
  const credential = await world.credential();
  const seed = await world.currentValue(credential.secretArn);
  await world.rotated(credential.secretArn);
  return { credential, seed };
}

describe.each(GENESYS_VARIANTS)('where %s', (_behaviour, genesysCloud) => {
  describe.each(Object.entries(AFTER_A_WRITE))(
    'an old value was written to AWSCURRENT after a rotation failed, and then %s',
    (_continuation, { secretsManager, continueWith }) => {
      it.each(['StorePending', 'Verify', 'Promote'])(
        'promotes the tokens of a rotation that failed in %s',
        async state => {
          const world = await recoveryWorld({ genesysCloud, secretsManager });
          const { credential, seed } = await rotatedCredential(world);
          const { secretArn } = credential;
          world.crashIn(state);
          await world.rotated(secretArn);
          world.serveAll();

          await world.put(secretArn, seed);
          await continueWith(world, secretArn);

          await expectSaved(world, credential, { refreshes: 2 });
        },
      );
    },
  );

  it.each(['removed', 'kept'] as const)(
    'a seed value that is written again, and rolled back by its label, changes nothing for a redrive, where a write leaves AWSPENDING %s',
    async pendingAfterForeignWrite => {
      const world = await recoveryWorld({ genesysCloud, secretsManager: { pendingAfterForeignWrite } });
      const { credential, seed } = await rotatedCredential(world);
      const { secretArn } = credential;
      world.crashIn('StorePending');
      await world.rotated(secretArn);
      world.serveAll();

      await world.put(secretArn, seed);
      await world.rollBack(secretArn);
      await world.redriven(await world.lastClosed(secretArn));

      await expectSaved(world, credential, { refreshes: 2 });
    },
  );

  it('a seed value that is written again, and rolled back by its label, changes nothing for the next rotation', async () => {
    const world = await recoveryWorld({ genesysCloud });
    const { credential, seed } = await rotatedCredential(world);
    const { secretArn } = credential;

    await world.put(secretArn, seed);
    await world.rollBack(secretArn);

    await expectSaved(world, credential, { refreshes: 1 });
  });

  it.each([
    ['promotes the newest tokens again while they last', 0, 1],
    ['exchanges the newest refresh token after 400 days', 400 * DAY_MS, 2],
  ])('a seed value that is written again: the next rotation %s', async (_what, waitMs, refreshes) => {
    const world = await recoveryWorld({ genesysCloud });
    const { credential, seed } = await rotatedCredential(world);
    const { secretArn } = credential;
    world.enable(secretArn);
    await world.sandbox.advance(waitMs);

    await world.put(secretArn, { ...seed, owner: 'Terraform' });
    await world.rotated(secretArn);

    await expectSaved(world, credential, { refreshes, keys: { owner: 'Terraform' } });
  });

  it('a seed value that is written again after three rotations leads to the newest tokens', async () => {
    const world = await recoveryWorld({ genesysCloud });
    const { credential, seed } = await rotatedCredential(world);
    const { secretArn } = credential;
    await world.rotated(secretArn);
    await world.rotated(secretArn);

    await world.put(secretArn, seed);
    await world.rotated(secretArn);

    await expectSaved(world, credential, { refreshes: 3 });
  });

  it.each(['store-pending', 'verify', 'promote'] as const)(
    'an old value that is written right before %s runs: the new tokens are promoted on top of it',
    async functionName => {
      const world = await recoveryWorld({ genesysCloud });
      const { credential, seed } = await rotatedCredential(world);
      const { secretArn } = credential;
      world.before(functionName, () => world.put(secretArn, seed));

      const { execution } = await world.rotateUntilClosed(secretArn);

      expect(execution).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated' });
      await expectSaved(world, credential, { refreshes: 2 });
    },
  );

  it('a stray AWSPENDING with an older token: the scheduled rotation exchanges the newest token', async () => {
    const world = await recoveryWorld({ genesysCloud });
    const { credential, seed } = await rotatedCredential(world);
    const { secretArn } = credential;

    await world.stage(secretArn, seed, 'AWSPENDING');
    await world.sandbox.advance(DAY_MS / 2);

    await expectSaved(world, credential, { refreshes: 2 });
  });

  it('a stray AWSPENDING with an older token, while a rotation runs: that rotation promotes its tokens in a redrive', async () => {
    const world = await recoveryWorld({ genesysCloud });
    const { credential, seed } = await rotatedCredential(world);
    const { secretArn } = credential;
    world.before('verify', () => world.stage(secretArn, seed, 'AWSPENDING'));

    const { execution } = await world.rotateUntilClosed(secretArn);
    await world.redriven(execution);

    expect(failureOf(execution)).toMatchObject({ state: 'Promote', error: 'PendingVersionTaken' });
    await expectSaved(world, credential, { refreshes: 2 });
  });
});

describe('a stray AWSPENDING with an older token', () => {
  it('does not end the scheduled rotations', async () => {
    const world = await recoveryWorld();
    const { credential, seed } = await rotatedCredential(world);
    const { secretArn, clientId } = credential;

    await world.stage(secretArn, seed, 'AWSPENDING');
    await world.sandbox.advance(3 * DAY_MS);

    expect(await world.currentIsGood(credential)).toBe(true);
    expect(world.sandbox.genesysCloud.counts(clientId)).toMatchObject({ refusedRefreshes: 0 });
  });
});

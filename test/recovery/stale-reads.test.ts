import { describe, expect, it } from 'vitest';
import type { FirstCredential } from '../../sandbox/demonstration/first-credential.ts';
import { AFTER_A_FAILURE } from './continuations.ts';
import { expectSaved, GENESYS_VARIANTS } from './expect-saved.ts';
import { type RecoveryWorld, recoveryWorld } from './recovery-world.ts';

const EDIT = { queue: 'added by hand' };

/** A world whose reads of Secrets Manager are stale, and a credential that they show. */
async function staleWorld(
  readLagMs: number,
  genesysCloud: object,
  secretsManager: object = {},
): Promise<{ world: RecoveryWorld; credential: FirstCredential }> {
  const world = await recoveryWorld({ genesysCloud, secretsManager });
  const credential = await world.credential();
  await stale(world, readLagMs);
  return { world, credential };
}

/** Makes reads stale, and lets them show what has been written so far. */
async function stale({ sandbox }: RecoveryWorld, readLagMs: number): Promise<void> {
  sandbox.secretsManager.behaviour.readLagMs = readLagMs;
  await sandbox.advance(readLagMs);
}

/** Lets the operator's own reads show the latest writes. */
function upToDate(world: RecoveryWorld): void {
  world.sandbox.secretsManager.behaviour.readLagMs = 0;
}

describe.each(GENESYS_VARIANTS)('where %s', (_behaviour, genesysCloud) => {
  describe.each([200, 1_000, 2_000])('reads of Secrets Manager that are %i ms stale', readLagMs => {
    it('complete a rotation in its first attempt', async () => {
      const { world, credential } = await staleWorld(readLagMs, genesysCloud);

      const { outcome } = await world.rotated(credential.secretArn);

      upToDate(world);
      expect(outcome).toEqual({ status: 'succeeded' });
      expect(world.executions(credential.secretArn)).toMatchObject([
        { status: 'SUCCEEDED', stateName: 'Rotated', redriveCount: 0 },
      ]);
      await expectSaved(world, credential, { refreshes: 1 });
    });

    it('complete a rotation right after the previous one', async () => {
      const { world, credential } = await staleWorld(readLagMs, genesysCloud);
      await world.rotated(credential.secretArn);

      const { outcome } = await world.rotated(credential.secretArn);

      upToDate(world);
      expect(outcome).toEqual({ status: 'succeeded' });
      const { refreshes } = world.sandbox.genesysCloud.counts(credential.clientId);
      expect(refreshes).toBeLessThanOrEqual(2);
      await expectSaved(world, credential, { refreshes });
    });

    it.each(Object.entries(AFTER_A_FAILURE))(
      'lose no token when a rotation fails in any state, and then %s follows',
      async (_continuation, { secretsManager, continueWith }) => {
        const { world } = await staleWorld(readLagMs, genesysCloud, secretsManager);
        for (const state of ['Refresh', 'StorePending', 'Verify', 'Promote']) {
          upToDate(world);
          const credential = await world.credential({ secretName: `genesys/${state}` });
          const { secretArn } = credential;
          await stale(world, readLagMs);
          world.crashIn(state);
          await world.rotated(secretArn);
          world.serveAll();

          await continueWith(world, secretArn);

          upToDate(world);
          await expectSaved(world, credential, { refreshes: 1 });
        }
      },
    );

    it.each(['store-pending', 'verify', 'promote'] as const)(
      'keep an edit that comes right before %s runs, and promote the new tokens on top of it',
      async functionName => {
        const { world, credential } = await staleWorld(readLagMs, genesysCloud);
        const { secretArn } = credential;
        const edited = { ...(await world.currentValue(secretArn)), ...EDIT };
        world.before(functionName, () => world.put(secretArn, edited));

        await world.rotated(secretArn);
        await world.lastClosed(secretArn);
        await world.sandbox.advance(60_000);

        upToDate(world);
        await expectSaved(world, credential, { refreshes: 1, keys: EDIT });
      },
    );

    it.each(['store-pending', 'verify', 'promote'] as const)(
      'keep a login that comes right before %s runs',
      async functionName => {
        const { world, credential } = await staleWorld(readLagMs, genesysCloud);
        const { secretArn } = credential;
        world.before(functionName, () => world.authorizeAgain(credential));

        await world.rotated(secretArn);
        await world.lastClosed(secretArn);
        await world.sandbox.advance(60_000);

        upToDate(world);
        await expectSaved(world, credential, { login: 2, refreshes: 1 });
      },
    );
  });
});

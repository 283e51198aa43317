import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { ExecutionSnapshot } from '../../sandbox/step-functions/execution.ts';
import { statesOf } from '../rotation/execution-outcome.ts';
import { type RecoveryWorld, recoveryWorld } from './recovery-world.ts';

const output = v.pipe(
  v.string(),
  v.parseJson(),
  v.looseObject({
    recovered: v.nullable(v.object({ executionArn: v.string() })),
    refreshed: v.optional(v.object({ tradedVersionId: v.string() })),
  }),
);

function outputOf(execution: ExecutionSnapshot): v.InferOutput<typeof output> {
  return v.parse(output, execution.output);
}

/** How the next rotation comes to have another ClientRequestToken than the one that failed. */
const WAYS = {
  'when Secrets Manager retries under another one': {
    secretsManager: { retryToken: 'fresh', retryDelaysMs: [60_000] },
    // The retry comes after a minute; its first execution may fail before a second one goes on with the sealed tokens.
    next: async (world: RecoveryWorld): Promise<void> => world.sandbox.advance(90_000),
  },
  'when it was cancelled, AWSPENDING taken off, and the secret rotated anew': {
    secretsManager: {},
    next: async (world: RecoveryWorld, secretArn: string): Promise<void> => {
      await world.giveUp(secretArn);
      await world.rotated(secretArn);
    },
  },
} as const;

describe.each(Object.entries(WAYS))(
  'a rotation under another ClientRequestToken, %s',
  (_way, { secretsManager, next }) => {
    /** A rotation failed in a state; the one after it has ended. */
    async function nextAfterFailureIn(state: string) {
      const world = await recoveryWorld({ secretsManager });
      const credential = await world.credential();
      await world.sandbox.advance(1_000);
      world.crashIn(state);
      const { versionId } = await world.rotated(credential.secretArn);
      const failed = await world.lastClosed(credential.secretArn);
      world.serveAll();
      await next(world, credential.secretArn);
      const last = await world.lastClosed(credential.secretArn);
      // Until Secrets Manager has heard of it.
      await world.sandbox.advance(30_000);
      return { world, credential, versionId, failed, last };
    }

    it('finds tokens that are sealed in the failed execution, and says so', async () => {
      const { world, credential, failed, last } = await nextAfterFailureIn('StorePending');

      expect(failed).toMatchObject({ status: 'FAILED', stateName: 'StorePending' });
      expect(last.status).toBe('SUCCEEDED');
      expect(statesOf(last)).toEqual([
        'Fetch',
        'Route',
        'StoreRecovered',
        'VerifyResumed',
        'Promote',
        'Rotated',
      ]);
      expect(outputOf(last).recovered).toMatchObject({ executionArn: failed.executionArn });
      expect(world.sandbox.genesysCloud.counts(credential.clientId).refreshes).toBe(1);
      expect(await world.currentIsGood(credential)).toBe(true);
      const labels = Object.values(await world.labels(credential.secretArn)).flat();
      expect(labels.toSorted((a, b) => a.localeCompare(b))).toEqual(['AWSCURRENT', 'AWSPREVIOUS']);
    });

    it('finds tokens in a version that has no label any more, and says so', async () => {
      const { world, credential, versionId, failed, last } = await nextAfterFailureIn('Verify');

      expect(failed).toMatchObject({ status: 'FAILED', stateName: 'Verify' });
      expect(last.status).toBe('SUCCEEDED');
      expect(statesOf(last)).toEqual([
        'Fetch',
        'Route',
        'RefreshPending',
        'StorePending',
        'Verify',
        'Promote',
        'Rotated',
      ]);
      expect(outputOf(last)).toMatchObject({ recovered: null, refreshed: { tradedVersionId: versionId } });
      expect(world.sandbox.genesysCloud.counts(credential.clientId)).toMatchObject({
        refreshes: 2,
        refusedRefreshes: 0,
      });
      expect(await world.currentIsGood(credential)).toBe(true);
    });

    it('starts from the beginning when nothing was spent', async () => {
      const { world, credential, last } = await nextAfterFailureIn('Refresh');

      expect(last.status).toBe('SUCCEEDED');
      expect(outputOf(last).recovered).toBeNull();
      expect(world.sandbox.genesysCloud.counts(credential.clientId)).toMatchObject({
        refreshes: 1,
        refusedRefreshes: 0,
      });
      expect(await world.currentIsGood(credential)).toBe(true);
    });
  },
);

describe('a chain of rotations, each under another ClientRequestToken and each given up', () => {
  it('loses no token, wherever they fail', async () => {
    const world = await recoveryWorld();
    const chains = [
      ['StorePending', 'StoreRecovered'],
      ['StorePending', 'VerifyResumed'],
      ['StorePending', 'Promote'],
      ['Verify', 'RefreshPending'],
      ['Verify', 'StorePending'],
      ['Verify', 'Verify'],
      ['Promote', 'Promote'],
      ['StorePending', 'StoreRecovered', 'StoreRecovered', 'VerifyResumed'],
    ];

    const ends: unknown[] = [];
    for (const [index, chain] of chains.entries()) {
      const credential = await world.credential({ secretName: `genesys/chain-${index}` });
      const { secretArn } = credential;
      const failedIn: string[] = [];
      for (const state of chain) {
        await world.sandbox.advance(1_000);
        world.crashIn(state);
        await world.rotated(secretArn);
        const { status, stateName } = await world.lastClosed(secretArn);
        failedIn.push(`${status} in ${stateName}`);
        world.serveAll();
        await world.giveUp(secretArn);
      }
      await world.sandbox.advance(1_000);
      const { outcome, execution } = await world.rotated(secretArn);
      const good = await world.currentIsGood(credential);
      ends.push([...failedIn, `${outcome.status} in ${execution?.stateName}`, good]);
    }

    expect(ends).toEqual(
      chains.map(chain => [...chain.map(state => `FAILED in ${state}`), 'succeeded in Rotated', true]),
    );
  });
});

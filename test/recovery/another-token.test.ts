import { describe, expect, it } from 'vitest';
import { statesOf } from '../rotation/execution-outcome.ts';
import { expectSaved, GENESYS_VARIANTS } from './expect-saved.ts';
import { type RecoveryWorld, recoveryWorld } from './recovery-world.ts';

const PLAIN_ROTATION = ['Fetch', 'Route', 'Refresh', 'StorePending', 'Verify', 'Promote', 'Rotated'];

/** Why the next rotation has a different ClientRequestToken from the failed one. */
const REASONS = {
  'because Secrets Manager retries with another one': {
    secretsManager: { retryToken: 'fresh', retryDelaysMs: [60_000] },
    next: async (world: RecoveryWorld): Promise<void> => world.sandbox.advance(90_000),
  },
  'because it was cancelled, lost AWSPENDING, and the secret was rotated again': {
    secretsManager: {},
    next: async (world: RecoveryWorld, secretArn: string): Promise<void> => {
      await world.giveUp(secretArn);
      await world.rotated(secretArn);
    },
  },
} as const;

describe.each(GENESYS_VARIANTS)('where %s', (_behaviour, genesysCloud) => {
  describe.each(Object.entries(REASONS))(
    'a rotation under another ClientRequestToken, %s',
    (_reason, { secretsManager, next }) => {
      it.each([
        ['starts from the beginning', 'Fetch'],
        ['starts from the beginning', 'Refresh'],
        ['finds the pair in the journal', 'StorePending'],
        ['finds the pair in the journal', 'Verify'],
        ['finds the pair in the journal', 'Promote'],
      ])('%s when the previous one failed in %s', async (_what, state) => {
        const world = await recoveryWorld({ genesysCloud, secretsManager });
        const credential = await world.credential();
        const { secretArn } = credential;
        world.crashIn(state);
        await world.rotated(secretArn);
        const failed = await world.lastClosed(secretArn);
        world.clearFaults();

        await next(world, secretArn);
        const last = await world.lastClosed(secretArn);

        expect(failed).toMatchObject({ status: 'FAILED', stateName: state });
        expect(last.executionArn).not.toBe(failed.executionArn);
        expect(last.status).toBe('SUCCEEDED');
        expect(statesOf(last)).toEqual(PLAIN_ROTATION);
        await expectSaved(world, credential, { refreshes: 1 });
      });
    },
  );

  it('a chain of failed rotations, each abandoned and followed by one with another ClientRequestToken, loses no token', async () => {
    const world = await recoveryWorld({ genesysCloud });
    const chains = [
      ['StorePending', 'Refresh'],
      ['StorePending', 'Verify'],
      ['StorePending', 'Promote'],
      ['Verify', 'Fetch'],
      ['Verify', 'StorePending'],
      ['Verify', 'Verify'],
      ['Promote', 'Promote'],
      ['Refresh', 'StorePending', 'Verify', 'Promote'],
      ['Promote', 'Verify', 'StorePending', 'Refresh'],
    ];

    for (const [index, chain] of chains.entries()) {
      const credential = await world.credential({ secretName: `genesys/chain-${index}` });
      const { secretArn } = credential;
      const failedIn: string[] = [];
      for (const state of chain) {
        world.crashIn(state);
        await world.rotated(secretArn);
        const { status, stateName } = await world.lastClosed(secretArn);
        failedIn.push(`${status} in ${stateName}`);
        world.clearFaults();
        await world.giveUp(secretArn);
      }
      await world.rotated(secretArn);

      expect(failedIn).toEqual(chain.map(state => `FAILED in ${state}`));
      await expectSaved(world, credential, { refreshes: 1 });
    }
  });

  describe('twelve failed executions with different ClientRequestTokens, where the oldest one has the pair', () => {
    async function twelveFailures() {
      const world = await recoveryWorld({ genesysCloud });
      const credential = await world.credential();
      const { secretArn } = credential;
      const newer = Array.from({ length: 11 }, (_, index) => ['Fetch', 'Refresh', 'Verify'][index % 3] ?? '');
      for (const state of ['StorePending', ...newer]) {
        world.crashIn(state);
        await world.rotated(secretArn);
        world.clearFaults();
        await world.giveUp(secretArn);
      }
      const failed = world.executions(secretArn);
      expect(failed.map(({ status }) => status)).toEqual(Array(12).fill('FAILED'));
      return { world, credential, failed };
    }

    it('do not prevent the next rotation from finding it', async () => {
      const { world, credential } = await twelveFailures();

      await world.rotated(credential.secretArn);

      await expectSaved(world, credential, { refreshes: 1 });
    });

    it('can all be redriven, the oldest first', async () => {
      const { world, credential, failed } = await twelveFailures();

      for (const execution of failed) await world.redriven(execution);

      const { refreshes } = world.sandbox.genesysCloud.counts(credential.clientId);
      await expectSaved(world, credential, { refreshes });
    });
  });
});

import { describe, expect, it } from 'vitest';
import { statesOf } from '../rotation/execution-outcome.ts';
import { countedWorld } from './boundaries.ts';
import { AFTER_A_WRITE } from './continuations.ts';
import { expectSaved, GENESYS_VARIANTS } from './expect-saved.ts';
import { recoveryWorld } from './recovery-world.ts';

const EDIT = { queue: 'added by hand' };

describe.each(GENESYS_VARIANTS)('where %s', (_behaviour, genesysCloud) => {
  describe.each(Object.entries(AFTER_A_WRITE))(
    'a key that was added to AWSCURRENT after a rotation failed, and then %s',
    (_continuation, { secretsManager, continueWith }) => {
      it.each(['StorePending', 'Verify', 'Promote'])(
        'stays, and the tokens of a rotation that failed in %s are promoted on top of it',
        async state => {
          const world = await recoveryWorld({ genesysCloud, secretsManager });
          const credential = await world.credential();
          const { secretArn } = credential;
          world.crashIn(state);
          await world.rotated(secretArn);
          world.serveAll();

          await world.mend(secretArn, EDIT);
          await continueWith(world, secretArn);

          await expectSaved(world, credential, { refreshes: 1, keys: EDIT });
        },
      );
    },
  );
});

describe('a key that is added to AWSCURRENT while a rotation runs', () => {
  it.each(['removed', 'kept'] as const)(
    'stays, and no token is lost, at any boundary between two calls, where the write leaves AWSPENDING %s',
    async pendingAfterForeignWrite => {
      const { world, calls, boundaries } = await countedWorld({
        genesysCloud: { reuseRevokesLineage: true },
        secretsManager: { pendingAfterForeignWrite },
      });

      for (const boundary of boundaries) {
        const { call, side } = boundary;
        const credential = await world.credential({ secretName: `genesys/${side}-${call}` });
        const { secretArn, clientId } = credential;
        let edits = 0;
        calls.watch(boundary, async () => {
          edits++;
          await world.mend(secretArn, EDIT);
        });
        await world.rotated(secretArn);
        calls.reset();
        await world.sandbox.advance(180_000);

        expect(edits, `${side} call ${call}`).toBe(1);
        // An edit before Fetch ends the rotation before anything is spent.
        const { refreshes } = world.sandbox.genesysCloud.counts(clientId);
        expect(refreshes, `${side} call ${call}`).toBeLessThanOrEqual(1);
        await expectSaved(world, credential, { refreshes, keys: EDIT });
      }
    },
  );

  it.each([
    ['between Refresh and StorePending', 'store-pending', ['Refresh', 'StorePending', 'Verify', 'Promote']],
    ['between StorePending and Verify', 'verify', ['Promote', 'StorePending', 'Verify', 'Promote']],
    ['between Verify and Promote', 'promote', ['Promote', 'StorePending', 'Verify', 'Promote']],
  ] as const)(
    'does not fail or supersede the rotation when it comes %s',
    async (_when, functionName, tasks) => {
      const world = await recoveryWorld();
      const credential = await world.credential();
      const { secretArn } = credential;
      world.before(functionName, () => world.mend(secretArn, EDIT));

      const { execution } = await world.rotateUntilClosed(secretArn);

      expect(execution.status).toBe('SUCCEEDED');
      expect(statesOf(execution).slice(-5)).toEqual([...tasks, 'Rotated']);
      await expectSaved(world, credential, { refreshes: 1, keys: EDIT });
    },
  );
});

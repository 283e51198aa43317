import { describe, expect, it } from 'vitest';
import { attemptsIn, statesOf } from '../rotation/execution-outcome.ts';
import { expectSaved, GENESYS_VARIANTS } from './expect-saved.ts';
import { recoveryWorld } from './recovery-world.ts';

describe.each(GENESYS_VARIANTS)('where %s', (_behaviour, genesysCloud) => {
  it.each([5_500, 19_000])(
    'a token response after %i ms completes the rotation in the first attempt',
    async ms => {
      const world = await recoveryWorld({ genesysCloud });
      const credential = await world.credential();
      world.sandbox.faults.add({ target: 'genesys:token', kind: 'delay', ms, when: { nth: 1 } });

      const { outcome, execution } = await world.rotated(credential.secretArn);

      expect(outcome).toEqual({ status: 'succeeded' });
      expect(execution && attemptsIn(execution, 'Refresh')).toBe(1);
      await expectSaved(world, credential, { refreshes: 1 });
    },
  );

  it('a Refresh that still runs when its Task has timed out records the pair, and the retry finds it', async () => {
    const lateMs = { invocation: 30_000 };
    const world = await recoveryWorld({
      genesysCloud,
      latencies: { invocation: name => (name.endsWith('-refresh') ? lateMs.invocation : 0) },
    });
    const credential = await world.credential();
    world.sandbox.faults.add({ target: 'genesys:token', kind: 'delay', ms: 19_000, when: { nth: 1 } });
    world.sandbox.genesysCloud.onTokenIssued(() => {
      lateMs.invocation = 0;
    });

    await world.rotated(credential.secretArn);
    const execution = await world.lastClosed(credential.secretArn);

    expect(execution.history.map(({ type }) => type)).toContain('TaskTimedOut');
    expect(execution.status).toBe('SUCCEEDED');
    expect(statesOf(execution).at(-1)).toBe('Rotated');
    await expectSaved(world, credential, { refreshes: 1 });
  });
});

describe('an initialisation of Refresh', () => {
  it.each([
    [7_500, 800],
    [5_000, 3_100],
    [9_000, 800],
    [9_000, 3_100],
    [9_000, 19_000],
  ])(
    'of %i ms, and a token response after %i ms, complete the rotation in the first attempt',
    async (initialisationMs, responseMs) => {
      const world = await recoveryWorld({
        genesysCloud: { reuseRevokesLineage: true },
        // Without warm processes of other tests.
        port: 0,
        latencies: { coldStart: name => (name.endsWith('-refresh') ? initialisationMs : 0) },
      });
      const credential = await world.credential();
      world.sandbox.faults.add({ target: 'genesys:token', kind: 'delay', ms: responseMs, when: { nth: 1 } });

      const { outcome, execution } = await world.rotated(credential.secretArn);

      expect(outcome).toEqual({ status: 'succeeded' });
      expect(execution && attemptsIn(execution, 'Refresh')).toBe(1);
      await expectSaved(world, credential, { refreshes: 1 });
    },
  );
});

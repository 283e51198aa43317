import { describe, expect, it } from 'vitest';
import { statesOf } from '../rotation/execution-outcome.ts';
import { AFTER_A_FAILURE } from './continuations.ts';
import { expectSaved, GENESYS_VARIANTS } from './expect-saved.ts';
import { recoveryWorld } from './recovery-world.ts';

const HOUR_MS = 3_600_000;

describe.each(GENESYS_VARIANTS)('where %s', (_behaviour, genesysCloud) => {
  describe.each(Object.entries(AFTER_A_FAILURE))(
    'AWSCURRENT was moved back to AWSPREVIOUS after a rotation failed, and then %s',
    (_continuation, { secretsManager, continueWith }) => {
      it.each(['StorePending', 'Verify', 'Promote'])(
        'promotes the tokens of a rotation that failed in %s',
        async state => {
          const world = await recoveryWorld({ genesysCloud, secretsManager });
          const credential = await world.credential();
          const { secretArn } = credential;
          await world.rotated(secretArn);
          world.crashIn(state);
          await world.rotated(secretArn);
          world.serveAll();

          await world.rollBack(secretArn);
          await continueWith(world, secretArn);

          await expectSaved(world, credential, { refreshes: 2, keys: { region: 'mypurecloud.com' } });
        },
      );
    },
  );

  it.each([
    ['promotes the newest tokens again while they last', 0, 1],
    ['exchanges the newest refresh token once its access token has expired', 25 * HOUR_MS, 2],
  ])('a rotation that was rolled back: the next one %s', async (_what, waitMs, refreshes) => {
    const world = await recoveryWorld({ genesysCloud });
    const credential = await world.credential();
    const { secretArn } = credential;
    await world.rotated(secretArn);
    world.enable(secretArn);

    await world.rollBack(secretArn);
    await world.sandbox.advance(waitMs);
    await world.rotated(secretArn);

    await expectSaved(world, credential, { refreshes });
  });

  it.each(['store-pending', 'verify', 'promote'] as const)(
    'AWSCURRENT is moved back right before %s runs: the new tokens are promoted on top of it',
    async functionName => {
      const world = await recoveryWorld({ genesysCloud });
      const credential = await world.credential();
      const { secretArn } = credential;
      await world.rotated(secretArn);
      world.before(functionName, () => world.rollBack(secretArn));

      const { execution } = await world.rotateUntilClosed(secretArn);

      expect(execution.status).toBe('SUCCEEDED');
      expect(statesOf(execution).at(-1)).toBe('Rotated');
      await expectSaved(world, credential, { refreshes: 2 });
    },
  );
});

describe('a successful rotation that was rolled back while AWSPENDING is on its version', () => {
  it('is done again by createSecret, as attempt 2 of the same rotation', async () => {
    const world = await recoveryWorld({
      genesysCloud: { reuseRevokesLineage: true },
      secretsManager: { pendingAfterSuccess: 'left' },
    });
    const credential = await world.credential();
    const { secretArn } = credential;
    const { versionId, outcome } = await world.rotated(secretArn);
    expect(outcome).toEqual({ status: 'succeeded' });

    await world.rollBack(secretArn);
    const response = await world.invokeStep('createSecret', secretArn, versionId);

    const [first, second, ...others] = world.executions(secretArn);
    expect(response).toBe('succeeded');
    expect(others).toEqual([]);
    expect(second).toMatchObject({ name: `${first?.name}-2`, status: 'SUCCEEDED', stateName: 'Rotated' });
    expect((await world.labels(secretArn))[versionId]).toContain('AWSCURRENT');
    await expectSaved(world, credential, { refreshes: 1 });
  });
});

describe('a rotation that is AWSCURRENT, with AWSPENDING on another of its versions', () => {
  it('loses that label in the next attempt, so that the next rotation can start', async () => {
    const world = await recoveryWorld({ secretsManager: { pendingAfterSuccess: 'left' } });
    const credential = await world.credential();
    const { secretArn } = credential;
    // The edit makes the rotation store a second version: one that is derived from the first.
    world.before('promote', () => world.mend(secretArn, { queue: 'added by hand' }));
    const versionId = await world.rotateSecret(secretArn);
    await world.lastClosed(secretArn);
    await world.sandbox.advance(60_000);
    const currentId = await world.versionWith(secretArn, 'AWSCURRENT');
    await world.movePending(secretArn, versionId);

    const response = await world.invokeStep('createSecret', secretArn, versionId);

    expect(currentId).not.toBe(versionId);
    expect(response).toBe('succeeded');
    expect(world.executions(secretArn)).toHaveLength(2);
    expect(await world.versionWith(secretArn, 'AWSPENDING')).toBeUndefined();
    expect(await world.versionWith(secretArn, 'AWSCURRENT')).toBe(currentId);
    await expectSaved(world, credential, { refreshes: 1, keys: { queue: 'added by hand' } });
  });
});

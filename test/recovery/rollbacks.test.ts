import { UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../functions/shared/durations.ts';
import type { SandboxOptions } from '../../sandbox/sandbox-options.ts';
import { statesOf } from '../rotation/execution-outcome.ts';
import { ACCESS_TOKENS_AFTER_REFRESH, HEALTHY, peopleWorld } from './people-world.ts';

describe.each(ACCESS_TOKENS_AFTER_REFRESH)(
  'where a refresh %s earlier access tokens',
  (_does, refreshRevokesAccessTokens) => {
    const genesysCloud = { refreshRevokesAccessTokens };

    describe.each(['StorePending', 'Verify', 'Promote'])(
      'AWSCURRENT that was moved back to AWSPREVIOUS after a rotation failed in %s',
      state => {
        it('holds the new tokens after a redrive', async () => {
          const world = await peopleWorld({ genesysCloud });
          const credential = await world.credential();
          const { secretArn } = credential;
          await world.rotated(secretArn);
          await world.failedIn(state, secretArn);

          await world.rollBack(secretArn);
          const redriven = await world.redriven(await world.lastClosed(secretArn));

          expect(redriven).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated' });
          expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 2 });
          expect(await world.nextRotation(credential)).toEqual({
            outcome: 'succeeded',
            ...HEALTHY,
            refreshes: 3,
          });
        });

        it.each(['same', 'fresh'] as const)(
          "holds the new tokens after Secrets Manager's retry under the %s ClientRequestToken",
          async retryToken => {
            const world = await peopleWorld({
              genesysCloud,
              secretsManager: { retryToken, retryDelaysMs: [60_000, 60_000, 60_000] },
            });
            const credential = await world.credential();
            const { secretArn } = credential;
            await world.rotated(secretArn);
            await world.failedIn(state, secretArn);

            await world.rollBack(secretArn);
            await world.sandbox.advance(300_000);

            expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 2 });
            expect(await world.nextRotation(credential)).toEqual({
              outcome: 'succeeded',
              ...HEALTHY,
              refreshes: 3,
            });
          },
        );

        it('holds the new tokens after the rotation was abandoned and another one started', async () => {
          const world = await peopleWorld({ genesysCloud });
          const credential = await world.credential();
          const { secretArn } = credential;
          await world.rotated(secretArn);
          await world.failedIn(state, secretArn);

          await world.rollBack(secretArn);
          await world.giveUp(secretArn);
          const next = await world.nextRotation(credential);

          expect(next).toEqual({ outcome: 'succeeded', ...HEALTHY, refreshes: 2 });
        });
      },
    );

    it('holds the newest tokens again after AWSCURRENT was moved back to AWSPREVIOUS between two rotations', async () => {
      const world = await peopleWorld({ genesysCloud });
      const credential = await world.credential();
      const { secretArn } = credential;
      await world.rotated(secretArn);
      await world.rotated(secretArn);

      await world.rollBack(secretArn);
      const repaired = await world.nextRotation(credential);

      expect(repaired).toEqual({ outcome: 'succeeded', ...HEALTHY, refreshes: 2 });
      expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded', refreshes: 3 });
    });

    describe.each([
      ['the seed', 0],
      ['a value of an earlier rotation', 1],
    ] as const)('%s that was written to AWSCURRENT again, as Terraform does', (_what, generation) => {
      /** A secret that was rotated twice, and an older one of its values. */
      async function rotatedTwice(secretsManager: SandboxOptions['secretsManager'] = {}) {
        const world = await peopleWorld({ genesysCloud, secretsManager });
        const credential = await world.credential();
        const { secretArn } = credential;
        const values = [await world.copyOfCurrent(secretArn)];
        for (let rotation = 0; rotation < 2; rotation++) {
          await world.rotated(secretArn);
          values.push(await world.copyOfCurrent(secretArn));
        }
        return { world, credential, secretArn, older: values[generation] ?? '' };
      }

      it('promotes the newest tokens without a refresh', async () => {
        const { world, credential, secretArn, older } = await rotatedTwice();

        await world.write(secretArn, older);
        const repaired = await world.nextRotation(credential);

        expect(repaired).toEqual({ outcome: 'succeeded', ...HEALTHY, refreshes: 2 });
        expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded', refreshes: 3 });
      });

      it('exchanges the newest refresh token when its access token has expired', async () => {
        const { world, credential, secretArn, older } = await rotatedTwice();

        // Prevents an earlier scheduled rotation.
        world.enable(secretArn);
        await world.write(secretArn, older);
        await world.sandbox.advance(400 * 24 * HOUR_MS);
        const repaired = await world.nextRotation(credential);

        expect(repaired).toEqual({ outcome: 'succeeded', ...HEALTHY, refreshes: 3 });
      });

      it('does no harm when it is rolled back before the next rotation', async () => {
        const { world, credential, secretArn, older } = await rotatedTwice();

        await world.write(secretArn, older);
        await world.rollBack(secretArn);

        expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 2 });
        expect(await world.nextRotation(credential)).toEqual({
          outcome: 'succeeded',
          ...HEALTHY,
          refreshes: 3,
        });
      });

      it.each(['StorePending', 'Verify', 'Promote'])(
        'does not stop the redrive of a rotation that failed in %s',
        async state => {
          const { world, credential, secretArn, older } = await rotatedTwice();
          await world.failedIn(state, secretArn);

          await world.write(secretArn, older);
          const redriven = await world.redriven(await world.lastClosed(secretArn));

          expect(redriven).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated' });
          expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 3 });
          expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded', refreshes: 4 });
        },
      );

      it.each(['refresh', 'store-pending', 'verify', 'promote'] as const)(
        'does not disturb a rotation when it is written right before %s',
        async functionName => {
          const { world, credential, secretArn, older } = await rotatedTwice(
            functionName === 'refresh' ? { readLagMs: 0 } : {},
          );
          world.before(functionName, () => world.write(secretArn, older));

          const { execution } = await world.rotateUntilClosed(secretArn);

          expect(statesOf(execution).at(-1)).toBe('Rotated');
          // Before Refresh, the newest pair is unused, so nothing is exchanged.
          const refreshes = functionName === 'refresh' ? 2 : 3;
          expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes });
          expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded' });
        },
      );
    });
  },
);

describe('AWSPENDING that somebody put on another version', () => {
  /** A secret that was rotated twice, and its versions: the seed, and those of both rotations. */
  async function rotatedTwice() {
    const world = await peopleWorld();
    const credential = await world.credential();
    const { secretArn } = credential;
    const seed = await world.copyOfCurrent(secretArn);
    const versions = [await world.versionWith(secretArn, 'AWSCURRENT')];
    for (let rotation = 0; rotation < 2; rotation++) {
      await world.rotated(secretArn);
      versions.push(await world.versionWith(secretArn, 'AWSCURRENT'));
    }
    return { world, credential, secretArn, seed, versions };
  }

  it.each([
    ['the seed, which no rotation wrote', 0],
    ['a version of an earlier rotation', 1],
  ] as const)(
    'does not prevent a scheduled rotation from rotating the newest tokens (%s)',
    async (_what, index) => {
      const { world, credential, secretArn, versions } = await rotatedTwice();

      await world.secrets.send(
        new UpdateSecretVersionStageCommand({
          SecretId: secretArn,
          VersionStage: 'AWSPENDING',
          MoveToVersionId: versions[index],
        }),
      );
      await world.sandbox.advance(9 * HOUR_MS);
      const first = await world.health(credential);
      await world.sandbox.advance(9 * HOUR_MS);
      const second = await world.health(credential);

      expect(first).toEqual({ ...HEALTHY, refreshes: 3 });
      expect(second).toEqual({ ...HEALTHY, refreshes: 4 });
      expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded', refreshes: 5 });
    },
  );

  it('does not prevent a scheduled rotation from rotating the newest tokens (a seed that somebody wrote)', async () => {
    const { world, credential, secretArn, seed } = await rotatedTwice();

    await world.write(secretArn, seed, ['AWSPENDING']);
    await world.sandbox.advance(9 * HOUR_MS);
    const first = await world.health(credential);
    await world.sandbox.advance(9 * HOUR_MS);
    const second = await world.health(credential);

    expect(first).toEqual({ ...HEALTHY, refreshes: 3 });
    expect(second).toEqual({ ...HEALTHY, refreshes: 4 });
    expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded', refreshes: 5 });
  });
});

describe('a successful rotation that was rolled back while Secrets Manager counts it as failed', () => {
  it('gets a second attempt, which promotes the same tokens again', async () => {
    const world = await peopleWorld({ secretsManager: { retryDelaysMs: [60_000, 60_000] } });
    const credential = await world.credential();
    const { secretArn } = credential;
    // createSecret promotes the tokens, and testSecret crashes.
    world.sandbox.faults.add({ target: 'lambda:rotation', kind: 'crash-before', when: { nth: 2 } });
    const { versionId, outcome } = await world.rotated(secretArn);

    await world.rollBack(secretArn);
    await world.sandbox.advance(60_000);
    const retried = await world.outcome(secretArn, versionId);

    const [first] = world.executions(secretArn);
    expect(outcome).toMatchObject({ status: 'failed' });
    expect(retried).toEqual({ status: 'succeeded' });
    expect(world.executions(secretArn)).toMatchObject([
      { status: 'SUCCEEDED' },
      { name: `${first?.name}-2`, status: 'SUCCEEDED', stateName: 'Rotated' },
    ]);
    expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 1 });
    expect(await world.nextRotation(credential)).toEqual({ outcome: 'succeeded', ...HEALTHY, refreshes: 2 });
  });
});

describe('AWSCURRENT that somebody moved to the first of the two versions of a rotation', () => {
  it('leaves no AWSPENDING on the second one, which would block RotateSecret', async () => {
    const world = await peopleWorld({
      secretsManager: {
        pendingAfterForeignWrite: 'kept',
        retryDelaysMs: [60_000, 60_000],
        staleRotationToken: 'accepted',
      },
    });
    const credential = await world.credential();
    const { secretArn } = credential;
    // The edit makes the rotation store its tokens a second time; then Promote crashes.
    let promotions = 0;
    world.whenIn('Promote', async () => {
      promotions += 1;
      if (promotions > 1) return 'crash';
      await world.editSecret(secretArn, { queue: 'added by hand' });
      return 'runs';
    });
    const { versionId } = await world.rotated(secretArn);
    world.clearFaults();
    const secondVersion = await world.versionWith(secretArn, 'AWSPENDING');

    await world.moveCurrent(secretArn, versionId);
    const blocked = await world.health(credential);
    await world.sandbox.advance(180_000);

    expect(secondVersion).not.toBe(versionId);
    expect(blocked).toMatchObject({ blocksRotation: true });
    expect(await world.outcome(secretArn, versionId)).toEqual({ status: 'succeeded' });
    expect(await world.versionWith(secretArn, 'AWSCURRENT')).toBe(versionId);
    expect(await world.versionWith(secretArn, 'AWSPENDING')).toBeUndefined();
    expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 1 });
    expect(await world.nextRotation(credential)).toEqual({ outcome: 'succeeded', ...HEALTHY, refreshes: 2 });
  });
});

describe('a rotation that stored its tokens twice, and that Secrets Manager counts as failed', () => {
  it.each(['documented', 'versionIsCurrent'] as const)(
    'does not take the place of the next scheduled rotation (end state: %s)',
    async endState => {
      const world = await peopleWorld({
        secretsManager: { endState, pendingAfterForeignWrite: 'kept', retryDelaysMs: [60_000] },
      });
      const credential = await world.credential();
      const { secretArn } = credential;
      await world.failedIn('StorePending', secretArn);
      // The redrive stores the tokens without a valid RotationToken; the edit makes it store them a second time.
      world.before('promote', () => world.editSecret(secretArn, { queue: 'added by hand' }));
      const redriven = await world.redriven(await world.lastClosed(secretArn));

      await world.sandbox.advance(9 * HOUR_MS);
      const first = await world.health(credential);
      await world.sandbox.advance(9 * HOUR_MS);
      const second = await world.health(credential);

      expect(redriven).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated' });
      expect(first).toEqual({ ...HEALTHY, refreshes: 2 });
      expect(second).toEqual({ ...HEALTHY, refreshes: 3 });
    },
  );
});

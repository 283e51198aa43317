import { describe, expect, it } from 'vitest';
import type { AwsInterceptor } from '../../sandbox/aws/service.ts';
import type { FirstCredential } from '../../sandbox/demonstration/first-credential.ts';
import { statesOf } from '../rotation/execution-outcome.ts';
import { AFTER_A_FAILURE, AFTER_A_WRITE } from './continuations.ts';
import { expectSaved, GENESYS_VARIANTS } from './expect-saved.ts';
import { type RecoveryWorld, recoveryWorld } from './recovery-world.ts';

/** The credential of another OAuth client and user. */
interface Foreign {
  readonly credential: FirstCredential;
  readonly value: object;
}

async function foreignCredential(world: RecoveryWorld): Promise<Foreign> {
  const credential = await world.credential({ secretName: 'genesys/foreign' });
  return { credential, value: await world.currentValue(credential.secretArn) };
}

/** Asserts that a rotation of another secret has not presented a token of a credential. */
async function expectUntouched(world: RecoveryWorld, { credential }: Foreign): Promise<void> {
  expect(world.sandbox.genesysCloud.counts(credential.clientId)).toMatchObject({
    refreshes: 0,
    refusedRefreshes: 0,
  });
  expect(await world.currentIsGood(credential)).toBe(true);
}

/** The refreshes of both logins, where the rotation of the first login failed after its refresh. */
const REFRESHES_WITH_NEWER_LOGIN: Readonly<Record<keyof typeof AFTER_A_WRITE, number>> = {
  // The rotation stands down, and the newer login stays as it is.
  'a redrive, without AWSPENDING': 1,
  'a redrive, with AWSPENDING': 1,
  'a retry with the same ClientRequestToken': 1,
  // Another rotation rotates the newer login.
  'the next rotation': 2,
  'a retry with another ClientRequestToken': 2,
};

describe.each(GENESYS_VARIANTS)('where %s', (_behaviour, genesysCloud) => {
  describe.each(Object.entries(AFTER_A_WRITE))(
    'a rotation failed, and then %s',
    (continuation, { secretsManager, continueWith }) => {
      it.each(['StorePending', 'Verify', 'Promote'])(
        'does not promote the credential of another client that was stored and rolled back by its label (failed in %s)',
        async state => {
          const world = await recoveryWorld({ genesysCloud, secretsManager });
          const credential = await world.credential();
          const foreign = await foreignCredential(world);
          const { secretArn } = credential;
          world.crashIn(state);
          await world.rotated(secretArn);
          world.serveAll();

          await world.put(secretArn, foreign.value);
          await world.rollBack(secretArn);
          await continueWith(world, secretArn);

          await expectSaved(world, credential, { refreshes: 1 });
          await expectUntouched(world, foreign);
        },
      );

      it.each(['StorePending', 'Verify', 'Promote'])(
        'does not replace a newer login, whose value has no expiresAt (failed in %s)',
        async state => {
          const world = await recoveryWorld({ genesysCloud, secretsManager });
          const credential = await world.credential();
          const { secretArn } = credential;
          world.crashIn(state);
          await world.rotated(secretArn);
          world.serveAll();

          await world.authorizeAgain(credential);
          await continueWith(world, secretArn);

          const refreshes = REFRESHES_WITH_NEWER_LOGIN[continuation] ?? 0;
          await expectSaved(world, credential, { login: 2, refreshes });
        },
      );
    },
  );

  it.each(['StorePending', 'Verify', 'Promote'])(
    'another attempt of a rotation that failed in %s and kept AWSPENDING does not replace a newer login',
    async state => {
      const world = await recoveryWorld({
        genesysCloud,
        secretsManager: { pendingAfterForeignWrite: 'kept' },
      });
      const credential = await world.credential();
      const { secretArn } = credential;
      world.crashIn(state);
      const { versionId } = await world.rotated(secretArn);
      world.serveAll();
      await world.authorizeAgain(credential);
      world.sandbox.faults.add({
        target: 'states:RedriveExecution',
        kind: 'refused',
        error: 'ExecutionNotRedrivable',
        by: 'rotation',
      });

      const response = await world.invokeStep('createSecret', secretArn, versionId);

      expect(response).toBe('succeeded');
      expect(world.executions(secretArn)).toHaveLength(2);
      await expectSaved(world, credential, { login: 2, refreshes: 2 });
    },
  );

  it.each(['of another client', 'of a newer login'])(
    'a credential %s that is staged under a custom label is neither spent nor promoted',
    async which => {
      const world = await recoveryWorld({ genesysCloud });
      const credential = await world.credential();
      const { secretArn } = credential;
      const foreign = await foreignCredential(world);
      const own = await world.currentValue(secretArn);
      let value = foreign.value;
      if (which === 'of a newer login') {
        await world.authorizeAgain(credential);
        value = await world.currentValue(secretArn);
        await world.rollBack(secretArn);
      }

      await world.stage(secretArn, value, 'STAGED');
      world.crashIn('StorePending');
      await world.rotated(secretArn);
      world.serveAll();
      await world.giveUp(secretArn);
      await world.rotated(secretArn);

      expect((await world.currentValue(secretArn)).refreshToken).not.toBe(own.refreshToken);
      await expectSaved(world, credential, { refreshes: 1 });
      await expectUntouched(world, foreign);
    },
  );
});

/** Runs an action between StorePending's read of AWSCURRENT and its PutSecretValue, once. */
function beforePut(action: () => Promise<unknown>): AwsInterceptor {
  let isDone = false;
  return async ({ operation, caller }, next) => {
    if (operation === 'PutSecretValue' && caller.functionArn?.endsWith('-store-pending') && !isDone) {
      isDone = true;
      await action();
    }
    return await next();
  };
}

describe.each(GENESYS_VARIANTS)('where %s', (_behaviour, genesysCloud) => {
  describe.each(['removed', 'kept'] as const)(
    "a login between StorePending's read of AWSCURRENT and its PutSecretValue, where a write leaves AWSPENDING %s",
    pendingAfterForeignWrite => {
      async function worldWithLogin(secretsManager: object = {}) {
        const world: RecoveryWorld = await recoveryWorld({
          genesysCloud,
          secretsManager: { pendingAfterForeignWrite, ...secretsManager },
          awsInterceptors: [beforePut(() => world.authorizeAgain(credential))],
        });
        const credential: FirstCredential = await world.credential();
        return { world, credential };
      }

      it('stays AWSCURRENT, and the rotation stands down', async () => {
        const { world, credential } = await worldWithLogin();

        const { execution } = await world.rotateUntilClosed(credential.secretArn);

        expect(execution.status).toBe('SUCCEEDED');
        expect(statesOf(execution).slice(-3)).toEqual(['StorePending', 'StandDown', 'Superseded']);
        await expectSaved(world, credential, { login: 2, refreshes: 1 });
      });

      it.each(Object.entries(AFTER_A_FAILURE))(
        'stays AWSCURRENT when StorePending crashes after its PutSecretValue, and then %s follows',
        async (_continuation, { secretsManager, continueWith }) => {
          const { world, credential } = await worldWithLogin(secretsManager);
          const { secretArn, clientId } = credential;
          world.sandbox.faults.add({ target: 'lambda:store-pending', kind: 'crash-after' });
          await world.rotated(secretArn);
          expect(await world.lastClosed(secretArn)).toMatchObject({
            status: 'FAILED',
            stateName: 'StorePending',
          });
          world.serveAll();

          await continueWith(world, secretArn);
          // Where the login ended the rotation, only the schedule continues it.
          await world.sandbox.advance(9 * 3_600_000);

          const { refreshes } = world.sandbox.genesysCloud.counts(clientId);
          await expectSaved(world, credential, { login: 2, refreshes });
        },
      );
    },
  );
});

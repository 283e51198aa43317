import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../functions/shared/durations.ts';
import type { AwsInterceptor } from '../../sandbox/aws/service.ts';
import type { FirstCredential } from '../../sandbox/first-credential.ts';
import { authorizeCode } from '../../sandbox/genesys-cloud/browser.ts';
import { statesOf } from '../rotation/execution-outcome.ts';
import { CONTINUATIONS, HEALTHY, type PeopleWorld, peopleWorld } from './people-world.ts';

const SECOND_LOGIN = { ...HEALTHY, login: 2 } as const;

/** The value of a secret for a new client with a user who has logged in. */
async function otherClient({ sandbox }: PeopleWorld) {
  const { genesysCloud } = sandbox;
  const redirectUri = 'http://localhost:8085/callback';
  const user = { userName: 'other@example.com', password: 'other' };
  const { clientId, clientSecret } = genesysCloud.createClient({
    name: 'other',
    redirectUris: [redirectUri],
  });
  genesysCloud.createUser(user);
  const login = { loginUrl: genesysCloud.loginUrl, clientId, clientSecret, redirectUri, ...user };
  const { accessToken, refreshToken } = await authorizeCode(login);
  return { clientId, value: JSON.stringify({ clientId, clientSecret, accessToken, refreshToken }) };
}

/** The value of a new login with a credential's client, not stored yet; it has no `expiresAt`. */
async function newLogin({ sandbox }: PeopleWorld, credential: FirstCredential): Promise<string> {
  const { clientId, clientSecret } = credential;
  const { accessToken, refreshToken } = await authorizeCode({
    loginUrl: sandbox.genesysCloud.loginUrl,
    ...credential,
  });
  return JSON.stringify({ clientId, clientSecret, accessToken, refreshToken });
}

describe("another client's credential that was stored and rolled back by label", () => {
  it('is not promoted by the next rotation, and none of its tokens is exchanged', async () => {
    const world = await peopleWorld();
    const credential = await world.credential();
    const { secretArn } = credential;
    const other = await otherClient(world);
    await world.rotated(secretArn);

    await world.write(secretArn, other.value);
    await world.rollBack(secretArn);

    expect(await world.nextRotation(credential)).toEqual({ outcome: 'succeeded', ...HEALTHY, refreshes: 2 });
    expect(world.sandbox.genesysCloud.counts(other.clientId)).toMatchObject({
      refreshes: 0,
      refusedRefreshes: 0,
    });
  });

  describe.each(Object.entries(CONTINUATIONS))(
    'after a failed rotation and before %s',
    (_name, { secretsManager, continueWith }) => {
      it.each(['StorePending', 'Verify', 'Promote'])(
        'does not affect the tokens of a rotation that failed in %s',
        async state => {
          const world = await peopleWorld({ secretsManager });
          const credential = await world.credential();
          const { secretArn } = credential;
          const other = await otherClient(world);
          await world.failedIn(state, secretArn);

          await world.write(secretArn, other.value);
          await world.rollBack(secretArn);
          await continueWith(world, secretArn);

          expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 1 });
          expect(world.sandbox.genesysCloud.counts(other.clientId)).toMatchObject({
            refreshes: 0,
            refusedRefreshes: 0,
          });
          expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded', refreshes: 2 });
        },
      );
    },
  );

  it.each(['StorePending', 'Verify', 'Promote'])(
    'stays AWSCURRENT when it is not rolled back: a redrive of the rotation that failed in %s is superseded',
    async state => {
      const world = await peopleWorld();
      const credential = await world.credential();
      const { secretArn } = credential;
      const other = await otherClient(world);
      await world.failedIn(state, secretArn);

      await world.write(secretArn, other.value);
      const redriven = await world.redriven(await world.lastClosed(secretArn));

      const subject = { secretArn, clientId: other.clientId };
      expect(redriven).toMatchObject({ status: 'SUCCEEDED', stateName: 'Superseded' });
      expect(await world.health(subject)).toEqual({ ...HEALTHY, refreshes: 0 });
      expect(await world.nextRotation(subject)).toEqual({ outcome: 'succeeded', ...HEALTHY, refreshes: 1 });
    },
  );
});

describe('a credential that is staged with a custom label', () => {
  it.each(['same client', 'other client'])('is not changed by rotations (%s)', async whose => {
    const world = await peopleWorld();
    const credential = await world.credential();
    const { secretArn, clientId } = credential;
    const other = await otherClient(world);
    const staged = whose === 'same client' ? await newLogin(world, credential) : other.value;

    const stagedVersion = await world.write(secretArn, staged, ['STAGED']);
    const first = await world.nextRotation(credential);
    await world.failedIn('Verify', secretArn);
    await world.redriven(await world.lastClosed(secretArn));

    expect(first).toEqual({ outcome: 'succeeded', ...HEALTHY, refreshes: 1 });
    expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 2 });
    expect(await world.labels(secretArn)).toMatchObject({ [stagedVersion]: ['STAGED'] });
    expect(world.sandbox.genesysCloud.counts(other.clientId).refreshes).toBe(0);
    expect(world.sandbox.genesysCloud.counts(clientId).refreshes).toBe(2);
  });

  it('is rotated once AWSCURRENT has been moved to it', async () => {
    const world = await peopleWorld();
    const credential = await world.credential();
    const { secretArn } = credential;
    const stagedVersion = await world.write(secretArn, await newLogin(world, credential), ['STAGED']);
    await world.rotated(secretArn);

    await world.moveCurrent(secretArn, stagedVersion);

    expect(await world.nextRotation(credential)).toEqual({
      outcome: 'succeeded',
      ...SECOND_LOGIN,
      refreshes: 2,
    });
  });
});

describe.each(['removed', 'kept'] as const)(
  'a login during a rotation, when another write leaves AWSPENDING %s',
  pendingAfterForeignWrite => {
    it("stays when it lands between StorePending's read of AWSCURRENT and its PutSecretValue", async () => {
      const logins: Promise<unknown>[] = [];
      const beforePut: AwsInterceptor = async ({ operation, caller }, next) => {
        if (operation === 'PutSecretValue' && caller.functionArn !== undefined && logins.length === 0) {
          logins.push(world.authorizeAgain(credential));
          await logins[0];
        }
        return next();
      };
      const world = await peopleWorld({
        awsInterceptors: [beforePut],
        secretsManager: { pendingAfterForeignWrite },
      });
      const credential = await world.credential();
      const { secretArn } = credential;

      const { execution } = await world.rotateUntilClosed(secretArn);

      expect(logins).toHaveLength(1);
      expect(execution.status).toBe('SUCCEEDED');
      expect(statesOf(execution).slice(-2)).toEqual(['StandDown', 'Superseded']);
      expect(await world.health(credential)).toEqual({ ...SECOND_LOGIN, refreshes: 1 });
      await world.sandbox.advance(HOUR_MS);
      expect(await world.nextRotation(credential)).toEqual({
        outcome: 'succeeded',
        ...SECOND_LOGIN,
        refreshes: 2,
      });
    });

    it.each(['StorePending', 'Verify', 'Promote'])(
      'stays when it lands after the rotation failed in %s, and a redrive is superseded',
      async state => {
        const world = await peopleWorld({ secretsManager: { pendingAfterForeignWrite } });
        const credential = await world.credential();
        const { secretArn } = credential;
        await world.failedIn(state, secretArn);

        const login = await world.authorizeAgain(credential);
        const redriven = await world.redriven(await world.lastClosed(secretArn));

        expect(redriven).toMatchObject({ status: 'SUCCEEDED', stateName: 'Superseded' });
        expect(await world.currentValue(secretArn)).toMatchObject({ accessToken: login.accessToken });
        expect(await world.health(credential)).toEqual({ ...SECOND_LOGIN, refreshes: 1 });
        expect(await world.nextRotation(credential)).toEqual({
          outcome: 'succeeded',
          ...SECOND_LOGIN,
          refreshes: 2,
        });
      },
    );

    it('is not replaced with the older login by later attempts', async () => {
      const world = await peopleWorld({ secretsManager: { pendingAfterForeignWrite } });
      const credential = await world.credential();
      const { secretArn } = credential;
      const states = ['StorePending', 'Verify', 'Promote', 'StorePending'];
      for (const state of states) {
        await world.failedIn(state, secretArn);
        await world.giveUp(secretArn);
      }

      await world.authorizeAgain(credential);
      const next = await world.nextRotation(credential);
      const redriven = [];
      for (const execution of world.executions(secretArn).slice(0, states.length)) {
        redriven.push((await world.redriven(execution)).stateName);
      }

      expect(next).toEqual({ outcome: 'succeeded', ...SECOND_LOGIN, refreshes: 2 });
      expect(redriven).toEqual(states.map(() => 'Superseded'));
      expect(await world.health(credential)).toEqual({ ...SECOND_LOGIN, refreshes: 2 });
    });
  },
);

describe("AWSPENDING that stays on a failed rotation's version although a newer login, without expiresAt, was written", () => {
  describe.each(['same', 'fresh'] as const)('a retry under the %s ClientRequestToken', retryToken => {
    it.each(['Refresh', 'StorePending', 'Verify', 'Promote'])(
      'does not replace the newer login with the tokens of the rotation that failed in %s',
      async state => {
        const world = await peopleWorld({
          secretsManager: {
            pendingAfterForeignWrite: 'kept',
            retryToken,
            retryDelaysMs: [60_000, 60_000, 60_000],
          },
        });
        const credential = await world.credential();
        const { secretArn } = credential;
        await world.failedIn(state, secretArn);

        await world.authorizeAgain(credential);
        await world.sandbox.advance(600_000);

        const { refreshes, ...health } = await world.health(credential);
        expect(health).toEqual(SECOND_LOGIN);
        expect(await world.nextRotation(credential)).toEqual({
          outcome: 'succeeded',
          ...SECOND_LOGIN,
          refreshes: refreshes + 1,
        });
      },
    );
  });

  it.each(['StorePending', 'Verify', 'Promote'])(
    'allows another attempt of the rotation that failed in %s to rotate the newer login',
    async state => {
      const world = await peopleWorld({
        secretsManager: { pendingAfterForeignWrite: 'kept', retryDelaysMs: [60_000] },
      });
      const credential = await world.credential();
      const { secretArn } = credential;
      await world.failedIn(state, secretArn);
      world.sandbox.faults.add({
        target: 'states:RedriveExecution',
        kind: 'refused',
        error: 'ExecutionNotRedrivable',
      });

      await world.authorizeAgain(credential);
      await world.sandbox.advance(120_000);

      expect(world.executions(secretArn)).toMatchObject([
        { status: 'FAILED' },
        { status: 'SUCCEEDED', stateName: 'Rotated' },
      ]);
      expect(await world.health(credential)).toEqual({ ...SECOND_LOGIN, refreshes: 2 });
      expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded', refreshes: 3 });
    },
  );
});

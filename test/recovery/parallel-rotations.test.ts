import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../functions/shared/durations.ts';
import type { AwsInterceptor } from '../../sandbox/aws/service.ts';
import type { FirstCredential } from '../../sandbox/first-credential.ts';
import { failureOf, statesOf } from '../rotation/execution-outcome.ts';
import { ACCESS_TOKENS_AFTER_REFRESH, HEALTHY, type PeopleWorld, peopleWorld } from './people-world.ts';

describe.each(ACCESS_TOKENS_AFTER_REFRESH)(
  'two rotations of one secret that failed, where a refresh %s earlier access tokens',
  (_does, refreshRevokesAccessTokens) => {
    /** Rotation 1 failed in Verify; rotation 2 exchanged its refresh token and failed in StorePending. */
    async function failedTwice() {
      const world = await peopleWorld({ genesysCloud: { refreshRevokesAccessTokens } });
      const credential = await world.credential();
      const { secretArn } = credential;
      await world.failedIn('Verify', secretArn);
      await world.giveUp(secretArn);
      // Its access token no longer lasts until the next rotation, so rotation 2 exchanges its refresh token.
      await world.sandbox.advance(20 * HOUR_MS);
      await world.failedIn('StorePending', secretArn);
      const [first, second] = world.executions(secretArn);
      if (first === undefined || second === undefined) throw new Error('Two executions were expected.');
      return { world, credential, first, second };
    }

    it('save the newest tokens when rotation 1 is redriven first, then rotation 2', async () => {
      const { world, credential, first, second } = await failedTwice();

      const one = await world.redriven(first);
      const afterOne = await world.health(credential);
      const two = await world.redriven(second);

      expect([first, second]).toMatchObject([
        { status: 'FAILED', stateName: 'Verify' },
        { status: 'FAILED', stateName: 'StorePending' },
      ]);
      expect(one).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated' });
      expect(afterOne).toEqual({ ...HEALTHY, refreshes: 2 });
      expect(two).toMatchObject({ status: 'SUCCEEDED' });
      expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 2 });
      expect(await world.nextRotation(credential)).toEqual({
        outcome: 'succeeded',
        ...HEALTHY,
        refreshes: 3,
      });
    });

    it('save the newest tokens when rotation 2 is redriven first, then rotation 1', async () => {
      const { world, credential, first, second } = await failedTwice();

      const two = await world.redriven(second);
      const afterTwo = await world.health(credential);
      const one = await world.redriven(first);

      expect(two).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated' });
      expect(afterTwo).toEqual({ ...HEALTHY, refreshes: 2 });
      expect(one).toMatchObject({ status: 'SUCCEEDED' });
      expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 2 });
      expect(await world.nextRotation(credential)).toEqual({
        outcome: 'succeeded',
        ...HEALTHY,
        refreshes: 3,
      });
    });

    it('save the newest tokens when neither is redriven, and a third rotation starts', async () => {
      const { world, credential } = await failedTwice();

      await world.giveUp(credential.secretArn);

      expect(await world.nextRotation(credential)).toEqual({
        outcome: 'succeeded',
        ...HEALTHY,
        refreshes: 2,
      });
    });
  },
);

describe('eleven newer failed executions, each with its own ClientRequestToken', () => {
  /** The first rotation failed in one state; eleven newer ones failed in another and were abandoned. */
  async function failedTwelveTimes(first: string, newer: string) {
    const world = await peopleWorld();
    const credential = await world.credential();
    const { secretArn } = credential;
    for (const state of [first, ...new Array<string>(11).fill(newer)]) {
      await world.failedIn(state, secretArn);
      await world.giveUp(secretArn);
    }
    return { world, credential, secretArn };
  }

  it.each([
    ['StorePending', 'StorePending'],
    ['StorePending', 'Fetch'],
    ['StorePending', 'Refresh'],
    ['Verify', 'StorePending'],
    ['Verify', 'Promote'],
  ])('do not hide tokens: the first rotation failed in %s, the newer ones in %s', async (first, newer) => {
    const { world, credential } = await failedTwelveTimes(first, newer);

    const next = await world.nextRotation(credential);

    expect(next).toEqual({ outcome: 'succeeded', ...HEALTHY, refreshes: 1 });
    expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded', refreshes: 2 });
  });

  it.each([
    ['StorePending', 'StorePending'],
    ['StorePending', 'Refresh'],
    ['Verify', 'Promote'],
  ])(
    'lose no tokens when all are redriven: the first failed in %s, the newer ones in %s',
    async (first, newer) => {
      const { world, credential, secretArn } = await failedTwelveTimes(first, newer);

      const statuses = [];
      for (const execution of world.executions(secretArn))
        statuses.push((await world.redriven(execution)).status);

      expect(statuses).toEqual(new Array(12).fill('SUCCEEDED'));
      const { refreshes, ...health } = await world.health(credential);
      expect(health).toEqual(HEALTHY);
      expect(await world.nextRotation(credential)).toMatchObject({
        outcome: 'succeeded',
        refreshes: refreshes + 1,
      });
    },
  );
});

/**
 * A world in which the first two writes that mark a token as being exchanged wait for each other, so that both functions
 * have read the journal. No time passes while the first one waits, so the reads of the second one must be fresh.
 *
 * @param onFirst called when the first one arrives
 */
function worldMeetingAtMark(onFirst: () => Promise<unknown> = async () => undefined): Promise<PeopleWorld> {
  const both = Promise.withResolvers<void>();
  let arrived = 0;
  const awsInterceptor: AwsInterceptor = async ({ operation, caller }, next) => {
    if (operation !== 'PutItem' || caller.functionArn?.includes('-refresh') !== true) return await next();
    arrived += 1;
    if (arrived === 1) await onFirst();
    if (arrived === 2) both.resolve();
    await both.promise;
    return await next();
  };
  return peopleWorld({ awsInterceptors: [awsInterceptor], secretsManager: { readLagMs: 0 } });
}

/** The number of journal writes that were refused because the item had changed since it was read. */
function refusedMarks({ sandbox }: PeopleWorld): number {
  return sandbox.callLog
    .calls()
    .filter(
      ({ operation, errorType }) =>
        operation === 'PutItem' && errorType === 'ConditionalCheckFailedException',
    ).length;
}

describe('two executions that read the journal before either marks the refresh token', () => {
  it('exchange it once when they are attempts of one rotation', async () => {
    const world = await worldMeetingAtMark(async () => startAnother());
    const credential = await world.credential();
    const { secretArn } = credential;
    async function startAnother(): Promise<void> {
      const [first] = world.executions(secretArn);
      const { stateMachineArn } = world.sandbox;
      await world.stepFunctions.send(
        new StartExecutionCommand({ stateMachineArn, name: `${first?.name}-2`, input: first?.input }),
      );
    }

    await world.rotated(secretArn);
    await world.lastClosed(secretArn);

    expect(world.executions(secretArn)).toMatchObject([
      { status: 'SUCCEEDED', stateName: 'Rotated' },
      { status: 'SUCCEEDED', stateName: 'Rotated' },
    ]);
    expect(refusedMarks(world)).toBe(1);
    const { refreshes, ...health } = await world.health(credential);
    expect(health).toEqual(HEALTHY);
    expect(await world.nextRotation(credential)).toMatchObject({
      outcome: 'succeeded',
      refreshes: refreshes + 1,
    });
  });

  it('exchange it once when they are rotations under two ClientRequestTokens', async () => {
    const world = await worldMeetingAtMark(async () => startAnother());
    const credential = await world.credential();
    const { secretArn } = credential;
    const versionIds: string[] = [];
    async function startAnother(): Promise<void> {
      await world.giveUp(secretArn);
      versionIds.push(await world.rotateSecret(secretArn));
    }

    await world.rotated(secretArn);
    const outcome = await world.outcome(secretArn, versionIds[0] ?? '');
    await world.lastClosed(secretArn);

    expect(outcome).toEqual({ status: 'succeeded' });
    expect(world.executions(secretArn)).toMatchObject([
      { status: 'SUCCEEDED', stateName: 'Rotated' },
      { status: 'SUCCEEDED', stateName: 'Rotated' },
    ]);
    expect(refusedMarks(world)).toBe(1);
    const { refreshes, ...health } = await world.health(credential);
    expect(health).toEqual(HEALTHY);
    expect(await world.nextRotation(credential)).toMatchObject({
      outcome: 'succeeded',
      refreshes: refreshes + 1,
    });
  });
});

/** A second secret with a copy of the first one's value, also ready to rotate. */
async function copyOf(world: PeopleWorld, { secretArn, clientId }: FirstCredential) {
  const { ARN = '' } = await world.secrets.send(
    new CreateSecretCommand({ Name: 'genesys/copy', SecretString: await world.copyOfCurrent(secretArn) }),
  );
  world.enable(ARN);
  return { secretArn: ARN, clientId };
}

describe('two secrets with the same login', () => {
  it.each([0, 1, 2])(
    'exchange no token for the second one, and the first one keeps working (copied after %i rotations)',
    async rotations => {
      const world = await peopleWorld();
      const credential = await world.credential();
      const { secretArn, clientId } = credential;
      for (let rotation = 0; rotation < rotations; rotation++) await world.rotated(secretArn);
      const copy = await copyOf(world, credential);
      const first = await world.nextRotation(credential);

      const { outcome, execution } = await world.rotated(copy.secretArn);

      expect(outcome).toMatchObject({ status: 'failed' });
      expect(execution && failureOf(execution)).toMatchObject({ state: 'Refresh', error: 'SharedLogin' });
      expect(execution?.failure.cause).toContain(secretArn);
      expect(first).toEqual({ outcome: 'succeeded', ...HEALTHY, refreshes: rotations + 1 });
      expect(world.sandbox.genesysCloud.counts(clientId)).toMatchObject({
        refreshes: rotations + 1,
        refusedRefreshes: 0,
      });
      expect(await world.nextRotation(credential)).toEqual({
        outcome: 'succeeded',
        ...HEALTHY,
        refreshes: rotations + 2,
      });
    },
  );

  it('rotate only one of them when both read the journal before either marks the token', async () => {
    const world = await worldMeetingAtMark();
    const credential = await world.credential();
    const { secretArn } = credential;
    const copy = await copyOf(world, credential);

    const versionIds = [await world.rotateSecret(secretArn), await world.rotateSecret(copy.secretArn)];
    await world.outcome(secretArn, versionIds[0] ?? '');
    await world.outcome(copy.secretArn, versionIds[1] ?? '');

    const executions = [await world.lastClosed(secretArn), await world.lastClosed(copy.secretArn)];
    const statuses = executions.map(({ status }) => status);
    expect(statuses.toSorted((a, b) => a.localeCompare(b))).toEqual(['FAILED', 'SUCCEEDED']);
    const failed = executions.find(({ status }) => status === 'FAILED');
    expect(failed?.failure.error).toBe('SharedLogin');
    expect(refusedMarks(world)).toBe(1);
    const winner = statuses[0] === 'SUCCEEDED' ? credential : copy;
    expect(await world.health(winner)).toEqual({ ...HEALTHY, refreshes: 1 });
  });

  it('rotate the copy again once it has its own login', async () => {
    const world = await peopleWorld();
    const credential = await world.credential();
    const { secretArn } = credential;
    const copy = await copyOf(world, credential);
    await world.rotated(secretArn);
    await world.rotated(copy.secretArn);

    await world.authorizeAgain({ ...credential, secretArn: copy.secretArn });
    const redriven = await world.redriven(await world.lastClosed(copy.secretArn));

    expect(redriven).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated' });
    expect(await world.health(copy)).toEqual({ ...HEALTHY, login: 2, refreshes: 2 });
    expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 2 });
  });
});

describe('an exchange whose result is only in the state of a failed execution', () => {
  /** Genesys Cloud exchanged the token, and recording it failed; the execution failed in StorePending. */
  async function unsettled(options: Parameters<typeof peopleWorld>[0] = {}) {
    const world = await peopleWorld(options);
    const credential = await world.credential();
    const { secretArn } = credential;
    world.sandbox.faults.add({ target: 'dynamodb:TransactWriteItems', kind: 'access-denied' });
    world.crashIn('StorePending');
    const { execution: owner } = await world.rotateUntilClosed(secretArn);
    world.clearFaults();
    return { world, credential, secretArn, owner };
  }

  it('is recorded by its redrive', async () => {
    const { world, credential, owner } = await unsettled();

    const redriven = await world.redriven(owner);

    expect(redriven).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated' });
    expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 1 });
    await world.sandbox.advance(60_000);
    expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded', refreshes: 2 });
  });

  it('is saved by a retry under another ClientRequestToken, which redrives that execution first', async () => {
    const { world, credential, secretArn, owner } = await unsettled({
      secretsManager: { retryToken: 'fresh', retryDelaysMs: [120_000, 120_000, 120_000] },
    });

    await world.sandbox.advance(900_000);

    const [first, second, ...others] = world.executions(secretArn);
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      executionArn: owner.executionArn,
      status: 'SUCCEEDED',
      stateName: 'Rotated',
      redriveCount: 1,
    });
    expect(second).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1 });
    expect(second?.history.filter(({ type }) => type === 'ExecutionFailed')).toMatchObject([
      { details: { error: 'ExchangeUnsettled' } },
    ]);
    expect(world.sandbox.genesysCloud.counts(credential.clientId).refusedRefreshes).toBe(0);
    const { refreshes, ...health } = await world.health(credential);
    expect(health).toEqual(HEALTHY);
    expect(await world.nextRotation(credential)).toMatchObject({
      outcome: 'succeeded',
      refreshes: refreshes + 1,
    });
  });

  it('is saved when another rotation starts immediately, while the token is still marked as being exchanged', async () => {
    const { world, credential, secretArn, owner } = await unsettled({
      secretsManager: { retryDelaysMs: [60_000, 60_000, 60_000] },
    });

    await world.giveUp(secretArn);
    await world.rotated(secretArn);
    await world.sandbox.advance(900_000);

    const [first, second] = world.executions(secretArn);
    expect(first).toMatchObject({ executionArn: owner.executionArn, status: 'SUCCEEDED' });
    expect(second).toMatchObject({ status: 'SUCCEEDED' });
    const { refreshes, ...health } = await world.health(credential);
    expect(health).toEqual(HEALTHY);
    expect(await world.nextRotation(credential)).toMatchObject({
      outcome: 'succeeded',
      refreshes: refreshes + 1,
    });
  });

  it('is saved when an operator redrives the newer execution, which names the one to redrive first', async () => {
    const { world, credential, secretArn, owner } = await unsettled();
    await world.giveUp(secretArn);
    await world.sandbox.advance(120_000);
    // Without permission to redrive, the rotation function leaves it to the operator.
    world.sandbox.faults.add({ target: 'states:RedriveExecution', kind: 'access-denied', by: 'rotation' });
    await world.rotated(secretArn);
    const newer = await world.lastClosed(secretArn);
    world.clearFaults();

    const again = await world.redriven(newer);
    const ownerRedriven = await world.redriven(owner);
    const last = await world.redriven(again);

    expect([newer, again].map(each => failureOf(each))).toMatchObject([
      { state: 'Refresh', error: 'ExchangeUnsettled' },
      { state: 'Refresh', error: 'ExchangeUnsettled' },
    ]);
    expect(newer.failure.cause).toContain(owner.executionArn);
    expect(ownerRedriven).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated' });
    expect(last).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated' });
    expect(statesOf(last)).not.toContain('RefreshAgain');
    const { refreshes, ...health } = await world.health(credential);
    expect(health).toEqual(HEALTHY);
    expect(await world.nextRotation(credential)).toMatchObject({
      outcome: 'succeeded',
      refreshes: refreshes + 1,
    });
  });
});

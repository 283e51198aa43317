import { describe, expect, it } from 'vitest';
import { AwsError } from '../../sandbox/aws/aws-error.ts';
import type { AwsInterceptor } from '../../sandbox/aws/service.ts';
import { failureOf, statesOf } from '../rotation/execution-outcome.ts';
import { HEALTHY, type PeopleWorld, peopleWorld } from './people-world.ts';

const RETRY_MS = 60_000;

/** Rejects every redrive, although DescribeExecution returns REDRIVABLE. */
function refuseRedrives({ sandbox }: PeopleWorld): void {
  sandbox.faults.add({
    target: 'states:RedriveExecution',
    kind: 'refused',
    error: 'ExecutionNotRedrivable',
  });
}

describe('RedriveExecution that refuses an execution which DescribeExecution calls REDRIVABLE', () => {
  it.each(['Fetch', 'Refresh', 'StorePending', 'Verify', 'Promote'])(
    'is followed by the next attempt of the rotation that failed in %s',
    async state => {
      const world = await peopleWorld({
        secretsManager: { retryDelaysMs: [RETRY_MS], staleRotationToken: 'accepted' },
      });
      const credential = await world.credential();
      const { secretArn } = credential;
      world.crashIn(state);
      const { versionId } = await world.rotated(secretArn);
      world.clearFaults();
      refuseRedrives(world);

      await world.sandbox.advance(RETRY_MS);
      const outcome = await world.outcome(secretArn, versionId);

      const [first] = world.executions(secretArn);
      expect(outcome).toEqual({ status: 'succeeded' });
      expect(world.executions(secretArn)).toMatchObject([
        { status: 'FAILED', stateName: state, redriveCount: 0 },
        { name: `${first?.name}-2`, status: 'SUCCEEDED', stateName: 'Rotated' },
      ]);
      expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 1 });
      expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded', refreshes: 2 });
    },
  );

  it('leaves the rotation function time to wait for the next attempt', async () => {
    const world = await peopleWorld({
      secretsManager: { retryDelaysMs: [RETRY_MS], staleRotationToken: 'accepted' },
    });
    const credential = await world.credential();
    const { secretArn } = credential;
    world.crashIn('StorePending');
    const { versionId } = await world.rotated(secretArn);
    refuseRedrives(world);

    // The next attempt also fails: the verdict is its failure, not a running execution.
    await world.sandbox.advance(RETRY_MS);
    const outcome = await world.outcome(secretArn, versionId);

    const second = world.executions(secretArn)[1];
    expect(second).toMatchObject({ status: 'FAILED', stateName: 'StorePending' });
    expect(outcome).toMatchObject({
      status: 'failed',
      cause: { errorType: 'RotationFailed', errorMessage: expect.stringContaining(`${second?.name} `) },
    });
  });
});

describe('a stale RotationToken that Secrets Manager refuses with any error name', () => {
  describe.each(['InvalidRequestException', 'AccessDeniedException', 'RotationTokenExpiredException'])(
    '%s',
    refusedAs => {
      it.each(['StorePending', 'Verify', 'Promote'])(
        'does not fail the redrive of a rotation that failed in %s',
        async state => {
          const world = await peopleWorld({ secretsManager: { staleRotationToken: { refusedAs } } });
          const credential = await world.credential();
          const { secretArn } = credential;
          await world.failedIn(state, secretArn);
          // The edit makes every redrive store the tokens again.
          await world.editSecret(secretArn, { queue: 'added by hand' });

          const redriven = await world.redriven(await world.lastClosed(secretArn));

          expect(redriven).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated' });
          expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 1 });
          expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded', refreshes: 2 });
        },
      );
    },
  );
});

describe('UpdateSecretVersionStage that refuses with InvalidRequestException', () => {
  const refused = {
    target: 'secretsmanager:UpdateSecretVersionStage',
    kind: 'refused',
    error: 'InvalidRequestException',
  } as const;

  it('fails in Promote with that name when AWSCURRENT did not move, and a redrive completes the rotation', async () => {
    const world = await peopleWorld();
    const credential = await world.credential();
    const { secretArn } = credential;
    world.sandbox.faults.add({ ...refused, by: 'promote' });

    const { execution: failed } = await world.rotateUntilClosed(secretArn);
    world.clearFaults();
    const redriven = await world.redriven(failed);

    expect(failureOf(failed)).toMatchObject({ state: 'Promote', error: 'InvalidRequestException' });
    expect(redriven).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated' });
    expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 1 });
    await world.sandbox.advance(60_000);
    expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded', refreshes: 2 });
  });

  it('does not fail Promote when the first call moved AWSCURRENT and its response was lost', async () => {
    const world = await peopleWorld();
    const credential = await world.credential();
    const { secretArn } = credential;
    const { target } = refused;
    world.sandbox.faults.add({ target, kind: 'response-lost', by: 'promote', when: { nth: 1 } });
    world.sandbox.faults.add({ ...refused, by: 'promote', when: { from: 2 } });

    const { outcome, execution } = await world.rotated(secretArn);

    expect(outcome).toEqual({ status: 'succeeded' });
    expect(execution).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated' });
    expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 1 });
    world.clearFaults();
    expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded', refreshes: 2 });
  });

  it('returns to StorePending when somebody moves AWSCURRENT at the same moment', async () => {
    let edits = 0;
    const editThenRefuse: AwsInterceptor = async ({ operation, caller }, next) => {
      const isPromotion = operation === 'UpdateSecretVersionStage' && caller.functionArn !== undefined;
      if (!isPromotion || edits > 0) return await next();
      edits += 1;
      await world.editSecret(credential.secretArn, { queue: 'added by hand' });
      throw new AwsError('InvalidRequestException', 'AWSCURRENT is not on that version.');
    };
    const world = await peopleWorld({
      awsInterceptors: [editThenRefuse],
      secretsManager: { pendingAfterForeignWrite: 'kept' },
    });
    const credential = await world.credential();

    const { outcome, execution } = await world.rotated(credential.secretArn);

    expect(edits).toBe(1);
    expect(outcome).toEqual({ status: 'succeeded' });
    expect(execution && statesOf(execution).slice(-5)).toEqual([
      'Promote',
      'StorePending',
      'Verify',
      'Promote',
      'Rotated',
    ]);
    expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 1 });
    expect(await world.currentValue(credential.secretArn)).toMatchObject({ queue: 'added by hand' });
  });

  it('fails in StandDown, and a redrive removes AWSPENDING', async () => {
    const world = await peopleWorld({ secretsManager: { pendingAfterForeignWrite: 'kept' } });
    const credential = await world.credential();
    const { secretArn } = credential;
    world.before('store-pending', () => world.authorizeAgain(credential));
    world.sandbox.faults.add({ ...refused, by: 'promote' });

    const { execution: failed } = await world.rotateUntilClosed(secretArn);
    world.clearFaults();
    const redriven = await world.redriven(failed);

    expect(failureOf(failed)).toMatchObject({ state: 'StandDown', error: 'InvalidRequestException' });
    expect(redriven).toMatchObject({ status: 'SUCCEEDED', stateName: 'Superseded' });
    expect(await world.health(credential)).toEqual({ ...HEALTHY, login: 2, refreshes: 1 });
    await world.sandbox.advance(60_000);
    expect(await world.nextRotation(credential)).toMatchObject({
      outcome: 'succeeded',
      login: 2,
      refreshes: 2,
    });
  });
});

import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../functions/shared/durations.ts';
import type { FunctionFaultKind } from '../../sandbox/faults/fault-rule.ts';
import type { ExecutionSnapshot } from '../../sandbox/step-functions/execution.ts';
import { statesOf } from '../rotation/execution-outcome.ts';
import type { RotationWorld } from '../rotation/rotation-world.ts';
import { ACCESS_TOKENS_AFTER_REFRESH, HEALTHY, peopleWorld } from './people-world.ts';

/** Faults that lose the result of a function after it has done all its work. */
const LOSSES: readonly FunctionFaultKind[] = [
  'response-lost',
  'out-of-memory',
  'crash-after',
  'timeout-after',
];

/** The names of the errors of an execution's Tasks. */
function errorsOf({ history }: ExecutionSnapshot): unknown[] {
  return history.filter(({ type }) => type === 'TaskFailed').map(({ details }) => details?.error);
}

describe.each(ACCESS_TOKENS_AFTER_REFRESH)(
  'where a refresh %s earlier access tokens',
  (_does, refreshRevokesAccessTokens) => {
    const genesysCloud = { refreshRevokesAccessTokens };

    describe.each(LOSSES)('a result of Refresh that Step Functions does not receive (%s)', kind => {
      it('is found in the journal by the retry of the same Task', async () => {
        const world = await peopleWorld({ genesysCloud });
        const credential = await world.credential();
        const { secretArn } = credential;
        world.sandbox.faults.add({ target: 'lambda:refresh', kind, when: { nth: 1 } });

        const { outcome, execution } = await world.rotated(secretArn);

        expect(outcome).toEqual({ status: 'succeeded' });
        expect(execution).toMatchObject({ stateName: 'Rotated', redriveCount: 0 });
        expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 1 });
        expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded', refreshes: 2 });
      });

      it('is found by a redrive when every retry lost it', async () => {
        const world = await peopleWorld({ genesysCloud });
        const credential = await world.credential();
        const { secretArn } = credential;
        world.sandbox.faults.add({ target: 'lambda:refresh', kind });
        const { execution: failed } = await world.rotateUntilClosed(secretArn);
        world.clearFaults();

        const redriven = await world.redriven(failed);

        expect(failed).toMatchObject({ status: 'FAILED', stateName: 'Refresh' });
        expect(redriven).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated' });
        expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 1 });
        expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded', refreshes: 2 });
      });

      it.each(['same', 'fresh'] as const)(
        'is found by the retry under the %s ClientRequestToken',
        async retryToken => {
          const world = await peopleWorld({
            genesysCloud,
            secretsManager: { retryToken, retryDelaysMs: [120_000, 120_000, 120_000] },
          });
          const credential = await world.credential();
          const { secretArn } = credential;
          world.sandbox.faults.add({ target: 'lambda:refresh', kind });
          await world.rotateUntilClosed(secretArn);
          world.clearFaults();

          await world.sandbox.advance(600_000);

          expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 1 });
          expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded', refreshes: 2 });
        },
      );
    });

    it.each(['Refresh', 'StorePending', 'Verify', 'Promote'])(
      'a retry under another ClientRequestToken presents no spent token after a failure in %s',
      async state => {
        const world = await peopleWorld({
          genesysCloud,
          secretsManager: { retryToken: 'fresh', retryDelaysMs: [120_000, 120_000] },
        });
        const credential = await world.credential();
        const { secretArn } = credential;
        await world.failedIn(state, secretArn);

        await world.sandbox.advance(400_000);

        expect(world.executions(secretArn)).toHaveLength(2);
        expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 1 });
        expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded', refreshes: 2 });
      },
    );

    it.each(LOSSES)(
      'a result of RefreshAgain that Step Functions does not receive (%s) is also found',
      async kind => {
        const world = await peopleWorld({ genesysCloud });
        const credential = await world.credential();
        const { secretArn } = credential;
        // Prevents an earlier scheduled rotation.
        world.enable(secretArn);
        await world.failedIn('Verify', secretArn);
        const failed = await world.lastClosed(secretArn);
        await world.sandbox.advance(13 * DAY_MS);
        world.sandbox.faults.add({ target: 'lambda:refresh', kind, when: { nth: 1 } });

        const redriven = await world.redriven(failed);

        expect(redriven).toMatchObject({ status: 'SUCCEEDED' });
        expect(statesOf(redriven)).toContain('RefreshAgain');
        expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 2 });
        expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded', refreshes: 3 });
      },
    );
  },
);

/** Replaces the refresh token with a number in the token endpoint's responses to refreshes. */
function returnNumericRefreshToken({ sandbox }: RotationWorld, times: number): void {
  let left = times;
  sandbox.genesysCloud.intercept(async ({ grantType }, next) => {
    const response = await next();
    if (grantType !== 'refresh_token' || response.status !== 200 || left === 0) return response;
    left -= 1;
    return { ...response, body: JSON.stringify({ ...JSON.parse(response.body), refresh_token: 42 }) };
  });
}

describe('a numeric refresh_token in the response', () => {
  it('is reported as TokenResponseLost, and the spent refresh token is not kept as valid', async () => {
    const world = await peopleWorld();
    const credential = await world.credential();
    const { secretArn, clientId } = credential;
    const before = await world.currentValue(secretArn);
    returnNumericRefreshToken(world, 1);

    const { execution } = await world.rotateUntilClosed(secretArn);

    expect(errorsOf(execution)[0]).toBe('TokenResponseLost');
    expect(execution).toMatchObject({
      status: 'FAILED',
      stateName: 'Refresh',
      failure: { error: 'RefreshTokenRejected' },
    });
    expect(execution.failure.cause).toContain('probably spent');
    expect(await world.currentValue(secretArn)).toEqual(before);
    expect(world.sandbox.genesysCloud.counts(clientId)).toMatchObject({ refreshes: 1, refusedRefreshes: 1 });
  });

  it('has no effect when the refresh token stays valid', async () => {
    const world = await peopleWorld({ genesysCloud: { refreshTokens: 'reusable' } });
    const credential = await world.credential();
    const { secretArn } = credential;
    returnNumericRefreshToken(world, 1);

    const { execution } = await world.rotateUntilClosed(secretArn);

    expect(errorsOf(execution)[0]).toBe('TokenResponseLost');
    expect(execution).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated' });
    expect(await world.health(credential)).toEqual({ ...HEALTHY, refreshes: 2 });
    await world.sandbox.advance(60_000);
    expect(await world.nextRotation(credential)).toMatchObject({ outcome: 'succeeded', refreshes: 3 });
  });
});

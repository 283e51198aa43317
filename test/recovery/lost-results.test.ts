import { describe, expect, it } from 'vitest';
import { attemptsIn, failureOf, statesOf } from '../rotation/execution-outcome.ts';
import { AFTER_A_FAILURE } from './continuations.ts';
import { expectSaved, GENESYS_VARIANTS } from './expect-saved.ts';
import { type RecoveryWorld, recoveryWorld } from './recovery-world.ts';

/** Longer than the mark of an exchange lasts. */
const MARK_OVER_MS = 60_000;

describe.each(GENESYS_VARIANTS)('where %s', (_behaviour, genesysCloud) => {
  describe.each(['answer-lost', 'out-of-memory', 'crash-after', 'timeout-after'] as const)(
    'the result of Refresh is lost between Lambda and Step Functions (%s)',
    kind => {
      it('once: the retry of the state finds the pair in the journal', async () => {
        const world = await recoveryWorld({ genesysCloud });
        const credential = await world.credential();
        world.sandbox.faults.add({ target: 'lambda:refresh', kind, when: { nth: 1 } });

        const { outcome, execution } = await world.rotated(credential.secretArn);

        expect(outcome).toEqual({ status: 'succeeded' });
        expect(execution && attemptsIn(execution, 'Refresh')).toBe(2);
        await expectSaved(world, credential, { refreshes: 1 });
      });

      it.each(Object.entries(AFTER_A_FAILURE))(
        'until the execution fails: %s finds the pair in the journal',
        async (_continuation, { secretsManager, continueWith }) => {
          const world = await recoveryWorld({ genesysCloud, secretsManager });
          const credential = await world.credential();
          const { secretArn } = credential;
          world.sandbox.faults.add({ target: 'lambda:refresh', kind });
          await world.rotated(secretArn);
          expect(await world.lastClosed(secretArn)).toMatchObject({ status: 'FAILED', stateName: 'Refresh' });
          world.serveAll();

          await continueWith(world, secretArn);

          await expectSaved(world, credential, { refreshes: 1 });
        },
      );
    },
  );

  it('a refresh_token that is a number: TokenResponseLost, and the spent token is not kept', async () => {
    const world = await recoveryWorld({ genesysCloud });
    const credential = await world.credential();
    const { secretArn } = credential;
    const before = await world.currentValue(secretArn);
    const stop = world.sandbox.genesysCloud.intercept(async ({ grantType }, next) => {
      const response = await next();
      if (grantType !== 'refresh_token') return response;
      stop();
      return { ...response, body: JSON.stringify({ ...JSON.parse(response.body), refresh_token: 42 }) };
    });

    await world.rotated(secretArn);
    const failed = await world.lastClosed(secretArn);
    const meanwhile = await world.currentValue(secretArn);
    await world.authorizeAgain(credential);
    const redriven = await world.redriven(failed);

    const errors = failed.history.filter(({ type }) => type === 'TaskFailed').map(({ details }) => details);
    expect(errors[0]).toMatchObject({ error: 'TokenResponseLost' });
    expect(failureOf(failed)).toMatchObject({
      state: 'Refresh',
      error: 'RefreshTokenRejected',
      message: expect.stringContaining('probably spent'),
    });
    expect(meanwhile).toEqual(before);
    expect(statesOf(redriven).at(-1)).toBe('Rotated');
    await expectSaved(world, credential, { login: 2, refreshes: 2, refusedRefreshes: 1 });
  });
});

/** The journal does not take what a Refresh has exchanged, as long as the fault is there. */
function refuseToRecord({ sandbox }: RecoveryWorld): number {
  return sandbox.faults.add({ target: 'dynamodb:TransactWriteItems', kind: 'access-denied', by: 'refresh' });
}

describe.each(GENESYS_VARIANTS)('where %s', (_behaviour, genesysCloud) => {
  describe('an exchange that the journal did not record, and whose result Refresh returned', () => {
    /** The pair is in the state of a failed execution, and nowhere else. */
    async function unrecordedPair(options: Parameters<typeof recoveryWorld>[0] = {}) {
      const world = await recoveryWorld({ genesysCloud, ...options });
      const credential = await world.credential();
      const { secretArn } = credential;
      refuseToRecord(world);
      world.crashIn('StorePending');
      await world.rotated(secretArn);
      const owner = await world.lastClosed(secretArn);
      expect(owner).toMatchObject({ status: 'FAILED', stateName: 'StorePending' });
      return { world, credential, owner };
    }

    it.each(Object.entries(AFTER_A_FAILURE))(
      'is completed by %s, which does not present the token again',
      async (continuation, { secretsManager, continueWith }) => {
        const { world, credential } = await unrecordedPair({ secretsManager });
        world.serveAll();

        await continueWith(world, credential.secretArn);
        await world.inTime(world.sandbox.secretsManager.rotationsIdle());

        // Under another ClientRequestToken the owner is redriven first, and then its token is exchanged.
        const refreshes = continuation === 'a retry with another ClientRequestToken' ? 2 : 1;
        await expectSaved(world, credential, { refreshes });
      },
    );

    it('makes the next rotation redrive the failed execution first', async () => {
      const { world, credential, owner } = await unrecordedPair();
      const { secretArn } = credential;
      world.serveAll();
      await world.giveUp(secretArn);
      await world.sandbox.advance(MARK_OVER_MS);

      const { outcome } = await world.rotated(secretArn);

      const [first, second, ...others] = world.executions(secretArn);
      expect(outcome).toEqual({ status: 'succeeded' });
      expect(others).toEqual([]);
      expect(first).toMatchObject({
        executionArn: owner.executionArn,
        status: 'SUCCEEDED',
        stateName: 'Rotated',
        redriveCount: 1,
      });
      expect(second).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1 });
      const errors = second?.history.filter(({ type }) => type === 'TaskFailed') ?? [];
      expect(errors.map(({ details }) => details?.error)).toContain('ExchangeUnsettled');
      await expectSaved(world, credential, { refreshes: 2 });
    });

    it('ends another execution in ExchangeUnsettled, which names the first, while the first cannot be completed', async () => {
      const { world, credential, owner } = await unrecordedPair();
      const { secretArn, clientId } = credential;
      await world.giveUp(secretArn);
      await world.sandbox.advance(MARK_OVER_MS);

      const { outcome } = await world.rotated(secretArn);
      const unsettled = await world.lastClosed(secretArn);

      expect(outcome.status).toBe('failed');
      expect(failureOf(unsettled)).toMatchObject({
        state: 'Refresh',
        error: 'ExchangeUnsettled',
        message: expect.stringContaining(owner.executionArn),
      });
      expect(world.sandbox.genesysCloud.counts(clientId)).toMatchObject({
        refreshes: 1,
        refusedRefreshes: 0,
      });

      world.serveAll();
      await world.redriven(owner);
      await world.redriven(unsettled);
      await expectSaved(world, credential, { refreshes: 2 });
    });
  });

  describe('a Refresh that is killed after the response, before it could write either copy', () => {
    async function killedRefresh() {
      const world = await recoveryWorld({ genesysCloud });
      const credential = await world.credential();
      const { secretArn } = credential;
      const before = await world.currentValue(secretArn);
      refuseToRecord(world);
      world.sandbox.faults.add({ target: 'lambda:refresh', kind: 'out-of-memory' });
      await world.rotated(secretArn);
      const owner = await world.lastClosed(secretArn);
      expect(owner).toMatchObject({ status: 'FAILED', stateName: 'Refresh' });
      world.serveAll();
      return { world, credential, before, owner };
    }

    it('is reported as lost by a redrive, which alone presents the token again', async () => {
      const { world, credential, before, owner } = await killedRefresh();
      const { secretArn, clientId } = credential;

      const redriven = await world.redriven(owner);

      expect(failureOf(redriven)).toMatchObject({
        state: 'Refresh',
        error: 'RefreshTokenRejected',
        message: expect.stringContaining('probably spent'),
      });
      expect(await world.currentValue(secretArn)).toEqual(before);
      expect(world.sandbox.genesysCloud.counts(clientId)).toMatchObject({
        refreshes: 1,
        refusedRefreshes: 1,
      });
      await world.authorizeAgain(credential);
      await world.redriven(redriven);
      await expectSaved(world, credential, { login: 2, refreshes: 2, refusedRefreshes: 1 });
    });

    it('is reported as lost by the next rotation, which lets the owner present the token first', async () => {
      const { world, credential, before, owner } = await killedRefresh();
      const { secretArn, clientId } = credential;
      await world.giveUp(secretArn);
      await world.sandbox.advance(MARK_OVER_MS);

      await world.rotated(secretArn);
      const last = await world.lastClosed(secretArn);

      expect(world.sandbox.stepFunctions.execution(owner.executionArn).redriveCount).toBe(1);
      expect(failureOf(last)).toMatchObject({
        state: 'Refresh',
        error: 'RefreshTokenRejected',
      });
      expect(await world.currentValue(secretArn)).toEqual(before);
      // The owner was refused first. A token that is known to be dead may be presented again.
      expect(world.sandbox.genesysCloud.counts(clientId)).toMatchObject({
        refreshes: 1,
        refusedRefreshes: 2,
      });
      await world.authorizeAgain(credential);
      await world.redriven(last);
      await expectSaved(world, credential, { login: 2, refreshes: 2, refusedRefreshes: 2 });
    });
  });
});

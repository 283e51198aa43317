import { CancelRotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { RedriveExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import type { AwsInterceptor } from '../../sandbox/aws/service.ts';
import { statesOf } from '../rotation/execution-outcome.ts';
import { recoveryWorld } from './recovery-world.ts';

const DAY_MS = 86_400_000;

describe('an execution that is redriven more than once', () => {
  it('goes on at the same state until its cause is gone', async () => {
    const world = await recoveryWorld();
    const credential = await world.credential();
    world.crashIn('StorePending');

    await world.rotated(credential.secretArn);
    const first = await world.redriven(await world.lastClosed(credential.secretArn));
    const second = await world.redriven(first);
    world.serveAll();
    const third = await world.redriven(second);

    expect([first, second].map(({ status, stateName }) => `${status} in ${stateName}`)).toEqual([
      'FAILED in StorePending',
      'FAILED in StorePending',
    ]);
    expect(third).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated', redriveCount: 3 });
    expect(world.sandbox.genesysCloud.counts(credential.clientId).refreshes).toBe(1);
    expect(await world.currentIsGood(credential)).toBe(true);
  });

  it('ends rotated when it failed in each state in turn', async () => {
    const world = await recoveryWorld();
    const credential = await world.credential();
    const states = ['Fetch', 'Refresh', 'StorePending', 'Verify', 'Promote'];
    world.crashIn('Fetch');
    await world.rotated(credential.secretArn);
    let execution = await world.lastClosed(credential.secretArn);

    const failedIn = [execution.stateName];
    for (const state of [...states.slice(1), 'none']) {
      world.serveAll();
      world.crashIn(state);
      execution = await world.redriven(execution);
      failedIn.push(execution.stateName);
    }

    expect(failedIn).toEqual([...states, 'Rotated']);
    expect(execution).toMatchObject({ status: 'SUCCEEDED', redriveCount: 5 });
    expect(world.sandbox.genesysCloud.counts(credential.clientId).refreshes).toBe(1);
    expect(await world.currentIsGood(credential)).toBe(true);
  });
});

describe.each([
  ['StorePending', 'sealed'],
  ['Verify', 'stored'],
])('an execution that failed in %s, whose tokens are %s', state => {
  /** A rotation that failed, and which Secrets Manager does not try again by itself. */
  async function failedRotation() {
    const world = await recoveryWorld();
    const credential = await world.credential();
    world.crashIn(state);
    const { versionId } = await world.rotated(credential.secretArn);
    await world.secrets.send(new CancelRotateSecretCommand({ SecretId: credential.secretArn }));
    world.serveAll();
    return { world, credential, versionId, failed: await world.lastClosed(credential.secretArn) };
  }

  it('is redriven after 13 days: its access token is dead, and the refresh token beside it is traded', async () => {
    const { world, credential, failed } = await failedRotation();

    await world.sandbox.advance(13 * DAY_MS);
    const redriven = await world.redriven(failed);

    expect(redriven.status).toBe('SUCCEEDED');
    expect(statesOf(redriven).slice(-6)).toEqual([
      'Verify',
      'RefreshPending',
      'StorePending',
      'Verify',
      'Promote',
      'Rotated',
    ]);
    expect(world.sandbox.genesysCloud.counts(credential.clientId)).toMatchObject({
      refreshes: 2,
      refusedRefreshes: 0,
    });
    expect(await world.currentIsGood(credential)).toBe(true);
  });

  it('cannot be redriven after 15 days, but the next createSecret goes on with its tokens', async () => {
    const { world, credential, versionId, failed } = await failedRotation();
    const { secretArn, clientId } = credential;

    await world.sandbox.advance(15 * DAY_MS);
    const redrive = world.stepFunctions.send(
      new RedriveExecutionCommand({ executionArn: failed.executionArn }),
    );
    await expect(redrive).rejects.toMatchObject({ name: 'ExecutionNotRedrivable' });
    world.enable(secretArn);
    const answer = await world.invokeStep('createSecret', secretArn, versionId);

    const next = await world.lastClosed(secretArn);
    expect(answer).toBe('succeeded');
    expect(next.name).toBe(`${failed.name}-2`);
    expect(next).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated' });
    expect(statesOf(next)).toContain('RefreshPending');
    expect(world.sandbox.genesysCloud.counts(clientId)).toMatchObject({ refreshes: 2, refusedRefreshes: 0 });
    expect(await world.currentIsGood(credential)).toBe(true);
  });
});

describe("a redrive by hand in the moment of Secrets Manager's retry", () => {
  it.each(['before', 'after'])('lets both go on with one run, when the hand comes %s it', async order => {
    const hands: Promise<unknown>[] = [];
    const byHand: AwsInterceptor = async (call, next) => {
      if (call.operation !== 'RedriveExecution' || call.caller.functionArn === undefined) return await next();
      const redrive = async (): Promise<string> => {
        const execution = world.executions(credential.secretArn).at(-1);
        const command = new RedriveExecutionCommand({ executionArn: execution?.executionArn });
        return await world.stepFunctions.send(command).then(
          () => 'redriven',
          (error: Error) => error.name,
        );
      };
      if (order === 'before') {
        hands.push(redrive());
        await hands[0];
        return await next();
      }
      const answer = await next();
      hands.push(redrive());
      await hands[0];
      return answer;
    };
    const world = await recoveryWorld({
      awsInterceptors: [byHand],
      secretsManager: { retryDelaysMs: [60_000], staleRotationToken: 'accepted' },
    });
    const credential = await world.credential();
    world.crashIn('StorePending');
    const { versionId } = await world.rotated(credential.secretArn);
    world.serveAll();

    await world.sandbox.advance(60_000);
    const outcome = await world.outcome(credential.secretArn, versionId);

    expect(await Promise.all(hands)).toEqual([order === 'before' ? 'redriven' : 'ExecutionNotRedrivable']);
    expect(outcome).toEqual({ status: 'succeeded' });
    expect(world.executions(credential.secretArn)).toMatchObject([{ status: 'SUCCEEDED', redriveCount: 1 }]);
    expect(world.sandbox.genesysCloud.counts(credential.clientId).refreshes).toBe(1);
    expect(await world.currentIsGood(credential)).toBe(true);
  });
});

import { CancelRotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { RedriveExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../functions/shared/durations.ts';
import type { AwsInterceptor } from '../../sandbox/aws/service.ts';
import { statesOf } from '../rotation/execution-outcome.ts';
import { expectSaved } from './expect-saved.ts';
import { recoveryWorld } from './recovery-world.ts';

describe('an execution that is redriven more than once', () => {
  it('continues in the same state until the cause is fixed', async () => {
    const world = await recoveryWorld();
    const credential = await world.credential();
    world.crashIn('StorePending');

    await world.rotated(credential.secretArn);
    const first = await world.redriven(await world.lastClosed(credential.secretArn));
    const second = await world.redriven(first);
    world.clearFaults();
    const third = await world.redriven(second);

    expect([first, second].map(({ status, stateName }) => `${status} in ${stateName}`)).toEqual([
      'FAILED in StorePending',
      'FAILED in StorePending',
    ]);
    expect(third).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated', redriveCount: 3 });
    expect(world.sandbox.genesysCloud.counts(credential.clientId).refreshes).toBe(1);
    expect(await world.currentWorks(credential)).toBe(true);
  });

  it('ends in Rotated when it failed in each state in turn', async () => {
    const world = await recoveryWorld();
    const credential = await world.credential();
    const states = ['Fetch', 'Refresh', 'StorePending', 'Verify', 'Promote'];
    world.crashIn('Fetch');
    await world.rotated(credential.secretArn);
    let execution = await world.lastClosed(credential.secretArn);

    const failedIn = [execution.stateName];
    for (const state of [...states.slice(1), 'none']) {
      world.clearFaults();
      world.crashIn(state);
      execution = await world.redriven(execution);
      failedIn.push(execution.stateName);
    }

    expect(failedIn).toEqual([...states, 'Rotated']);
    expect(execution).toMatchObject({ status: 'SUCCEEDED', redriveCount: 5 });
    expect(world.sandbox.genesysCloud.counts(credential.clientId).refreshes).toBe(1);
    expect(await world.currentWorks(credential)).toBe(true);
  });
});

describe.each(['StorePending', 'Verify', 'Promote'])('an execution that failed in %s', state => {
  /** A rotation that failed, and that Secrets Manager does not retry. */
  async function failedRotation() {
    const world = await recoveryWorld({ genesysCloud: { reuseRevokesLineage: true } });
    const credential = await world.credential();
    world.crashIn(state);
    const { versionId } = await world.rotated(credential.secretArn);
    await world.secrets.send(new CancelRotateSecretCommand({ SecretId: credential.secretArn }));
    world.clearFaults();
    return { world, credential, versionId, failed: await world.lastClosed(credential.secretArn) };
  }

  it('exchanges the newest refresh token when it is redriven after 13 days and the access token has expired', async () => {
    const { world, credential, failed } = await failedRotation();

    await world.sandbox.advance(13 * DAY_MS);
    const redriven = await world.redriven(failed);

    expect(redriven.status).toBe('SUCCEEDED');
    expect(statesOf(redriven).slice(-5)).toEqual([
      'RefreshAgain',
      'StorePending',
      'Verify',
      'Promote',
      'Rotated',
    ]);
    world.enable(credential.secretArn);
    await expectSaved(world, credential, { refreshes: 2 });
  });

  it('cannot be redriven after 15 days, but the next createSecret continues with its tokens', async () => {
    const { world, credential, versionId, failed } = await failedRotation();
    const { secretArn } = credential;

    await world.sandbox.advance(15 * DAY_MS);
    const redrive = world.stepFunctions.send(
      new RedriveExecutionCommand({ executionArn: failed.executionArn }),
    );
    await expect(redrive).rejects.toMatchObject({ name: 'ExecutionNotRedrivable' });
    world.enable(secretArn);
    const response = await world.invokeStep('createSecret', secretArn, versionId);

    const next = await world.lastClosed(secretArn);
    expect(response).toBe('succeeded');
    expect(next.name).toBe(`${failed.name}-2`);
    expect(next).toMatchObject({ status: 'SUCCEEDED', stateName: 'Rotated' });
    await expectSaved(world, credential, { refreshes: 2 });
  });
});

describe("a manual redrive at the moment of Secrets Manager's retry", () => {
  it.each(['before', 'after'])('shares one run with the retry when it comes %s the retry', async order => {
    const redrives: Promise<unknown>[] = [];
    const redriveManually: AwsInterceptor = async (call, next) => {
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
        redrives.push(redrive());
        await redrives[0];
        return await next();
      }
      const response = await next();
      redrives.push(redrive());
      await redrives[0];
      return response;
    };
    const world = await recoveryWorld({
      awsInterceptors: [redriveManually],
      secretsManager: { retryDelaysMs: [60_000], staleRotationToken: 'accepted' },
    });
    const credential = await world.credential();
    world.crashIn('StorePending');
    const { versionId } = await world.rotated(credential.secretArn);
    world.clearFaults();

    await world.sandbox.advance(60_000);
    const outcome = await world.outcome(credential.secretArn, versionId);

    expect(await Promise.all(redrives)).toEqual([order === 'before' ? 'redriven' : 'ExecutionNotRedrivable']);
    expect(outcome).toEqual({ status: 'succeeded' });
    expect(world.executions(credential.secretArn)).toMatchObject([{ status: 'SUCCEEDED', redriveCount: 1 }]);
    expect(world.sandbox.genesysCloud.counts(credential.clientId).refreshes).toBe(1);
    expect(await world.currentWorks(credential)).toBe(true);
  });
});

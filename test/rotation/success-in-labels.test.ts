import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../functions/shared/durations.ts';
import { MAX_READ_LAG_MS } from '../../functions/shared/secrets/secret-versions.ts';
import type { SandboxOptions } from '../../sandbox/sandbox-options.ts';
import { rotationWorld } from './rotation-world.ts';

/** A rotation whose execution is stopped when Promote has moved AWSCURRENT and has not responded yet. */
async function stoppedAfterPromote(options: SandboxOptions = {}) {
  const stopped: string[] = [];
  const world = await rotationWorld({
    ...options,
    events: { rules: 'patterns' },
    invocationInterceptors: [
      async ({ functionName }, next) => {
        const response = await next();
        const running = world.sandbox.stepFunctions
          .executions(world.sandbox.stateMachineArn)
          .find(({ status }) => status === 'RUNNING');
        if (functionName.endsWith('-promote') && running !== undefined && stopped.length === 0) {
          stopped.push(running.executionArn);
          await world.stepFunctions.send(new StopExecutionCommand({ executionArn: running.executionArn }));
        }
        return response;
      },
    ],
  });
  const credential = await world.credential();
  await world.sandbox.advance(MAX_READ_LAG_MS);
  const rotation = await world.rotate(credential.secretArn);
  return { world, credential, rotation };
}

describe('a rotation whose execution is stopped right after AWSCURRENT has moved', () => {
  it('succeeds for Secrets Manager: every step relies on the labels', async () => {
    const { world, credential, rotation } = await stoppedAfterPromote();
    const { secretArn } = credential;

    expect(rotation.execution.status).toBe('ABORTED');
    expect(rotation.outcome).toEqual({ status: 'succeeded' });
    expect((await world.labels(secretArn))[rotation.versionId]).toEqual(['AWSCURRENT']);
    for (const step of ['createSecret', 'testSecret', 'finishSecret'] as const) {
      expect(await world.invokeStep(step, secretArn, rotation.versionId)).toBe('succeeded');
    }
  });

  it.each([0, 2_000])('is not reported as failed when reads are %i ms stale', async readLagMs => {
    const { world } = await stoppedAfterPromote({ secretsManager: { readLagMs } });

    await world.sandbox.advance(60_000);

    expect(world.sandbox.sns.messages()).toEqual([]);
  });

  it('is followed by the next rotation without losing a token', async () => {
    const { world, credential } = await stoppedAfterPromote();

    await world.sandbox.advance(9 * HOUR_MS);

    const { accessToken } = await world.currentValue(credential.secretArn);
    expect(await world.statusOfCurrentUser(accessToken)).toBe(200);
    expect(world.sandbox.genesysCloud.counts(credential.clientId)).toMatchObject({
      refreshes: 2,
      refusedRefreshes: 0,
    });
  });
});

describe('a rotation whose execution is in its last transition', () => {
  it('succeeds for Secrets Manager in every step and is not reported', async () => {
    let hasMoved = false;
    const world = await rotationWorld({
      events: { rules: 'patterns' },
      latencies: { stateTransition: () => (hasMoved ? 60_000 : 0) },
    });
    const { sandbox } = world;
    const { secretArn } = await world.credential();
    sandbox.secretsManager.onChange(({ labelMoves }) => {
      hasMoved ||= labelMoves.some(({ label }) => label === 'AWSCURRENT');
    });

    const versionId = await world.rotateSecret(secretArn);
    const outcome = await world.outcome(secretArn, versionId);
    const steps = [];
    for (const step of ['createSecret', 'testSecret', 'finishSecret'] as const) {
      steps.push(await world.invokeStep(step, secretArn, versionId));
    }
    const [meanwhile] = sandbox.stepFunctions.executions(sandbox.stateMachineArn);
    const { status } = await world.execution(versionId);
    await sandbox.advance(60_000);

    expect(outcome).toEqual({ status: 'succeeded' });
    expect(steps).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(meanwhile?.status).toBe('RUNNING');
    expect(status).toBe('SUCCEEDED');
    expect(sandbox.sns.messages()).toEqual([]);
  });
});

describe('a rotation that succeeds', () => {
  it('calls only StartExecution of Step Functions', async () => {
    const world = await rotationWorld();
    const { secretArn } = await world.credential();

    await world.rotate(secretArn);

    const calls = world.sandbox.callLog
      .calls()
      .filter(({ service, functionArn }) => service === 'states' && functionArn !== undefined)
      .map(({ operation }) => operation);
    expect(calls).toEqual(['StartExecution']);
  });

  it('succeeds although polls of the labels are throttled', async () => {
    const world = await rotationWorld();
    const { sandbox } = world;
    const { secretArn } = await world.credential();
    // The first poll, and the SDK's retry of it.
    for (const nth of [2, 3]) {
      sandbox.faults.add({
        target: 'secretsmanager:DescribeSecret',
        kind: 'throttled',
        by: 'rotation',
        when: { nth },
      });
    }

    const { outcome } = await world.rotate(secretArn);

    expect(outcome).toEqual({ status: 'succeeded' });
    expect(sandbox.faults.injected()).toHaveLength(2);
  });

  it('succeeds although reads return stale labels', async () => {
    const world = await rotationWorld();
    const { secretArn } = await world.credential();
    await world.sandbox.advance(1_000);
    world.sandbox.secretsManager.behaviour.readLagMs = 1_000;

    const { outcome, execution } = await world.rotate(secretArn);

    expect(outcome).toEqual({ status: 'succeeded' });
    expect(execution.status).toBe('SUCCEEDED');
  });
});

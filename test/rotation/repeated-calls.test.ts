import { describe, expect, it } from 'vitest';
import { attemptsIn } from './execution-outcome.ts';
import { rotationWorld } from './rotation-world.ts';

const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
const UNAVAILABLE = { status: 503, headers: {}, body: '' };

describe('repeated calls of the rotation function for one version', () => {
  it('attach to the running execution and find it complete afterwards', async () => {
    const world = await rotationWorld();
    const { sandbox } = world;
    const { secretArn, clientId } = await world.credential();
    sandbox.faults.add({ target: 'genesys:token', kind: 'delay', ms: 15_000 });

    const versionId = await world.rotateSecret(secretArn);
    const executionArn = await world.started(versionId);
    // Until DescribeExecution shows it. Secrets Manager calls no step earlier, because createSecret has not responded.
    await sandbox.advance(1_000);
    const call = async (step: (typeof STEPS)[number]) => {
      const response = await world.invokeStep(step, secretArn, versionId);
      return { response, execution: sandbox.stepFunctions.execution(executionArn).status };
    };
    const [set, ...others] = await Promise.all([
      call('setSecret'),
      call('createSecret'),
      call('createSecret'),
      call('testSecret'),
      call('finishSecret'),
    ]);
    const outcome = await world.outcome(secretArn, versionId);
    const late: unknown[] = [];
    for (const step of STEPS) late.push(await world.invokeStep(step, secretArn, versionId));

    expect(set).toEqual({ response: 'succeeded', execution: 'RUNNING' });
    expect(others).toEqual(Array(4).fill({ response: 'succeeded', execution: 'SUCCEEDED' }));
    expect(outcome).toEqual({ status: 'succeeded' });
    expect(late).toEqual(['succeeded', 'succeeded', 'succeeded', 'succeeded']);
    expect(sandbox.genesysCloud.counts(clientId)).toMatchObject({ refreshes: 1, refusedRefreshes: 0 });
    expect(await world.executionNames()).toHaveLength(1);
  });

  it('report a failed execution, which only createSecret redrives, once for any number of parallel calls', async () => {
    const world = await rotationWorld({ secretsManager: { retryDelaysMs: [] } });
    const { sandbox } = world;
    const { secretArn, clientId } = await world.credential();
    const serveRefreshesAgain = world.refreshesRespondWith(UNAVAILABLE);
    const { versionId, execution: failed } = await world.rotateUntilClosed(secretArn);
    serveRefreshesAgain();

    const set = await world.invokeStep('setSecret', secretArn, versionId);
    const test = await world.invokeStep('testSecret', secretArn, versionId);
    const finish = await world.invokeStep('finishSecret', secretArn, versionId);
    const meanwhile = await world.execution(versionId);
    const responses = await Promise.all(
      [1, 2, 3].map(() => world.invokeStep('createSecret', secretArn, versionId)),
    );

    const execution = await world.execution(versionId);
    // There is nothing to set, whether or not the rotation has failed.
    expect(set).toBe('succeeded');
    expect(test).toMatchObject({
      error: 'RotationFailed',
      message: expect.stringContaining(`${failed.executionArn} failed with GenesysUnavailable`),
    });
    expect(finish).toMatchObject({ error: 'RotationFailed' });
    expect(meanwhile).toMatchObject({ status: 'FAILED', redriveCount: 0 });
    expect(responses).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(execution).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1 });
    expect(attemptsIn(execution, 'Refresh')).toBe(attemptsIn(failed, 'Refresh') + 1);
    expect(sandbox.genesysCloud.counts(clientId)).toMatchObject({ refreshes: 1, refusedRefreshes: 0 });
    expect(await world.executionNames()).toHaveLength(1);
    expect((await world.labels(secretArn))[versionId]).toContain('AWSCURRENT');
  });

  it('are rejected for a version that is not being rotated and for an unknown step', async () => {
    const world = await rotationWorld();
    const { secretArn, clientId } = await world.credential();
    const unknownVersionId = '00000000-0000-4000-8000-000000000000';

    const responses: unknown[] = [];
    for (const step of ['createSecret', 'testSecret', 'finishSecret', 'dropSecret'] as const) {
      responses.push(await world.invokeStep(step, secretArn, unknownVersionId));
    }

    expect(responses).toEqual(
      Array(4).fill({ error: 'InvalidRotationRequest', message: expect.any(String) }),
    );
    expect(await world.executionNames()).toEqual([]);
    expect(world.sandbox.genesysCloud.counts(clientId).refreshes).toBe(0);
  });
});

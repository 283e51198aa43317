import { describe, expect, it } from 'vitest';
import { attemptsIn } from './execution-outcome.ts';
import { rotationWorld } from './rotation-world.ts';

const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
const UNAVAILABLE = { status: 503, headers: {}, body: '' };

describe('calls of the rotation function for one version', () => {
  it('attach to the execution that runs, and find it done afterwards', async () => {
    const world = await rotationWorld({ virtualTime: false, stepFunctions: { startLagMs: 0 } });
    const { sandbox } = world;
    const { secretArn, clientId } = await world.credential();
    const gate = Promise.withResolvers<unknown>();
    world.before('refresh', () => gate.promise);

    const versionId = await world.rotateSecret(secretArn);
    await world.started(versionId);
    let answered = 0;
    const repeated = (['createSecret', 'createSecret', 'testSecret', 'finishSecret'] as const).map(
      async step => {
        const answer = await world.invokeStep(step, secretArn, versionId);
        answered++;
        return answer;
      },
    );
    const setWhileRunning = await world.invokeStep('setSecret', secretArn, versionId);
    // The first createSecret only starts it; each of the others has looked at it once.
    await world.called('states:DescribeExecution', 4);
    const answeredWhileRunning = answered;
    gate.resolve(undefined);
    const answers = await Promise.all(repeated);
    const outcome = await world.outcome(secretArn, versionId);
    const lateAnswers: unknown[] = [];
    for (const step of STEPS) lateAnswers.push(await world.invokeStep(step, secretArn, versionId));

    expect(setWhileRunning).toBe('succeeded');
    expect(answeredWhileRunning).toBe(0);
    expect(answers).toEqual(['succeeded', 'succeeded', 'succeeded', 'succeeded']);
    expect(outcome).toEqual({ status: 'succeeded' });
    expect(lateAnswers).toEqual(['succeeded', 'succeeded', 'succeeded', 'succeeded']);
    expect(sandbox.genesysCloud.counts(clientId)).toMatchObject({ refreshes: 1, refusedRefreshes: 0 });
    expect(await world.executionNames()).toHaveLength(1);
  });

  it('report a failed execution, and only createSecret redrives it, once, however many come together', async () => {
    const world = await rotationWorld({ secretsManager: { retryDelaysMs: [] } });
    const { sandbox } = world;
    const { secretArn, clientId } = await world.credential();
    const serveRefreshesAgain = world.refreshesAnswered(UNAVAILABLE);
    const { versionId, execution: failed } = await world.rotateUntilClosed(secretArn);
    serveRefreshesAgain();

    const set = await world.invokeStep('setSecret', secretArn, versionId);
    const test = await world.invokeStep('testSecret', secretArn, versionId);
    const finish = await world.invokeStep('finishSecret', secretArn, versionId);
    const meanwhile = await world.execution(versionId);
    const answers = await Promise.all(
      [1, 2, 3].map(() => world.invokeStep('createSecret', secretArn, versionId)),
    );

    const execution = await world.execution(versionId);
    // There is nothing to set, whatever became of the rotation.
    expect(set).toBe('succeeded');
    expect(test).toMatchObject({
      error: 'RotationFailed',
      message: expect.stringContaining(`${failed.executionArn} failed with GenesysUnavailable`),
    });
    expect(finish).toMatchObject({ error: 'RotationFailed' });
    expect(meanwhile).toMatchObject({ status: 'FAILED', redriveCount: 0 });
    expect(answers).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(execution).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1 });
    // Two in the run that failed, one in the redrive.
    expect(attemptsIn(execution, 'Refresh')).toBe(3);
    expect(sandbox.genesysCloud.counts(clientId)).toMatchObject({ refreshes: 1, refusedRefreshes: 0 });
    expect(await world.executionNames()).toHaveLength(1);
    expect((await world.labels(secretArn))[versionId]).toContain('AWSCURRENT');
  });

  it('are refused for a version that no rotation knows, and for a step that does not exist', async () => {
    const world = await rotationWorld();
    const { secretArn, clientId } = await world.credential();
    const unknownVersionId = '00000000-0000-4000-8000-000000000000';

    const answers: unknown[] = [];
    for (const step of ['createSecret', 'testSecret', 'finishSecret', 'dropSecret'] as const) {
      answers.push(await world.invokeStep(step, secretArn, unknownVersionId));
    }

    expect(answers).toEqual(Array(4).fill({ error: 'InvalidRotationRequest', message: expect.any(String) }));
    expect(await world.executionNames()).toEqual([]);
    expect(world.sandbox.genesysCloud.counts(clientId).refreshes).toBe(0);
  });
});

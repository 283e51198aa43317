import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { runCliForJson } from '../helpers/cli.ts';
import { rotationWorld } from '../rotation/rotation-world.ts';

const SECRET = 'transition/credential';

/**
 * A world in which the first rotation's execution does not make its last transition until the clock is advanced:
 * AWSCURRENT has moved, and Secrets Manager has finished the rotation.
 */
async function beforeLastTransition() {
  let first = '';
  let hasMoved = false;
  const moved = Promise.withResolvers<void>();
  const world = await rotationWorld({
    virtualTime: false,
    events: { rules: 'patterns' },
    latencies: {
      stateTransition: executionArn => {
        first ||= executionArn;
        return hasMoved && executionArn === first ? 3_600_000 : 0;
      },
    },
  });
  const { secretArn } = await world.credential({ secretName: SECRET });
  world.sandbox.secretsManager.onChange(({ labelMoves }) => {
    if (!labelMoves.some(({ label }) => label === 'AWSCURRENT')) return;
    hasMoved = true;
    moved.resolve();
  });
  const stop = () => world.stepFunctions.send(new StopExecutionCommand({ executionArn: first }));
  return { world, secretArn, moved: moved.promise, stop };
}

describe('an execution before its last transition', () => {
  it('counts as running, and as healthy once it is stopped', async () => {
    const { world, secretArn, stop } = await beforeLastTransition();
    const { sandbox } = world;
    const versionId = await world.rotateSecret(secretArn);
    const outcome = await world.outcome(secretArn, versionId);

    const statusMeanwhile = await runCliForJson(sandbox, ['status', SECRET]);
    const followMeanwhile = await runCliForJson(sandbox, ['follow', SECRET, '--timeout', '1']);
    await stop();
    const status = await runCliForJson(sandbox, ['status', SECRET]);
    const follow = await runCliForJson(sandbox, ['follow', SECRET]);
    const redrive = await runCliForJson(sandbox, ['redrive', SECRET]);
    const rotate = await runCliForJson(sandbox, ['rotate', SECRET]);

    expect(outcome).toEqual({ status: 'succeeded' });
    expect(statusMeanwhile.result).toMatchObject({ credentials: [{ health: 'rotating' }] });
    expect(followMeanwhile.result).toMatchObject({ outcome: 'stillRunning' });
    expect(status.result).toMatchObject({ credentials: [{ health: 'healthy', next: [] }] });
    expect(follow.result).toMatchObject({ outcome: 'nothingRuns', health: 'healthy' });
    expect(redrive.result).toMatchObject({ outcome: 'nothingToRedrive' });
    expect(rotate.result).toMatchObject({ outcome: 'rotated' });
    expect(sandbox.sns.messages()).toEqual([]);
  });

  it('counts as success for rotate when it is stopped', async () => {
    const { world, moved, stop } = await beforeLastTransition();

    const rotating = runCliForJson(world.sandbox, ['rotate', SECRET]);
    await moved;
    await stop();
    const { result, exitCode } = await rotating;

    expect(result).toMatchObject({ outcome: 'rotated', failedAfterwards: true });
    expect(exitCode).toBe(0);
  });
});

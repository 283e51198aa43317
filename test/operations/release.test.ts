import { beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../functions/shared/durations.ts';
import { readStack } from '../../sandbox/template/stack-model.ts';
import { runCliForJson } from '../helpers/cli.ts';
import { deployedRelease } from '../helpers/release-assembly.ts';
import { recoveryWorld } from '../recovery/recovery-world.ts';
import { statesOf } from '../rotation/execution-outcome.ts';
import { rotationWorld } from '../rotation/rotation-world.ts';

const ACCOUNT = { accountId: '123456789012', region: 'us-east-1', partition: 'aws' };

describe('a deployment of a release', () => {
  let deployment: Awaited<ReturnType<typeof deployedRelease>>;

  beforeAll(async () => {
    deployment = await deployedRelease();
  });

  /** A rotation that failed in StorePending two hours ago, with eight-hour tokens. */
  async function waitingRotation() {
    const world = await recoveryWorld({ ...deployment, secretsManager: { retryDelaysMs: [] } });
    const { secretArn } = await world.credential({ tokenDurationSeconds: 8 * 3_600 });
    world.crashIn('StorePending');
    await world.rotated(secretArn);
    await world.sandbox.advance(2 * HOUR_MS);
    world.clearFaults();
    return { world, failed: await world.lastClosed(secretArn) };
  }

  it('passes diagnose', async () => {
    const world = await rotationWorld({ ...deployment, virtualTime: false, events: { rules: 'none' } });
    const { secretName } = await world.credential();

    const { result } = await runCliForJson(world.sandbox, ['diagnose', secretName]);

    expect(result).toMatchObject({
      steps: expect.arrayContaining([expect.objectContaining({ step: 'permissions', status: 'ok' })]),
    });
    expect(result).not.toHaveProperty('firstWrong', expect.anything());
  });

  it.each<{ change: Record<string, string>; states: string[] }>([
    // The tokens do not last nine hours, which is the longest gap with the default interval of eight hours.
    { change: {}, states: ['RefreshAgain', 'StorePending', 'Verify', 'Promote', 'Rotated'] },
    { change: { RotationInterval: '4h' }, states: ['Verify', 'Promote', 'Rotated'] },
  ])('applies changed parameters immediately: $change', async ({ change, states }) => {
    const { world, failed } = await waitingRotation();
    const { assemblyDirectory, parameters } = deployment;
    const updated = readStack({ ...ACCOUNT, assemblyDirectory, parameters: { ...parameters, ...change } });

    for (const definition of updated.functions) world.sandbox.lambda.updateFunction(definition);
    const redriven = await world.redriven(failed);

    expect(redriven.status).toBe('SUCCEEDED');
    expect(statesOf(redriven).slice(statesOf(failed).length)).toEqual(states);
  });
});

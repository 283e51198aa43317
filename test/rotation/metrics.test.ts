import { describe, expect, it } from 'vitest';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { type MetricsLine, metricsOf } from '../helpers/capture-metrics.ts';
import { rotationWorld } from './rotation-world.ts';

/** The metrics that the functions of a sandbox wrote, in the order of the workflow. */
function measured({ lambda, stack }: Sandbox): readonly MetricsLine[] {
  return stack.functions
    .flatMap(({ name }) => lambda.logs(name))
    .filter(({ stream, text }) => stream === 'stdout' && text.includes('"_aws"'))
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .map(({ text }) => JSON.parse(text));
}

describe('the metrics of a rotation', () => {
  it('are separate log lines that identify the rotation and have no secret as a dimension', async () => {
    const world = await rotationWorld();
    const { secretArn } = await world.credential({ secretName: 'genesys/measured' });

    const { versionId, execution } = await world.rotate(secretArn);

    const lines = measured(world.sandbox);
    expect(lines.map(line => Object.keys(metricsOf(line)))).toEqual([
      ['RefreshTime', 'AccessTokenLifetime'],
      ['Rotations', 'TokenGap'],
    ]);
    expect(lines.map(({ state }) => state)).toEqual(['Refresh', 'Promote']);
    for (const { _aws, ...line } of lines) {
      expect(line).toMatchObject({
        secretName: 'genesys/measured',
        secretArn,
        versionId,
        execution: execution.executionArn,
      });
      expect(_aws.CloudWatchMetrics.flatMap(({ Dimensions }) => Dimensions)).toEqual([['service']]);
    }
  });

  it('count a rotation that stands down as superseded, not as completed', async () => {
    const world = await rotationWorld();
    const credential = await world.credential();
    world.before('promote', () => world.authorizeAgain(credential));

    await world.rotate(credential.secretArn);

    expect(measured(world.sandbox).map(line => Object.keys(metricsOf(line))[0])).toEqual([
      'RefreshTime',
      'SupersededRotations',
    ]);
  });
});

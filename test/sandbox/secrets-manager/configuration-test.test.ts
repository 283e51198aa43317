import { describe, expect, it } from 'vitest';
import { secretsWorld, V1, V2 } from './secrets-world.ts';

describe('RotateSecret with RotateImmediately=false', () => {
  it('runs testSecret alone on a pending copy of the current value and removes the copy', async () => {
    const world = secretsWorld();
    await world.createSecret();
    const responses: unknown[] = [];
    world.steps.testSecret = async event => {
      responses.push(
        await world.call('GetSecretValue', {
          SecretId: event.SecretId,
          VersionId: event.ClientRequestToken,
          VersionStage: 'AWSPENDING',
        }),
      );
    };

    await world.rotate({ RotateImmediately: false });

    expect(world.events.map(event => event.Step)).toEqual(['testSecret']);
    expect(responses).toMatchObject([
      { VersionId: V2, SecretString: 'first', VersionStages: ['AWSPENDING'] },
    ]);
    expect(world.labels()).toEqual({ [V1]: ['AWSCURRENT'] });
    expect(world.eventNames()).toEqual(['TestRotationStarted', 'TestRotationSucceeded']);
    expect(await world.call('DescribeSecret', { SecretId: 'genesys' })).not.toHaveProperty('LastRotatedDate');
  });

  it('reports a failed test, removes the copy and does not retry', async () => {
    const world = secretsWorld();
    await world.createSecret();
    world.steps.testSecret = () => {
      throw new TypeError('broken');
    };

    await world.rotate({ RotateImmediately: false });
    await world.advance(86_400_000);

    expect(world.eventNames()).toEqual(['TestRotationStarted', 'TestRotationFailed']);
    expect(world.labels()).toEqual({ [V1]: ['AWSCURRENT'] });
    expect(world.events).toHaveLength(1);
  });
});

import { describe, expect, it } from 'vitest';
import { OPERATOR, ROTATION_FUNCTION, refusal, secretsWorld, V1, V2, V3 } from './secrets-world.ts';

const INCOMPLETE = "A previous rotation isn't complete. That rotation will be reattempted.";

function fail(): never {
  throw new TypeError('broken');
}

/** A promise that a step waits for, and the function that resolves it. */
function gate() {
  return Promise.withResolvers<void>();
}

describe('a write to AWSCURRENT during a rotation', () => {
  it.each(['PutSecretValue', 'UpdateSecret'])('abandons the rotation (%s)', async operation => {
    const world = secretsWorld();
    await world.createSecret();
    const open = gate();
    const entered = gate();
    world.steps.createSecret = () => {
      entered.resolve();
      return open.promise;
    };
    const rotation = world.rotate();
    await entered.promise;

    await world.call(
      operation,
      { SecretId: 'genesys', ClientRequestToken: V3, SecretString: 'third' },
      OPERATOR,
    );

    expect(await world.secretsManager.rotationOutcome('genesys', V2)).toEqual({ status: 'abandoned' });
    open.resolve();
    await rotation;
    expect(world.eventNames()).toEqual(['RotationStarted', 'RotationAbandoned']);
    expect(world.events).toHaveLength(1);
    expect(world.labels()).toEqual({ [V1]: ['AWSPREVIOUS'], [V2]: [], [V3]: ['AWSCURRENT'] });
  });

  it('cancels a pending retry', async () => {
    const world = secretsWorld({ behaviour: { retryDelaysMs: [60_000] } });
    await world.createSecret();
    world.steps.createSecret = fail;
    await world.rotate();

    await world.put(V3, 'third');
    await world.advance(60_000);

    expect(world.events).toHaveLength(1);
    expect(world.eventNames()).toEqual(['RotationStarted', 'RotationFailed', 'RotationAbandoned']);
  });

  it('leaves no version that a late write of the abandoned rotation could use', async () => {
    const world = secretsWorld();
    await world.createSecret();
    world.steps.createSecret = fail;
    await world.rotate();
    await world.put(V3, 'third');

    await expect(world.put(V2, 'late', { VersionStages: ['AWSPENDING'] })).rejects.toMatchObject(
      refusal('ResourceExistsException'),
    );
  });
});

describe('CancelRotateSecret', () => {
  it('stops the remaining steps and leaves AWSPENDING, which blocks the next rotation', async () => {
    const world = secretsWorld();
    const arn = await world.createSecret();
    const open = gate();
    const entered = gate();
    world.steps.setSecret = () => {
      entered.resolve();
      return open.promise;
    };
    const rotation = world.rotate();
    await entered.promise;

    const response = await world.call('CancelRotateSecret', { SecretId: 'genesys' });

    expect(response).toEqual({ ARN: arn, Name: 'genesys', VersionId: V2 });
    expect(await world.secretsManager.rotationOutcome('genesys', V2)).toEqual({ status: 'cancelled' });
    open.resolve();
    await rotation;
    expect(world.events.map(event => event.Step)).toEqual(['createSecret', 'setSecret']);
    expect(world.labels()).toEqual({ [V1]: ['AWSCURRENT'], [V2]: ['AWSPENDING'] });
    expect(await world.call('DescribeSecret', { SecretId: 'genesys' })).toMatchObject({
      RotationEnabled: false,
      RotationLambdaARN: ROTATION_FUNCTION,
    });
    await expect(world.rotate({ ClientRequestToken: V3 })).rejects.toMatchObject(
      refusal('InvalidRequestException', INCOMPLETE),
    );
  });

  it('cancels pending retries', async () => {
    const world = secretsWorld({ behaviour: { retryDelaysMs: [60_000] } });
    await world.createSecret();
    world.steps.createSecret = fail;
    await world.rotate();

    await world.call('CancelRotateSecret', { SecretId: 'genesys' });
    await world.advance(60_000);

    expect(world.events).toHaveLength(1);
  });

  it('allows a new rotation once a default put has overwritten AWSPENDING', async () => {
    const world = secretsWorld();
    await world.createSecret();
    world.steps.setSecret = fail;
    await world.rotate();
    await world.call('CancelRotateSecret', { SecretId: 'genesys' });
    await world.put(V3, 'third');
    delete world.steps.setSecret;
    const fourth = '44444444-4444-4444-8444-444444444444';

    await world.rotate({ ClientRequestToken: fourth, RotationLambdaARN: undefined });

    expect(await world.secretsManager.rotationOutcome('genesys', fourth)).toEqual({ status: 'succeeded' });
  });
});

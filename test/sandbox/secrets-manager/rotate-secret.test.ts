import { describe, expect, it } from 'vitest';
import { ROTATION_FUNCTION, refusal, secretsWorld, V1, V2, V3 } from './secrets-world.ts';

const INCOMPLETE = "A previous rotation isn't complete. That rotation will be reattempted.";
const TOKEN_MISSING = 'You must provide a ClientRequestToken value. We recommend a UUID-type value.';

/** A promise that a step waits for, and the function that resolves it. */
function gate() {
  return Promise.withResolvers<void>();
}

describe('RotateSecret', () => {
  it('returns before it invokes the function', async () => {
    const world = secretsWorld();
    const arn = await world.createSecret();
    const open = gate();
    world.steps.createSecret = () => open.promise;

    const response = await world.call('RotateSecret', {
      SecretId: 'genesys',
      ClientRequestToken: V2,
      RotationLambdaARN: ROTATION_FUNCTION,
    });

    expect(response).toEqual({ ARN: arn, Name: 'genesys', VersionId: V2 });
    expect(world.labels()).toEqual({ [V1]: ['AWSCURRENT'], [V2]: ['AWSPENDING'] });
    open.resolve();
    await world.secretsManager.rotationsIdle();
  });

  it('runs the four steps in order, each with the full ARN and its own RotationToken', async () => {
    const world = secretsWorld();
    const arn = await world.createSecret();

    await world.rotate();

    expect(world.events.map(event => event.Step)).toEqual([
      'createSecret',
      'setSecret',
      'testSecret',
      'finishSecret',
    ]);
    expect(world.events).toContainEqual({
      Step: 'createSecret',
      SecretId: arn,
      ClientRequestToken: V2,
      RotationToken: expect.any(String),
    });
    expect(new Set(world.events.map(event => event.RotationToken)).size).toBe(4);
    expect(new Set(world.events.map(event => event.ClientRequestToken))).toEqual(new Set([V2]));
  });

  it('shows createSecret the pending version without a value', async () => {
    const world = secretsWorld();
    await world.createSecret();
    const responses: unknown[] = [];
    world.steps.createSecret = async event => {
      responses.push(await world.call('DescribeSecret', { SecretId: event.SecretId }));
      await world
        .call('GetSecretValue', { SecretId: 'genesys', VersionId: V2, VersionStage: 'AWSPENDING' })
        .catch(error => responses.push(error));
    };

    await world.rotate();

    expect(responses).toMatchObject([
      { RotationEnabled: true, VersionIdsToStages: { [V1]: ['AWSCURRENT'], [V2]: ['AWSPENDING'] } },
      refusal(
        'ResourceNotFoundException',
        "Secrets Manager can't find the specified secret value for staging label: AWSPENDING",
      ),
    ]);
  });

  it('removes AWSPENDING after a success and reports it', async () => {
    const world = secretsWorld();
    await world.createSecret();

    await world.rotate();

    expect(world.labels()).toEqual({ [V1]: ['AWSPREVIOUS'], [V2]: ['AWSCURRENT'] });
    expect(await world.secretsManager.rotationOutcome('genesys', V2)).toEqual({ status: 'succeeded' });
    expect(world.eventNames()).toEqual(['RotationStarted', 'RotationSucceeded']);
    expect(await world.call('DescribeSecret', { SecretId: 'genesys' })).toMatchObject({
      LastRotatedDate: 1772447400,
    });
  });

  it('succeeds when no version has AWSPENDING at the end', async () => {
    const world = secretsWorld();
    await world.createSecret();
    world.steps.finishSecret = () =>
      world.call('UpdateSecretVersionStage', {
        SecretId: 'genesys',
        VersionStage: 'AWSPENDING',
        RemoveFromVersionId: V2,
      });

    await world.rotate();

    expect(await world.secretsManager.rotationOutcome('genesys', V2)).toEqual({ status: 'succeeded' });
  });

  it('fails when no version has AWSPENDING at the end, but its own version must be AWSCURRENT', async () => {
    const world = secretsWorld({ behaviour: { endState: 'versionIsCurrent' } });
    await world.createSecret();
    world.steps.finishSecret = () =>
      world.call('UpdateSecretVersionStage', {
        SecretId: 'genesys',
        VersionStage: 'AWSPENDING',
        RemoveFromVersionId: V2,
      });

    await world.rotate();

    expect(await world.secretsManager.rotationOutcome('genesys', V2)).toMatchObject({ status: 'failed' });
  });

  it('fails when the steps succeed but AWSPENDING stays on a version that is not AWSCURRENT', async () => {
    const world = secretsWorld();
    await world.createSecret();
    delete world.steps.finishSecret;

    await world.rotate();

    expect(world.eventNames()).toEqual(['RotationStarted', 'RotationFailed']);
    expect(world.labels()).toEqual({ [V1]: ['AWSCURRENT'], [V2]: ['AWSPENDING'] });
  });

  it('keeps the version of createSecret when a later step puts the same value again', async () => {
    const world = secretsWorld();
    await world.createSecret();
    world.steps.setSecret = event => world.steps.createSecret?.(event);

    await world.rotate();

    expect(await world.secretsManager.rotationOutcome('genesys', V2)).toEqual({ status: 'succeeded' });
  });

  it('uses the start of the rotation as the creation date of the pending version', async () => {
    const world = secretsWorld();
    await world.createSecret();
    const put = world.steps.createSecret;
    world.steps.createSecret = event => {
      world.clock.advance(60_000);
      return put?.(event);
    };

    await world.rotate();

    expect(await world.call('GetSecretValue', { SecretId: 'genesys' })).toMatchObject({
      CreatedDate: 1772447400,
    });
  });

  it.each([
    ['the token is missing', { ClientRequestToken: undefined }, 'InvalidParameterException', TOKEN_MISSING],
    [
      'no function is set',
      { RotationLambdaARN: undefined },
      'InvalidRequestException',
      'No Lambda rotation function ARN is associated with this secret.',
    ],
    [
      'the function cannot be invoked',
      { RotationLambdaARN: `${ROTATION_FUNCTION}-gone` },
      'AccessDeniedException',
      'Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.',
    ],
    ['a version already has the token', { ClientRequestToken: V1 }, 'InvalidRequestException', undefined],
  ])('stores nothing when %s', async (_, changes, type, message) => {
    const world = secretsWorld();
    await world.createSecret();

    await expect(world.rotate(changes)).rejects.toMatchObject(refusal(type, message));

    expect(await world.call('DescribeSecret', { SecretId: 'genesys' })).not.toHaveProperty('RotationEnabled');
    expect(world.labels()).toEqual({ [V1]: ['AWSCURRENT'] });
  });

  it('is refused while a rotation runs, even if its version is already AWSCURRENT', async () => {
    const world = secretsWorld();
    await world.createSecret();
    const promoted = gate();
    const open = gate();
    const put = world.steps.createSecret;
    world.steps.createSecret = async event => {
      await put?.(event);
      await world.promote(V2);
      promoted.resolve();
      await open.promise;
    };
    delete world.steps.finishSecret;
    const rotation = world.rotate();
    await promoted.promise;

    await expect(world.rotate({ ClientRequestToken: V3 })).rejects.toMatchObject(
      refusal('InvalidRequestException', INCOMPLETE),
    );

    open.resolve();
    await rotation;
    expect(await world.secretsManager.rotationOutcome('genesys', V2)).toEqual({ status: 'succeeded' });
  });
});

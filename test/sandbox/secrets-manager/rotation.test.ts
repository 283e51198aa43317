import { describe, expect, it } from 'vitest';
import { OPERATOR, ROTATION_FUNCTION, refusal, secretsWorld, V1, V2, V3 } from './secrets-world.ts';

const INCOMPLETE = "A previous rotation isn't complete. That rotation will be reattempted.";
const TOKEN_MISSING = 'You must provide a ClientRequestToken value. We recommend a UUID-type value.';

function fail(): never {
  throw new TypeError('broken');
}

/** A promise that a step waits for, and its key. */
function gate() {
  return Promise.withResolvers<void>();
}

describe('RotateSecret', () => {
  it('answers before the function is invoked', async () => {
    const world = secretsWorld();
    const arn = await world.createSecret();
    const open = gate();
    world.steps.createSecret = () => open.promise;

    const answer = await world.call('RotateSecret', {
      SecretId: 'genesys',
      ClientRequestToken: V2,
      RotationLambdaARN: ROTATION_FUNCTION,
    });

    expect(answer).toEqual({ ARN: arn, Name: 'genesys', VersionId: V2 });
    expect(world.labels()).toEqual({ [V1]: ['AWSCURRENT'], [V2]: ['AWSPENDING'] });
    open.resolve();
    await world.secretsManager.rotationsIdle();
  });

  it('runs the four steps in order, each with the full ARN and a RotationToken of its own', async () => {
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
    const seen: unknown[] = [];
    world.steps.createSecret = async event => {
      seen.push(await world.call('DescribeSecret', { SecretId: event.SecretId }));
      await world
        .call('GetSecretValue', { SecretId: 'genesys', VersionId: V2, VersionStage: 'AWSPENDING' })
        .catch(error => seen.push(error));
    };

    await world.rotate();

    expect(seen).toMatchObject([
      { RotationEnabled: true, VersionIdsToStages: { [V1]: ['AWSCURRENT'], [V2]: ['AWSPENDING'] } },
      refusal(
        'ResourceNotFoundException',
        "Secrets Manager can't find the specified secret value for staging label: AWSPENDING",
      ),
    ]);
  });

  it('takes AWSPENDING off after a success and reports it', async () => {
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

  it('leaves AWSPENDING beside AWSCURRENT if so told, and rotates again', async () => {
    const world = secretsWorld({ behaviour: { pendingAfterSuccess: 'left' } });
    await world.createSecret();
    await world.rotate();
    expect(world.labels()).toMatchObject({ [V2]: ['AWSCURRENT', 'AWSPENDING'] });

    await world.rotate({ ClientRequestToken: V3 });

    expect(world.labels()).toEqual({
      [V1]: [],
      [V2]: ['AWSPREVIOUS'],
      [V3]: ['AWSCURRENT', 'AWSPENDING'],
    });
  });

  it('succeeds when AWSPENDING is nowhere at the end', async () => {
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

  it('fails then if its own version has to be AWSCURRENT', async () => {
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

  it('keeps the version of createSecret when a later step puts the same value once more', async () => {
    const world = secretsWorld();
    await world.createSecret();
    world.steps.setSecret = event => world.steps.createSecret?.(event);

    await world.rotate();

    expect(await world.secretsManager.rotationOutcome('genesys', V2)).toEqual({ status: 'succeeded' });
  });

  it.each([
    ['rotationStart', 1772447400],
    ['firstValue', 1772447460],
  ] as const)('dates the pending version by %s', async (pendingCreatedDate, date) => {
    const world = secretsWorld({ behaviour: { pendingCreatedDate } });
    await world.createSecret();
    const put = world.steps.createSecret;
    world.steps.createSecret = event => {
      world.clock.advance(60_000);
      return put?.(event);
    };

    await world.rotate();

    expect(await world.call('GetSecretValue', { SecretId: 'genesys' })).toMatchObject({ CreatedDate: date });
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
    ['a version has the token', { ClientRequestToken: V1 }, 'ResourceExistsException', undefined],
  ])('stores nothing when %s', async (_, changes, type, message) => {
    const world = secretsWorld();
    await world.createSecret();

    await expect(world.rotate(changes)).rejects.toMatchObject(refusal(type, message));

    expect(await world.call('DescribeSecret', { SecretId: 'genesys' })).not.toHaveProperty('RotationEnabled');
    expect(world.labels()).toEqual({ [V1]: ['AWSCURRENT'] });
  });

  it('is refused while a rotation runs, even when its version is AWSCURRENT already', async () => {
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

describe('a failed rotation', () => {
  it('keeps the labels, reports the step and blocks RotateSecret', async () => {
    const world = secretsWorld();
    await world.createSecret();
    world.steps.testSecret = fail;

    await world.rotate();

    expect(world.labels()).toEqual({ [V1]: ['AWSCURRENT'], [V2]: ['AWSPENDING'] });
    expect(world.cloudTrail.events()).toMatchObject([
      { name: 'RotationStarted' },
      {
        name: 'RotationFailed',
        errorMessage: `Error when executing lambda ${ROTATION_FUNCTION} during testSecret step`,
      },
    ]);
    expect(await world.secretsManager.rotationOutcome('genesys', V2)).toEqual({
      status: 'failed',
      error: `Error when executing lambda ${ROTATION_FUNCTION} during testSecret step`,
      cause: { errorType: 'TypeError', errorMessage: 'broken', trace: [] },
    });
    await expect(world.rotate({ ClientRequestToken: V3 })).rejects.toMatchObject(
      refusal('InvalidRequestException', INCOMPLETE),
    );
  });

  it('is retried from createSecret with the same token and fresh RotationTokens', async () => {
    const world = secretsWorld({ behaviour: { retryDelaysMs: [60_000] } });
    await world.createSecret();
    world.steps.testSecret = fail;
    await world.rotate();
    delete world.steps.testSecret;

    await world.pass(60_000);

    expect(world.events.map(event => [event.Step, event.ClientRequestToken])).toEqual([
      ['createSecret', V2],
      ['setSecret', V2],
      ['testSecret', V2],
      ['createSecret', V2],
      ['setSecret', V2],
      ['testSecret', V2],
      ['finishSecret', V2],
    ]);
    expect(new Set(world.events.map(event => event.RotationToken)).size).toBe(7);
    expect(await world.secretsManager.rotationOutcome('genesys', V2)).toEqual({ status: 'succeeded' });
  });

  it('is retried with a fresh token if so told', async () => {
    const world = secretsWorld({ behaviour: { retryDelaysMs: [60_000], retryToken: 'fresh' } });
    await world.createSecret();
    world.steps.testSecret = fail;
    await world.rotate();
    delete world.steps.testSecret;

    await world.pass(60_000);

    const retried = world.events.at(-1)?.ClientRequestToken ?? '';
    expect(retried).not.toBe(V2);
    expect(world.labels()).toEqual({ [V1]: ['AWSPREVIOUS'], [V2]: [], [retried]: ['AWSCURRENT'] });
  });

  it('waits as long as told before each retry and then only for its schedule', async () => {
    const world = secretsWorld({ behaviour: { retryDelaysMs: [60_000, 120_000] } });
    await world.createSecret();
    world.steps.createSecret = fail;
    await world.rotate();
    const attempts: number[] = [];

    for (const ms of [59_999, 1, 119_999, 1, 3_600_000]) {
      await world.pass(ms);
      attempts.push(world.events.length);
    }

    expect(attempts).toEqual([1, 2, 2, 3, 3]);
    expect(world.secretsManager.secret('genesys')?.rotation?.unfinished).toEqual({
      versionId: V2,
      kind: 'rotation',
      attempt: 3,
      state: 'outOfRetries',
      error: `Error when executing lambda ${ROTATION_FUNCTION} during createSecret step`,
    });
  });

  it('says when it is retried', async () => {
    const world = secretsWorld({ behaviour: { retryDelaysMs: [60_000] } });
    await world.createSecret();
    world.steps.createSecret = fail;

    await world.rotate();

    expect(world.secretsManager.secret('genesys')?.rotation?.unfinished).toMatchObject({
      state: 'waitingForRetry',
      retryAt: new Date('2026-03-02T10:31:00Z'),
    });
  });

  it('fails when Lambda refuses the invocation', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.rotate();
    world.secretsManager.behaviour.retryDelaysMs = [];
    // A function that existed when rotation was turned on.
    const functions = world.secretsManager;
    expect(functions.secret('genesys')?.rotation?.functionArn).toBe(ROTATION_FUNCTION);
  });

  it('is not retried once somebody took AWSPENDING away', async () => {
    const world = secretsWorld({ behaviour: { retryDelaysMs: [60_000] } });
    await world.createSecret();
    world.steps.createSecret = fail;
    await world.rotate();

    await world.call('UpdateSecretVersionStage', {
      SecretId: 'genesys',
      VersionStage: 'AWSPENDING',
      RemoveFromVersionId: V2,
    });
    await world.pass(60_000);

    expect(world.events).toHaveLength(1);
  });

  it('makes way for a new rotation once its version is AWSCURRENT', async () => {
    const world = secretsWorld({ behaviour: { retryDelaysMs: [60_000] } });
    await world.createSecret();
    world.steps.testSecret = fail;
    await world.rotate();
    await world.promote(V2);
    delete world.steps.testSecret;

    await world.rotate({ ClientRequestToken: V3 });
    await world.pass(60_000);

    expect(world.labels()).toEqual({ [V1]: [], [V2]: ['AWSPREVIOUS'], [V3]: ['AWSCURRENT'] });
    expect(world.events.filter(event => event.Step === 'createSecret')).toHaveLength(2);
  });
});

describe('RotateSecret with RotateImmediately=false', () => {
  it('runs testSecret alone on a pending copy of the current value and removes the copy', async () => {
    const world = secretsWorld();
    await world.createSecret();
    const seen: unknown[] = [];
    world.steps.testSecret = async event => {
      seen.push(
        await world.call('GetSecretValue', {
          SecretId: event.SecretId,
          VersionId: event.ClientRequestToken,
          VersionStage: 'AWSPENDING',
        }),
      );
    };

    await world.rotate({ RotateImmediately: false });

    expect(world.events.map(event => event.Step)).toEqual(['testSecret']);
    expect(seen).toMatchObject([{ VersionId: V2, SecretString: 'first', VersionStages: ['AWSPENDING'] }]);
    expect(world.labels()).toEqual({ [V1]: ['AWSCURRENT'] });
    expect(world.eventNames()).toEqual(['TestRotationStarted', 'TestRotationSucceeded']);
    expect(await world.call('DescribeSecret', { SecretId: 'genesys' })).not.toHaveProperty('LastRotatedDate');
  });

  it('reports a failed test, removes the copy and does not try again', async () => {
    const world = secretsWorld();
    await world.createSecret();
    world.steps.testSecret = fail;

    await world.rotate({ RotateImmediately: false });
    await world.pass(86_400_000);

    expect(world.eventNames()).toEqual(['TestRotationStarted', 'TestRotationFailed']);
    expect(world.labels()).toEqual({ [V1]: ['AWSCURRENT'] });
    expect(world.events).toHaveLength(1);
  });
});

describe('a default PutSecretValue during a rotation', () => {
  it.each(['PutSecretValue', 'UpdateSecret'])('gives the rotation up (%s)', async operation => {
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

  it('takes its retry back', async () => {
    const world = secretsWorld({ behaviour: { retryDelaysMs: [60_000] } });
    await world.createSecret();
    world.steps.createSecret = fail;
    await world.rotate();

    await world.put(V3, 'third');
    await world.pass(60_000);

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

    const answer = await world.call('CancelRotateSecret', { SecretId: 'genesys' });

    expect(answer).toEqual({ ARN: arn, Name: 'genesys', VersionId: V2 });
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

  it('takes pending retries back', async () => {
    const world = secretsWorld({ behaviour: { retryDelaysMs: [60_000] } });
    await world.createSecret();
    world.steps.createSecret = fail;
    await world.rotate();

    await world.call('CancelRotateSecret', { SecretId: 'genesys' });
    await world.pass(60_000);

    expect(world.events).toHaveLength(1);
  });

  it('lets rotation begin again once a default put has overwritten AWSPENDING', async () => {
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

import { describe, expect, it } from 'vitest';
import { AwsError } from '../../../sandbox/aws/aws-error.ts';
import { ROTATION_FUNCTION, refusal, secretsWorld, V1, V2, V3 } from './secrets-world.ts';

const INCOMPLETE = "A previous rotation isn't complete. That rotation will be reattempted.";

function fail(): never {
  throw new TypeError('broken');
}

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

  it('is retried from createSecret with the same token and new RotationTokens', async () => {
    const world = secretsWorld({ behaviour: { retryDelaysMs: [60_000] } });
    await world.createSecret();
    world.steps.testSecret = fail;
    await world.rotate();
    delete world.steps.testSecret;

    await world.advance(60_000);

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

  it('is retried with a new token when configured', async () => {
    const world = secretsWorld({ behaviour: { retryDelaysMs: [60_000], retryToken: 'fresh' } });
    await world.createSecret();
    world.steps.testSecret = fail;
    await world.rotate();
    delete world.steps.testSecret;

    await world.advance(60_000);

    const retried = world.events.at(-1)?.ClientRequestToken ?? '';
    expect(retried).not.toBe(V2);
    expect(world.labels()).toEqual({ [V1]: ['AWSPREVIOUS'], [V2]: [], [retried]: ['AWSCURRENT'] });
  });

  it('waits the configured time before each retry, and then for its schedule', async () => {
    const world = secretsWorld({ behaviour: { retryDelaysMs: [60_000, 120_000] } });
    await world.createSecret();
    world.steps.createSecret = fail;
    await world.rotate();
    const attempts: number[] = [];

    for (const ms of [59_999, 1, 119_999, 1, 3_600_000]) {
      await world.advance(ms);
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

  it('reports when it is retried', async () => {
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
    const throttled = new AwsError('TooManyRequestsException', 'Rate Exceeded.', { statusCode: 429 });
    world.lambdaRefusal = throttled;

    await world.rotate();

    expect(await world.secretsManager.rotationOutcome('genesys', V2)).toEqual({
      status: 'failed',
      error: `Error when executing lambda ${ROTATION_FUNCTION} during createSecret step`,
      cause: throttled,
    });
  });

  it('is not retried after AWSPENDING was removed', async () => {
    const world = secretsWorld({ behaviour: { retryDelaysMs: [60_000] } });
    await world.createSecret();
    world.steps.createSecret = fail;
    await world.rotate();

    await world.call('UpdateSecretVersionStage', {
      SecretId: 'genesys',
      VersionStage: 'AWSPENDING',
      RemoveFromVersionId: V2,
    });
    await world.advance(60_000);

    expect(world.events).toHaveLength(1);
  });

  it('allows a new rotation once its version is AWSCURRENT', async () => {
    const world = secretsWorld({ behaviour: { retryDelaysMs: [60_000] } });
    await world.createSecret();
    world.steps.testSecret = fail;
    await world.rotate();
    await world.promote(V2);
    delete world.steps.testSecret;

    await world.rotate({ ClientRequestToken: V3 });
    await world.advance(60_000);

    expect(world.labels()).toEqual({ [V1]: [], [V2]: ['AWSPREVIOUS'], [V3]: ['AWSCURRENT'] });
    expect(world.events.filter(event => event.Step === 'createSecret')).toHaveLength(2);
  });
});

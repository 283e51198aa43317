import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../functions/shared/durations.ts';
import { type SecretsWorld, secretsWorld, V1, V2, V3 } from './secrets-world.ts';

const EVERY_EIGHT_HOURS = { RotationRules: { ScheduleExpression: 'rate(8 hours)', Duration: '2h' } };

/** The number of rotations that have started. */
function rotationCount(world: SecretsWorld): number {
  return world.events.filter(event => event.Step === 'createSecret').length;
}

async function nextRotationDate(world: SecretsWorld): Promise<unknown> {
  return (await world.call('DescribeSecret', { SecretId: 'genesys' })).NextRotationDate;
}

describe('a rotation schedule', () => {
  it('rotates at the start of each window by default', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.rotate(EVERY_EIGHT_HOURS);
    const counts = [rotationCount(world)];

    for (const ms of [7.5 * HOUR_MS - 1, 1, 8 * HOUR_MS - 1, 1]) {
      await world.advance(ms);
      counts.push(rotationCount(world));
    }

    expect(counts).toEqual([1, 1, 2, 2, 3]);
  });

  it('uses a new token for each scheduled rotation', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.rotate(EVERY_EIGHT_HOURS);

    await world.advance(8 * HOUR_MS);

    const tokens = new Set(world.events.map(event => event.ClientRequestToken));
    expect(tokens.size).toBe(2);
    expect(world.eventNames()).toEqual([
      'RotationStarted',
      'RotationSucceeded',
      'RotationStarted',
      'RotationSucceeded',
    ]);
  });

  it('rotates at a moment within the window that depends on a seed', async () => {
    const world = secretsWorld({ behaviour: { rotationMoment: { seed: 7 } } });
    await world.createSecret();
    await world.rotate(EVERY_EIGHT_HOURS);

    await world.advance(7.5 * HOUR_MS);
    expect(rotationCount(world)).toBe(1);
    await world.advance(2 * HOUR_MS);

    expect(rotationCount(world)).toBe(2);
  });

  it('returns the end of the next window as NextRotationDate', async () => {
    const world = secretsWorld();
    await world.createSecret();

    await world.rotate(EVERY_EIGHT_HOURS);

    expect(await nextRotationDate(world)).toBe(Date.UTC(2026, 2, 2, 20) / 1000);
  });

  it('counts a manually written value as a rotation', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.rotate(EVERY_EIGHT_HOURS);
    await world.advance(6 * HOUR_MS);

    await world.put(V3, 'third');

    expect(await nextRotationDate(world)).toBe(Date.UTC(2026, 2, 3, 2) / 1000);
    await world.advance(7 * HOUR_MS);
    expect(rotationCount(world)).toBe(1);
  });

  it('leaves NextRotationDate in the past after a failure, and retries the same version in the next window', async () => {
    const world = secretsWorld({ behaviour: { retryDelaysMs: [] } });
    await world.createSecret();
    world.steps.testSecret = () => {
      throw new Error('broken');
    };
    await world.rotate(EVERY_EIGHT_HOURS);
    await world.advance(8 * HOUR_MS);
    await world.advance(8 * HOUR_MS);
    expect(await nextRotationDate(world)).toBe(Date.UTC(2026, 2, 2, 20) / 1000);
    delete world.steps.testSecret;

    await world.advance(8 * HOUR_MS);

    expect(new Set(world.events.map(event => event.ClientRequestToken))).toEqual(new Set([V2]));
    expect(rotationCount(world)).toBe(4);
    expect(world.labels()).toEqual({ [V1]: ['AWSPREVIOUS'], [V2]: ['AWSCURRENT'] });
    expect(await nextRotationDate(world)).toBe(Date.UTC(2026, 2, 3, 20) / 1000);
  });

  it('resumes a foreign pending version, and fails because of its writer', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.rotate(EVERY_EIGHT_HOURS);
    await world.put(V3, 'third', { VersionStages: ['AWSPENDING'] });
    world.steps.createSecret = () => undefined;

    await world.advance(8 * HOUR_MS);

    expect(world.events.at(-1)).toMatchObject({ Step: 'createSecret', ClientRequestToken: V3 });
    expect(world.cloudTrail.events().at(-1)).toMatchObject({
      name: 'RotationFailed',
      errorMessage: expect.stringContaining('was not created by Lambda'),
    });
  });

  it('never runs two rotations at once', async () => {
    const world = secretsWorld();
    await world.createSecret();
    const open = Promise.withResolvers<void>();
    world.steps.setSecret = () => open.promise;
    const rotation = world.rotate(EVERY_EIGHT_HOURS);

    world.clock.advance(8 * HOUR_MS);
    open.resolve();
    await rotation;

    expect(rotationCount(world)).toBe(1);
  });

  it('stops after CancelRotateSecret', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.rotate(EVERY_EIGHT_HOURS);

    await world.call('CancelRotateSecret', { SecretId: 'genesys' });
    await world.advance(24 * HOUR_MS);

    expect(rotationCount(world)).toBe(1);
    expect(await nextRotationDate(world)).toBeUndefined();
  });

  it('uses the stored rules after CancelRotateSecret and RotateSecret', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.rotate(EVERY_EIGHT_HOURS);
    await world.call('CancelRotateSecret', { SecretId: 'genesys' });

    await world.rotate({ ClientRequestToken: V3, RotationLambdaARN: undefined });
    await world.advance(8 * HOUR_MS);

    expect(rotationCount(world)).toBe(3);
  });

  it('still rotates once on the schedule that it replaced without rotating', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.rotate(EVERY_EIGHT_HOURS);

    await world.rotate({
      ClientRequestToken: V3,
      RotateImmediately: false,
      RotationRules: { ScheduleExpression: 'rate(5 days)' },
    });
    await world.advance(48 * HOUR_MS);

    expect(rotationCount(world)).toBe(2);
  });

  it('reports a scheduled rotation that would exceed the version quota', async () => {
    const world = secretsWorld({ behaviour: { versionQuota: 2 } });
    await world.createSecret();
    await world.rotate(EVERY_EIGHT_HOURS);

    await world.advance(8 * HOUR_MS);

    expect(rotationCount(world)).toBe(1);
    expect(world.eventNames()).toEqual(['RotationStarted', 'RotationSucceeded', 'RotationFailed']);
  });

  it('stops when the secret is deleted and restarts when it is restored', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.rotate(EVERY_EIGHT_HOURS);
    await world.call('DeleteSecret', { SecretId: 'genesys' });
    await world.advance(24 * HOUR_MS);
    expect(rotationCount(world)).toBe(1);

    await world.call('RestoreSecret', { SecretId: 'genesys' });
    await world.advance(8 * HOUR_MS);

    expect(rotationCount(world)).toBe(2);
  });
});

import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../functions/shared/durations.ts';
import { type SecretsWorld, secretsWorld, V1, V2, V3 } from './secrets-world.ts';

const EVERY_EIGHT_HOURS = { RotationRules: { ScheduleExpression: 'rate(8 hours)', Duration: '2h' } };

/** How many rotations have begun. */
function begun(world: SecretsWorld): number {
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
    const counts = [begun(world)];

    for (const ms of [7.5 * HOUR_MS - 1, 1, 8 * HOUR_MS - 1, 1]) {
      await world.pass(ms);
      counts.push(begun(world));
    }

    expect(counts).toEqual([1, 1, 2, 2, 3]);
  });

  it('uses a new token for each scheduled rotation', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.rotate(EVERY_EIGHT_HOURS);

    await world.pass(8 * HOUR_MS);

    const tokens = new Set(world.events.map(event => event.ClientRequestToken));
    expect(tokens.size).toBe(2);
    expect(world.eventNames()).toEqual([
      'RotationStarted',
      'RotationSucceeded',
      'RotationStarted',
      'RotationSucceeded',
    ]);
  });

  it('rotates within the window at the moment that a seed picks', async () => {
    const world = secretsWorld({ behaviour: { rotationMoment: { seed: 7 } } });
    await world.createSecret();
    await world.rotate(EVERY_EIGHT_HOURS);

    await world.pass(7.5 * HOUR_MS);
    expect(begun(world)).toBe(1);
    await world.pass(2 * HOUR_MS);

    expect(begun(world)).toBe(2);
  });

  it('names the end of the next window as NextRotationDate', async () => {
    const world = secretsWorld();
    await world.createSecret();

    await world.rotate(EVERY_EIGHT_HOURS);

    expect(await nextRotationDate(world)).toBe(Date.UTC(2026, 2, 2, 20) / 1000);
  });

  it('counts a value written by hand as a rotation', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.rotate(EVERY_EIGHT_HOURS);
    await world.pass(6 * HOUR_MS);

    await world.put(V3, 'third');

    expect(await nextRotationDate(world)).toBe(Date.UTC(2026, 2, 3, 2) / 1000);
    await world.pass(7 * HOUR_MS);
    expect(begun(world)).toBe(1);
  });

  it('leaves NextRotationDate in the past after a failure and tries the same version again in the next window', async () => {
    const world = secretsWorld({ behaviour: { retryDelaysMs: [] } });
    await world.createSecret();
    world.steps.testSecret = () => {
      throw new Error('broken');
    };
    await world.rotate(EVERY_EIGHT_HOURS);
    await world.pass(8 * HOUR_MS);
    await world.pass(8 * HOUR_MS);
    expect(await nextRotationDate(world)).toBe(Date.UTC(2026, 2, 2, 20) / 1000);
    delete world.steps.testSecret;

    await world.pass(8 * HOUR_MS);

    expect(new Set(world.events.map(event => event.ClientRequestToken))).toEqual(new Set([V2]));
    expect(begun(world)).toBe(4);
    expect(world.labels()).toEqual({ [V1]: ['AWSPREVIOUS'], [V2]: ['AWSCURRENT'] });
    expect(await nextRotationDate(world)).toBe(Date.UTC(2026, 2, 3, 20) / 1000);
  });

  it('resumes a foreign pending version, and fails because of its writer', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.rotate(EVERY_EIGHT_HOURS);
    await world.put(V3, 'third', { VersionStages: ['AWSPENDING'] });
    world.steps.createSecret = () => undefined;

    await world.pass(8 * HOUR_MS);

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

    expect(begun(world)).toBe(1);
  });

  it('ends with CancelRotateSecret', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.rotate(EVERY_EIGHT_HOURS);

    await world.call('CancelRotateSecret', { SecretId: 'genesys' });
    await world.pass(24 * HOUR_MS);

    expect(begun(world)).toBe(1);
    expect(await nextRotationDate(world)).toBeUndefined();
  });

  it('uses the stored rules after CancelRotateSecret and RotateSecret', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.rotate(EVERY_EIGHT_HOURS);
    await world.call('CancelRotateSecret', { SecretId: 'genesys' });

    await world.rotate({ ClientRequestToken: V3, RotationLambdaARN: undefined });
    await world.pass(8 * HOUR_MS);

    expect(begun(world)).toBe(3);
  });

  it('still has the rotation of the schedule that it replaces without rotating', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.rotate(EVERY_EIGHT_HOURS);

    await world.rotate({
      ClientRequestToken: V3,
      RotateImmediately: false,
      RotationRules: { ScheduleExpression: 'rate(5 days)' },
    });
    await world.pass(48 * HOUR_MS);

    expect(begun(world)).toBe(2);
  });

  it('reports a scheduled rotation for which the secret has no room', async () => {
    const world = secretsWorld({ behaviour: { versionQuota: 2 } });
    await world.createSecret();
    await world.rotate(EVERY_EIGHT_HOURS);

    await world.pass(8 * HOUR_MS);

    expect(begun(world)).toBe(1);
    expect(world.eventNames()).toEqual(['RotationStarted', 'RotationSucceeded', 'RotationFailed']);
  });

  it('stops with a deletion and restarts with a restoration', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.rotate(EVERY_EIGHT_HOURS);
    await world.call('DeleteSecret', { SecretId: 'genesys' });
    await world.pass(24 * HOUR_MS);
    expect(begun(world)).toBe(1);

    await world.call('RestoreSecret', { SecretId: 'genesys' });
    await world.pass(8 * HOUR_MS);

    expect(begun(world)).toBe(2);
  });
});

import { describe, expect, it } from 'vitest';
import {
  lambda,
  ROTATION_FUNCTION,
  refusal,
  type SecretsWorld,
  type StepEvent,
  secretsWorld,
  V1,
  V2,
  V3,
} from './secrets-world.ts';

const PENDING = { VersionStages: ['AWSPENDING'] };

/** Writes the pending version as a function other than the rotation function. */
function writeAsWorker(world: SecretsWorld, { ClientRequestToken }: StepEvent, token?: string) {
  return world.put(
    ClientRequestToken,
    'rotated',
    { ...PENDING, RotationToken: token },
    lambda('store-pending'),
  );
}

describe('the writer of the pending version', () => {
  it('can be another function that has the RotationToken of the running invocation', async () => {
    const world = secretsWorld();
    await world.createSecret();
    world.steps.createSecret = event => writeAsWorker(world, event, event.RotationToken);

    await world.rotate();

    expect(await world.secretsManager.rotationOutcome('genesys', V2)).toEqual({ status: 'succeeded' });
  });

  it('makes the rotation fail after createSecret without a RotationToken', async () => {
    const world = secretsWorld();
    const arn = await world.createSecret();
    world.steps.createSecret = event => writeAsWorker(world, event);

    await world.rotate();

    expect(world.events.map(event => event.Step)).toEqual(['createSecret']);
    expect(world.cloudTrail.events().at(-1)).toMatchObject({
      name: 'RotationFailed',
      errorMessage: `Pending secret version ${V2} for Secret ${arn} was not created by Lambda ${ROTATION_FUNCTION}. Remove the AWSPENDING staging label and restart rotation`,
    });
  });

  it('makes every retry fail as long as the version is pending', async () => {
    const world = secretsWorld({ behaviour: { retryDelaysMs: [60_000] } });
    await world.createSecret();
    world.steps.createSecret = event => writeAsWorker(world, event);
    await world.rotate();

    await world.advance(60_000);

    expect(world.events.map(event => event.Step)).toEqual(['createSecret', 'createSecret']);
    expect(world.labels()).toEqual({ [V1]: ['AWSCURRENT'], [V2]: ['AWSPENDING'] });
  });

  it('is not checked in a retry if the version is already AWSCURRENT', async () => {
    const world = secretsWorld({ behaviour: { retryDelaysMs: [60_000] } });
    await world.createSecret();
    world.steps.createSecret = async event => {
      await writeAsWorker(world, event);
      await world.promote(V2);
    };
    delete world.steps.finishSecret;
    await world.rotate();
    expect(await world.secretsManager.rotationOutcome('genesys', V2)).toMatchObject({ status: 'failed' });
    delete world.steps.createSecret;

    await world.advance(60_000);

    expect(await world.secretsManager.rotationOutcome('genesys', V2)).toEqual({ status: 'succeeded' });
    expect(world.labels()).toEqual({ [V1]: ['AWSPREVIOUS'], [V2]: ['AWSCURRENT'] });
  });

  it('is not checked when configured', async () => {
    const world = secretsWorld({ behaviour: { foreignWriter: 'accepted' } });
    await world.createSecret();
    world.steps.createSecret = event => writeAsWorker(world, event);

    await world.rotate();

    expect(await world.secretsManager.rotationOutcome('genesys', V2)).toEqual({ status: 'succeeded' });
  });

  it('is checked for the version that AWSPENDING was moved to', async () => {
    const world = secretsWorld();
    await world.createSecret();
    world.steps.createSecret = () => world.put(V3, 'derived', PENDING, lambda('store-pending'));

    await world.rotate();

    expect(world.cloudTrail.events().at(-1)).toMatchObject({
      name: 'RotationFailed',
      errorMessage: expect.stringContaining(`Pending secret version ${V3} for Secret`),
    });
  });
});

describe('a RotationToken', () => {
  /** Returns the token of a failed createSecret. The next createSecret writes the version. */
  async function staleToken(world: SecretsWorld): Promise<string> {
    await world.createSecret();
    const createSecret = world.steps.createSecret;
    world.steps.createSecret = () => {
      throw new Error('later');
    };
    await world.rotate();
    world.steps.createSecret = createSecret;
    return world.events[0]?.RotationToken ?? '';
  }

  it('is refused when its invocation has ended, and nothing is written', async () => {
    const world = secretsWorld();
    const token = await staleToken(world);

    await expect(world.put(V2, 'late', { ...PENDING, RotationToken: token })).rejects.toMatchObject(
      refusal('InvalidRequestException'),
    );

    expect(world.secretsManager.secret('genesys')?.versions[1]).toMatchObject({ id: V2, hasValue: false });
  });

  it('is refused when it belongs to another secret', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.createSecret({ Name: 'other' });
    world.steps.createSecret = event =>
      world.put(V3, 'stolen', { SecretId: 'other', RotationToken: event.RotationToken });

    await world.rotate();

    expect(await world.secretsManager.rotationOutcome('genesys', V2)).toMatchObject({
      cause: { errorMessage: 'The RotationToken is not valid for this rotation.' },
    });
  });

  it.each([
    ['rotationFails', 'failed'],
    ['accepted', 'succeeded'],
  ] as const)(
    'is accepted for a late write with staleRotationToken %s; the retry has %s',
    async (setting, status) => {
      const world = secretsWorld({
        behaviour: { staleRotationToken: setting, retryDelaysMs: [60_000] },
      });
      const token = await staleToken(world);
      await world.put(V2, 'rotated', { ...PENDING, RotationToken: token }, lambda('store-pending'));

      await world.advance(60_000);

      expect(await world.secretsManager.rotationOutcome('genesys', V2)).toMatchObject({ status });
    },
  );
});

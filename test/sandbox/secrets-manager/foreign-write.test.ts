import {
  CreateSecretCommand,
  DescribeSecretCommand,
  InvalidRequestException,
  PutSecretValueCommand,
  RotateSecretCommand,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import type { SecretsManagerBehaviour } from '../../../sandbox/secrets-manager/behaviour.ts';
import { V1, V2, V3 } from './secrets-world.ts';
import { ROTATION_FUNCTION, type StepEvent, serveSecretsManager } from './served-secrets.ts';

const SECRET = { SecretId: 'genesys' };
const V3_VALUE = { ...SECRET, ClientRequestToken: V3, SecretString: 'third' };

const WRITES = [
  ['PutSecretValue', new PutSecretValueCommand(V3_VALUE)],
  ['UpdateSecret', new UpdateSecretCommand(V3_VALUE)],
] as const;

/** A secret whose version V1 is AWSCURRENT, and a function for its rotation. */
async function secretWithPending(
  behaviour: Partial<SecretsManagerBehaviour>,
  onStep: (event: StepEvent) => Promise<unknown> = async () => undefined,
) {
  const world = await serveSecretsManager({ behaviour, onStep });
  const { secrets } = world;
  await secrets.send(
    new CreateSecretCommand({ Name: 'genesys', ClientRequestToken: V1, SecretString: 'first' }),
  );
  const rotate = (ClientRequestToken: string) =>
    secrets.send(
      new RotateSecretCommand({ ...SECRET, ClientRequestToken, RotationLambdaARN: ROTATION_FUNCTION }),
    );
  const labels = async () => (await secrets.send(new DescribeSecretCommand(SECRET))).VersionIdsToStages ?? {};
  const putPending = () =>
    secrets.send(
      new PutSecretValueCommand({
        ...SECRET,
        ClientRequestToken: V2,
        SecretString: 'second',
        VersionStages: ['AWSPENDING'],
      }),
    );
  const promote = (to: string, from: string) =>
    secrets.send(
      new UpdateSecretVersionStageCommand({
        ...SECRET,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: to,
        RemoveFromVersionId: from,
      }),
    );
  return { ...world, rotate, labels, putPending, promote };
}

describe('pendingAfterForeignWrite', () => {
  it.each(WRITES)('removed: %s removes AWSPENDING from another version', async (_name, write) => {
    const { secrets, labels, putPending } = await secretWithPending({});
    await putPending();

    await secrets.send(write);

    expect(await labels()).toEqual({ [V1]: ['AWSPREVIOUS'], [V3]: ['AWSCURRENT'] });
  });

  it.each(WRITES)('kept: %s leaves AWSPENDING on another version', async (_name, write) => {
    const { secrets, labels, putPending } = await secretWithPending({ pendingAfterForeignWrite: 'kept' });
    await putPending();

    await secrets.send(write);

    expect(await labels()).toEqual({
      [V1]: ['AWSPREVIOUS'],
      [V2]: ['AWSPENDING'],
      [V3]: ['AWSCURRENT'],
    });
  });

  it.each(
    (['removed', 'kept'] as const).flatMap(setting =>
      WRITES.map(([name, write]) => [setting, name, write] as const),
    ),
  )('%s: %s removes AWSPENDING from the version that loses AWSCURRENT', async (setting, _name, write) => {
    const { secrets, labels, putPending, promote } = await secretWithPending({
      pendingAfterForeignWrite: setting,
    });
    await putPending();
    await promote(V2, V1);

    await secrets.send(write);

    expect(await labels()).toEqual({ [V2]: ['AWSPREVIOUS'], [V3]: ['AWSCURRENT'] });
  });

  it('kept: the running rotation continues and can promote its version', async () => {
    const world = await secretWithPending(
      { pendingAfterForeignWrite: 'kept', foreignWriter: 'accepted' },
      async ({ Step }) => {
        if (Step === 'createSecret') await world.putPending();
        if (Step === 'testSecret') await world.secrets.send(new PutSecretValueCommand(V3_VALUE));
        if (Step === 'finishSecret') await world.promote(V2, V3);
      },
    );

    await world.rotate(V2);

    expect(await world.secretsManager.rotationOutcome('genesys', V2)).toEqual({ status: 'succeeded' });
    expect(await world.labels()).toEqual({ [V2]: ['AWSCURRENT'], [V3]: ['AWSPREVIOUS'] });
  });

  it('kept: a rotation that fails after the write blocks the next one', async () => {
    const world = await secretWithPending({ pendingAfterForeignWrite: 'kept' }, async () => {
      await world.secrets.send(new PutSecretValueCommand(V3_VALUE));
      throw new Error('broken');
    });

    await world.rotate(V2);

    expect(await world.secretsManager.rotationOutcome('genesys', V2)).toMatchObject({ status: 'failed' });
    await expect(world.rotate('44444444-4444-4444-8444-444444444444')).rejects.toBeInstanceOf(
      InvalidRequestException,
    );
  });

  it('can be changed while the sandbox runs', async () => {
    const { secrets, secretsManager, labels, putPending } = await secretWithPending({});
    await putPending();

    secretsManager.behaviour.pendingAfterForeignWrite = 'kept';
    await secrets.send(new PutSecretValueCommand(V3_VALUE));

    expect((await labels())[V2]).toEqual(['AWSPENDING']);
  });
});

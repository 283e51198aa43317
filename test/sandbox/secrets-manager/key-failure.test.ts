import { describe, expect, it } from 'vitest';
import type { KeyVerdict } from '../../../sandbox/kms/key-use.ts';
import { refusal, secretsWorld, V1, V2 } from './secrets-world.ts';

/** A secret with a customer managed key that no longer works. */
async function secretWithKey(failure: KeyVerdict) {
  let verdict: KeyVerdict = 'usable';
  const world = secretsWorld({ checkKeyUse: ({ keyId }) => (keyId === 'alias/own' ? verdict : 'usable') });
  await world.createSecret({ KmsKeyId: 'alias/own' });
  verdict = failure;
  return world;
}

describe.each(['disabled', 'pending-deletion', 'missing'] as const)('a secret whose key is %s', failure => {
  it('cannot be read', async () => {
    const world = await secretWithKey(failure);

    await expect(world.call('GetSecretValue', { SecretId: 'genesys' })).rejects.toMatchObject(
      refusal('DecryptionFailure'),
    );
  });

  it('cannot be written', async () => {
    const world = await secretWithKey(failure);
    const update = { SecretId: 'genesys', ClientRequestToken: V2, SecretString: 'second' };

    await expect(world.put(V2, 'second')).rejects.toMatchObject(refusal('EncryptionFailure'));
    await expect(world.call('UpdateSecret', update)).rejects.toMatchObject(refusal('EncryptionFailure'));
    expect(world.labels()).toEqual({ [V1]: ['AWSCURRENT'] });
  });

  it('cannot repeat a write, because the values cannot be compared', async () => {
    const world = await secretWithKey(failure);

    await expect(world.put(V1, 'first')).rejects.toMatchObject(refusal('DecryptionFailure'));
  });

  it('can still be described, and its labels can be moved', async () => {
    const world = await secretWithKey(failure);

    await expect(world.call('DescribeSecret', { SecretId: 'genesys' })).resolves.toHaveProperty('ARN');
    await expect(
      world.call('UpdateSecretVersionStage', {
        SecretId: 'genesys',
        VersionStage: 'mine',
        MoveToVersionId: V1,
      }),
    ).resolves.toHaveProperty('ARN');
  });

  it('can switch to another key', async () => {
    const world = await secretWithKey(failure);

    await world.call('UpdateSecret', {
      SecretId: 'genesys',
      ClientRequestToken: V2,
      KmsKeyId: 'alias/other',
      SecretString: 'second',
    });

    expect(await world.call('GetSecretValue', { SecretId: 'genesys' })).toMatchObject({
      SecretString: 'second',
    });
  });
});

describe('CreateSecret with a disabled key', () => {
  it('is refused and creates no secret', async () => {
    const world = secretsWorld({ checkKeyUse: () => 'disabled' });

    await expect(world.createSecret({ KmsKeyId: 'alias/own' })).rejects.toMatchObject(
      refusal('EncryptionFailure'),
    );
    expect(world.secretsManager.secret('genesys')).toBeUndefined();
  });
});

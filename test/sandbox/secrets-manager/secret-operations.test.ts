import { describe, expect, it } from 'vitest';
import { refusal, secretsWorld, V1, V2 } from './secrets-world.ts';

describe('CreateSecret', () => {
  it('builds the ARN from the name, a hyphen and six random characters', async () => {
    const world = secretsWorld();

    const arn = await world.createSecret();

    expect(arn).toMatch(/^arn:aws:secretsmanager:eu-central-1:111122223333:secret:genesys-[A-Za-z0-9]{6}$/);
  });

  it('creates no version without a value', async () => {
    const world = secretsWorld();

    const response = await world.call('CreateSecret', { Name: 'genesys', ClientRequestToken: V1 });

    expect(response).toEqual({ ARN: expect.any(String), Name: 'genesys' });
    expect(await world.call('DescribeSecret', { SecretId: 'genesys' })).not.toHaveProperty(
      'VersionIdsToStages',
    );
  });

  it('returns the same secret when the call is repeated', async () => {
    const world = secretsWorld();
    const arn = await world.createSecret();

    const response = await world.createSecret();

    expect(response).toBe(arn);
  });

  it('refuses different data with the same token', async () => {
    const world = secretsWorld();
    const arn = await world.createSecret();

    await expect(world.createSecret({ SecretString: 'other' })).rejects.toMatchObject(
      refusal(
        'ResourceExistsException',
        `You can't use ClientRequestToken ${V1} because that value is already in use for a version of secret ${arn}.`,
      ),
    );
  });

  it('refuses a name that is already in use', async () => {
    const world = secretsWorld();
    await world.createSecret();

    await expect(world.createSecret({ ClientRequestToken: V2 })).rejects.toMatchObject(
      refusal('ResourceExistsException', 'The operation failed because the secret genesys already exists.'),
    );
  });

  it('refuses a name with invalid characters', async () => {
    const world = secretsWorld();

    await expect(world.createSecret({ Name: 'genesys voicemail' })).rejects.toMatchObject(
      refusal(
        'ValidationException',
        'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
      ),
    );
  });

  it('refuses a member that is not emulated, by name', async () => {
    const world = secretsWorld();

    await expect(world.createSecret({ AddReplicaRegions: [] })).rejects.toMatchObject({
      type: 'ValidationException',
      message: expect.stringContaining('addReplicaRegions'),
    });
  });

  it('creates no secret when the use of the key is denied', async () => {
    const world = secretsWorld({
      checkKeyUse: ({ encryptionContext }) =>
        encryptionContext.SecretVersionId === V1 ? 'denied' : 'usable',
    });

    await expect(world.createSecret({ KmsKeyId: 'alias/genesys' })).rejects.toMatchObject(
      refusal('AccessDeniedException', 'Access to KMS is not allowed'),
    );

    expect(world.secretsManager.secret('genesys')).toBeUndefined();
  });
});

describe('DescribeSecret', () => {
  it('omits members that were never set', async () => {
    const world = secretsWorld();
    const arn = await world.createSecret();

    const response = await world.call('DescribeSecret', { SecretId: 'genesys' });

    expect(response).toEqual({
      ARN: arn,
      Name: 'genesys',
      LastChangedDate: 1772447400,
      CreatedDate: 1772447400,
      VersionIdsToStages: { [V1]: ['AWSCURRENT'] },
    });
  });

  it('returns the day on which the secret was last read', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.call('GetSecretValue', { SecretId: 'genesys' });

    const response = await world.call('DescribeSecret', { SecretId: 'genesys' });

    expect(response).toMatchObject({ LastAccessedDate: 1772409600 });
  });

  it('lists only versions with labels', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.put(V2, 'second', { VersionStages: ['CUSTOM'] });
    await world.call('UpdateSecretVersionStage', {
      SecretId: 'genesys',
      VersionStage: 'CUSTOM',
      RemoveFromVersionId: V2,
    });

    const response = await world.call('DescribeSecret', { SecretId: 'genesys' });

    expect(response).toMatchObject({ VersionIdsToStages: { [V1]: ['AWSCURRENT'] } });
    expect(response).not.toHaveProperty(['VersionIdsToStages', V2]);
  });

  it.each([
    ['the name', (_arn: string) => 'genesys'],
    ['the full ARN', (arn: string) => arn],
    ['the ARN without the random characters', (arn: string) => arn.slice(0, -7)],
  ])('finds a secret by %s', async (_, secretId) => {
    const world = secretsWorld();
    const arn = await world.createSecret();

    const response = await world.call('DescribeSecret', { SecretId: secretId(arn) });

    expect(response).toMatchObject({ ARN: arn });
  });

  it('does not find a secret by part of its name', async () => {
    const world = secretsWorld();
    const arn = await world.createSecret();

    await expect(world.call('DescribeSecret', { SecretId: arn.slice(0, -8) })).rejects.toMatchObject(
      refusal('ResourceNotFoundException', "Secrets Manager can't find the specified secret."),
    );
  });
});

describe('UpdateSecret', () => {
  it('creates a new current version for a value', async () => {
    const world = secretsWorld();
    await world.createSecret();

    const response = await world.call('UpdateSecret', {
      SecretId: 'genesys',
      ClientRequestToken: V2,
      SecretString: 'second',
    });

    expect(response).toMatchObject({ VersionId: V2 });
    expect(world.labels()).toEqual({ [V1]: ['AWSPREVIOUS'], [V2]: ['AWSCURRENT'] });
  });

  it('creates no version when only the description changes', async () => {
    const world = secretsWorld();
    await world.createSecret();

    const response = await world.call('UpdateSecret', {
      SecretId: 'genesys',
      ClientRequestToken: V2,
      Description: 'voicemail',
    });

    expect(response).not.toHaveProperty('VersionId');
    expect(await world.call('DescribeSecret', { SecretId: 'genesys' })).toMatchObject({
      Description: 'voicemail',
    });
  });

  it('refuses a token that a version already has', async () => {
    const world = secretsWorld();
    await world.createSecret();

    await expect(
      world.call('UpdateSecret', { SecretId: 'genesys', ClientRequestToken: V1, SecretString: 'other' }),
    ).rejects.toMatchObject(refusal('ResourceExistsException'));
  });
});

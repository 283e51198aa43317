import { describe, expect, it } from 'vitest';
import { refusal, secretsWorld, V1, V2, V3 } from './secrets-world.ts';

describe('GetSecretValue', () => {
  it('returns AWSCURRENT when neither an id nor a stage is given', async () => {
    const world = secretsWorld();
    const arn = await world.createSecret();

    const response = await world.call('GetSecretValue', { SecretId: 'genesys' });

    expect(response).toEqual({
      ARN: arn,
      Name: 'genesys',
      VersionId: V1,
      SecretString: 'first',
      VersionStages: ['AWSCURRENT'],
      CreatedDate: 1772447400,
    });
  });

  it('returns a binary value as base64', async () => {
    const world = secretsWorld();
    await world.createSecret({ SecretString: undefined, SecretBinary: 'AAEC' });

    const response = await world.call('GetSecretValue', { SecretId: 'genesys' });

    expect(response).toMatchObject({ SecretBinary: 'AAEC' });
    expect(response).not.toHaveProperty('SecretString');
  });

  it('returns a version without labels by its id', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.put(V2, 'second');
    await world.put(V3, 'third');

    const response = await world.call('GetSecretValue', { SecretId: 'genesys', VersionId: V1 });

    expect(response).toMatchObject({ SecretString: 'first', VersionStages: [] });
  });

  it('returns the labels in alphabetical order', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.put(V2, 'second', { VersionStages: ['ZULU', 'AWSPENDING', 'ALPHA'] });
    await world.promote(V2);

    const response = await world.call('GetSecretValue', { SecretId: 'genesys' });

    expect(response).toMatchObject({ VersionStages: ['ALPHA', 'AWSCURRENT', 'AWSPENDING', 'ZULU'] });
  });

  it.each([
    [
      'the id and the stage disagree',
      { VersionId: V1, VersionStage: 'AWSPENDING' },
      'InvalidRequestException',
      'You provided a VersionStage that is not associated to the provided VersionId.',
    ],
    [
      'no version has the stage',
      { VersionStage: 'AWSPENDING' },
      'ResourceNotFoundException',
      "Secrets Manager can't find the specified secret value for staging label: AWSPENDING",
    ],
    [
      'no version has the id',
      { VersionId: V2 },
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for VersionId: ${V2}`,
    ],
    [
      'no version has the id, for any stage',
      { VersionId: V2, VersionStage: 'AWSPENDING' },
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for VersionId: ${V2}`,
    ],
    [
      'there is no such secret',
      { SecretId: 'other' },
      'ResourceNotFoundException',
      "Secrets Manager can't find the specified secret.",
    ],
  ])('is refused when %s', async (_, input, type, message) => {
    const world = secretsWorld();
    await world.createSecret();

    await expect(world.call('GetSecretValue', { SecretId: 'genesys', ...input })).rejects.toMatchObject(
      refusal(type, message),
    );
  });

  it("is refused when the caller has no permission to decrypt with the secret's key", async () => {
    const uses: unknown[] = [];
    const granted = new Set(['kms:GenerateDataKey', 'kms:Decrypt']);
    const world = secretsWorld({
      checkKeyUse: ({ action, encryptionContext, keyId }) => {
        uses.push({ action, encryptionContext, keyId });
        return granted.has(action) ? 'usable' : 'denied';
      },
    });
    const arn = await world.createSecret({ KmsKeyId: 'alias/genesys' });
    granted.delete('kms:Decrypt');

    await expect(world.call('GetSecretValue', { SecretId: 'genesys' })).rejects.toMatchObject(
      refusal('AccessDeniedException', 'Access to KMS is not allowed'),
    );
    expect(uses.at(-1)).toEqual({
      action: 'kms:Decrypt',
      encryptionContext: { SecretARN: arn, SecretVersionId: V1 },
      keyId: 'alias/genesys',
    });
  });
});

describe('ListSecretVersionIds', () => {
  it('omits versions without labels', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.put(V2, 'second');
    await world.put(V3, 'third');

    const response = await world.call('ListSecretVersionIds', { SecretId: 'genesys' });

    expect(response).toMatchObject({
      Versions: [
        { VersionId: V2, VersionStages: ['AWSPREVIOUS'] },
        { VersionId: V3, VersionStages: ['AWSCURRENT'] },
      ],
    });
  });

  it('lists versions without labels when IncludeDeprecated is set', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.put(V2, 'second');
    await world.put(V3, 'third');

    const response = await world.call('ListSecretVersionIds', {
      SecretId: 'genesys',
      IncludeDeprecated: true,
      MaxResults: 1,
    });

    expect(response).toMatchObject({
      Versions: [{ VersionId: V1, CreatedDate: 1772447400, KmsKeyIds: ['DefaultEncryptionKey'] }],
      NextToken: expect.any(String),
    });
    expect(response).not.toHaveProperty('Versions.0.VersionStages');
    expect(response).not.toHaveProperty('Versions.0.LastAccessedDate');
  });

  it('returns the day on which a version was last read', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.call('GetSecretValue', { SecretId: 'genesys' });

    const response = await world.call('ListSecretVersionIds', { SecretId: 'genesys' });

    expect(response).toMatchObject({ Versions: [{ LastAccessedDate: 1772409600 }] });
  });
});

import { describe, expect, it } from 'vitest';
import { refusal, secretsWorld, V1, V2, V3 } from './secrets-world.ts';

const NO_TOKEN = 'You must provide a ClientRequestToken value. We recommend a UUID-type value.';

describe('PutSecretValue', () => {
  it('moves AWSCURRENT to the new version and AWSPREVIOUS to the one that lost it', async () => {
    const world = secretsWorld();
    const arn = await world.createSecret();

    const answer = await world.put(V2, 'second');

    expect(answer).toEqual({ ARN: arn, Name: 'genesys', VersionId: V2, VersionStages: ['AWSCURRENT'] });
    expect(world.labels()).toEqual({ [V1]: ['AWSPREVIOUS'], [V2]: ['AWSCURRENT'] });
  });

  it('takes AWSPREVIOUS away from the version before and keeps custom labels', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.call('UpdateSecretVersionStage', {
      SecretId: 'genesys',
      VersionStage: 'PUT0',
      MoveToVersionId: V1,
    });

    await world.put(V2, 'second');
    await world.put(V3, 'third');

    expect(world.labels()).toEqual({ [V1]: ['PUT0'], [V2]: ['AWSPREVIOUS'], [V3]: ['AWSCURRENT'] });
  });

  it('leaves AWSCURRENT alone when only AWSPENDING is asked for', async () => {
    const world = secretsWorld();
    await world.createSecret();

    await world.put(V2, 'second', { VersionStages: ['AWSPENDING'] });

    expect(world.labels()).toEqual({ [V1]: ['AWSCURRENT'], [V2]: ['AWSPENDING'] });
  });

  it('takes a listed label off the version that holds it', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.put(V2, 'second', { VersionStages: ['AWSPENDING'] });
    await world.promote(V2);

    await world.put(V3, 'third', { VersionStages: ['AWSPENDING'] });

    expect(world.labels()).toEqual({ [V1]: ['AWSPREVIOUS'], [V2]: ['AWSCURRENT'], [V3]: ['AWSPENDING'] });
  });

  it('takes AWSPENDING off when a default put follows a promotion', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.put(V2, 'second', { VersionStages: ['AWSPENDING'] });
    await world.promote(V2);

    await world.put(V3, 'third');

    expect(world.labels()).toEqual({ [V1]: [], [V2]: ['AWSPREVIOUS'], [V3]: ['AWSCURRENT'] });
  });

  it('gives the very first value AWSCURRENT beside the label that was asked for', async () => {
    const world = secretsWorld();
    await world.createSecret({ SecretString: undefined });

    const answer = await world.put(V2, 'second', { VersionStages: ['AWSPENDING'] });

    expect(answer).toMatchObject({ VersionStages: ['AWSCURRENT', 'AWSPENDING'] });
  });

  it('changes nothing and names the present labels when the same data comes again', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.put(V2, 'second', { VersionStages: ['AWSPENDING'] });
    await world.promote(V2);

    const answer = await world.put(V1, 'first', { VersionStages: ['AWSPENDING'] });

    expect(answer).toMatchObject({ VersionId: V1, VersionStages: ['AWSPREVIOUS'] });
    expect(world.labels()).toEqual({ [V1]: ['AWSPREVIOUS'], [V2]: ['AWSCURRENT', 'AWSPENDING'] });
  });

  it.each([['AWSPENDING'], ['AWSCURRENT']])('refuses other data for a version labelled %s', async label => {
    const world = secretsWorld();
    const arn = await world.createSecret();
    await world.put(V2, 'second', { VersionStages: [label] });

    await expect(world.put(V2, 'other', { VersionStages: [label] })).rejects.toMatchObject(
      refusal(
        'ResourceExistsException',
        `You can't use ClientRequestToken ${V2} because that value is already in use for a version of secret ${arn}.`,
      ),
    );
  });

  it('refuses a call without a ClientRequestToken', async () => {
    const world = secretsWorld();
    await world.createSecret();

    await expect(
      world.call('PutSecretValue', { SecretId: 'genesys', SecretString: 'second' }),
    ).rejects.toMatchObject(refusal('InvalidRequestException', NO_TOKEN));
  });

  it('refuses a token that is too short to be one', async () => {
    const world = secretsWorld();
    await world.createSecret();

    await expect(world.put('short', 'second')).rejects.toMatchObject(refusal('ValidationException'));
  });

  it.each([
    ['nothing', {}, 'InvalidRequestException'],
    ['an empty string', { SecretString: '' }, 'InvalidRequestException'],
    ['both kinds', { SecretString: 'a', SecretBinary: 'YQ==' }, 'InvalidParameterException'],
    ['65,537 bytes', { SecretString: `${'ä'.repeat(32_768)}a` }, 'ValidationException'],
  ])('refuses %s as a value', async (_, value, type) => {
    const world = secretsWorld();
    await world.createSecret();

    await expect(
      world.call('PutSecretValue', { SecretId: 'genesys', ClientRequestToken: V2, ...value }),
    ).rejects.toMatchObject(refusal(type));
  });

  it('takes 65,536 bytes', async () => {
    const world = secretsWorld();
    await world.createSecret();

    await world.put(V2, 'ä'.repeat(32_768));

    expect(world.labels()).toMatchObject({ [V2]: ['AWSCURRENT'] });
  });

  it('refuses a twenty-first label', async () => {
    const world = secretsWorld();
    await world.createSecret();
    const labels = Array.from({ length: 20 }, (_, index) => `LABEL${index}`);

    await expect(world.put(V2, 'second', { VersionStages: labels })).rejects.toMatchObject(
      refusal('LimitExceededException'),
    );
  });

  it('runs into the quota of versions when a day brings more than it allows', async () => {
    const world = secretsWorld({ behaviour: { versionQuota: 3 } });
    await world.createSecret();
    await world.put(V2, 'second');
    await world.put(V3, 'third');
    const fourth = '44444444-4444-4444-8444-444444444444';

    await expect(world.put(fourth, 'fourth')).rejects.toMatchObject(refusal('LimitExceededException'));

    await world.pass(86_400_000);
    await world.put(fourth, 'fourth');
    expect(world.labels()).toEqual({ [V2]: [], [V3]: ['AWSPREVIOUS'], [fourth]: ['AWSCURRENT'] });
  });
});

describe('GetSecretValue', () => {
  it('answers AWSCURRENT when neither an id nor a stage is given', async () => {
    const world = secretsWorld();
    const arn = await world.createSecret();

    const answer = await world.call('GetSecretValue', { SecretId: 'genesys' });

    expect(answer).toEqual({
      ARN: arn,
      Name: 'genesys',
      VersionId: V1,
      SecretString: 'first',
      VersionStages: ['AWSCURRENT'],
      CreatedDate: 1772447400,
    });
  });

  it('answers a binary value as base64', async () => {
    const world = secretsWorld();
    await world.createSecret({ SecretString: undefined, SecretBinary: 'AAEC' });

    const answer = await world.call('GetSecretValue', { SecretId: 'genesys' });

    expect(answer).toMatchObject({ SecretBinary: 'AAEC' });
    expect(answer).not.toHaveProperty('SecretString');
  });

  it('answers a version without labels by its id', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.put(V2, 'second');
    await world.put(V3, 'third');

    const answer = await world.call('GetSecretValue', { SecretId: 'genesys', VersionId: V1 });

    expect(answer).toMatchObject({ SecretString: 'first', VersionStages: [] });
  });

  it('names the labels in alphabetical order', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.put(V2, 'second', { VersionStages: ['ZULU', 'AWSPENDING', 'ALPHA'] });
    await world.promote(V2);

    const answer = await world.call('GetSecretValue', { SecretId: 'genesys' });

    expect(answer).toMatchObject({ VersionStages: ['ALPHA', 'AWSCURRENT', 'AWSPENDING', 'ZULU'] });
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
      'no version has the id, whatever the stage',
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

  it('is refused when the caller may not decrypt with the key of the secret', async () => {
    const uses: unknown[] = [];
    let mayDecrypt = true;
    const world = secretsWorld({
      mayUseKey: ({ action, encryptionContext, keyId }) => {
        uses.push({ action, encryptionContext, keyId });
        return mayDecrypt || action !== 'kms:Decrypt';
      },
    });
    const arn = await world.createSecret({ KmsKeyId: 'alias/genesys' });
    mayDecrypt = false;

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

describe('UpdateSecretVersionStage', () => {
  it('lets AWSPREVIOUS follow AWSCURRENT and AWSPENDING stay', async () => {
    const world = secretsWorld();
    const arn = await world.createSecret();
    await world.put(V2, 'second', { VersionStages: ['AWSPENDING'] });

    const answer = await world.promote(V2);

    expect(answer).toEqual({ ARN: arn, Name: 'genesys' });
    expect(world.labels()).toEqual({ [V1]: ['AWSPREVIOUS'], [V2]: ['AWSCURRENT', 'AWSPENDING'] });
  });

  it('swaps the labels when AWSCURRENT goes back to the AWSPREVIOUS version', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.put(V2, 'second');

    await world.promote(V1);

    expect(world.labels()).toEqual({ [V1]: ['AWSCURRENT'], [V2]: ['AWSPREVIOUS'] });
  });

  it('takes a label off with RemoveFromVersionId alone', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.put(V2, 'second', { VersionStages: ['AWSPENDING'] });

    await world.call('UpdateSecretVersionStage', {
      SecretId: 'genesys',
      VersionStage: 'AWSPENDING',
      RemoveFromVersionId: V2,
    });

    expect(world.labels()).toEqual({ [V1]: ['AWSCURRENT'], [V2]: [] });
  });

  it.each(['AWSCURRENT', 'CUSTOM'])('wants to be told where %s is taken from', async label => {
    const world = secretsWorld();
    await world.createSecret();
    await world.put(V2, 'second', { VersionStages: ['OTHER'] });
    if (label === 'CUSTOM') {
      await world.call('UpdateSecretVersionStage', {
        SecretId: 'genesys',
        VersionStage: label,
        MoveToVersionId: V1,
      });
    }

    await expect(
      world.call('UpdateSecretVersionStage', {
        SecretId: 'genesys',
        VersionStage: label,
        MoveToVersionId: V2,
      }),
    ).rejects.toMatchObject(
      refusal(
        'InvalidParameterException',
        `The parameter RemoveFromVersionId can't be empty. Staging label ${label} is currently attached to version ${V1}, so you must explicitly reference that version in RemoveFromVersionId.`,
      ),
    );
  });

  it('refuses the repetition of a call that succeeded', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.put(V2, 'second', { VersionStages: ['AWSPENDING'] });
    const call = {
      SecretId: 'genesys',
      VersionStage: 'AWSCURRENT',
      MoveToVersionId: V2,
      RemoveFromVersionId: V1,
    };
    await world.call('UpdateSecretVersionStage', call);

    await expect(world.call('UpdateSecretVersionStage', call)).rejects.toMatchObject(
      refusal('InvalidParameterException'),
    );
  });

  it.each([
    ['a version without the label', { VersionStage: 'AWSPENDING', RemoveFromVersionId: V1 }],
    ['an unknown version', { VersionStage: 'AWSCURRENT', MoveToVersionId: V3, RemoveFromVersionId: V1 }],
    ['AWSCURRENT with nowhere to go', { VersionStage: 'AWSCURRENT', RemoveFromVersionId: V1 }],
    ['no version at all', { VersionStage: 'AWSPENDING' }],
    ['the version that has it', { VersionStage: 'AWSCURRENT', MoveToVersionId: V1 }],
  ])('refuses %s', async (_, input) => {
    const world = secretsWorld();
    await world.createSecret();

    await expect(
      world.call('UpdateSecretVersionStage', { SecretId: 'genesys', ...input }),
    ).rejects.toMatchObject(refusal('InvalidParameterException'));
    expect(world.labels()).toEqual({ [V1]: ['AWSCURRENT'] });
  });
});

describe('ListSecretVersionIds', () => {
  it('leaves versions without labels out', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.put(V2, 'second');
    await world.put(V3, 'third');

    const answer = await world.call('ListSecretVersionIds', { SecretId: 'genesys' });

    expect(answer).toMatchObject({
      Versions: [
        { VersionId: V2, VersionStages: ['AWSPREVIOUS'] },
        { VersionId: V3, VersionStages: ['AWSCURRENT'] },
      ],
    });
  });

  it('lists them without VersionStages when IncludeDeprecated is set', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.put(V2, 'second');
    await world.put(V3, 'third');

    const answer = await world.call('ListSecretVersionIds', {
      SecretId: 'genesys',
      IncludeDeprecated: true,
      MaxResults: 1,
    });

    expect(answer).toMatchObject({
      Versions: [{ VersionId: V1, CreatedDate: 1772447400, KmsKeyIds: ['DefaultEncryptionKey'] }],
      NextToken: expect.any(String),
    });
    expect(answer).not.toHaveProperty('Versions.0.VersionStages');
    expect(answer).not.toHaveProperty('Versions.0.LastAccessedDate');
  });

  it('says on which day a version was read', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.call('GetSecretValue', { SecretId: 'genesys' });

    const answer = await world.call('ListSecretVersionIds', { SecretId: 'genesys' });

    expect(answer).toMatchObject({ Versions: [{ LastAccessedDate: 1772409600 }] });
  });
});

describe('SecretsManager.onChange', () => {
  it('tells which labels a call moved until it is unsubscribed', async () => {
    const world = secretsWorld();
    const secretArn = await world.createSecret();
    const changes: unknown[] = [];
    const unsubscribe = world.secretsManager.onChange(change => changes.push(change));

    await world.put(V2, 'second');
    unsubscribe();
    await world.put(V3, 'third');

    expect(changes).toEqual([
      {
        secretArn,
        versionId: V2,
        labelMoves: [
          { label: 'AWSCURRENT', from: V1, to: V2 },
          { label: 'AWSPREVIOUS', to: V1 },
        ],
        at: new Date('2026-03-02T10:30:00Z'),
      },
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { refusal, secretsWorld, V1, V2 } from './secrets-world.ts';

const MARKED = "You can't perform this operation on the secret because it was marked for deletion.";
const DAY_MS = 86_400_000;

describe('CreateSecret', () => {
  it('gives the ARN the name, a hyphen and six random characters', async () => {
    const world = secretsWorld();

    const arn = await world.createSecret();

    expect(arn).toMatch(/^arn:aws:secretsmanager:eu-central-1:111122223333:secret:genesys-[A-Za-z0-9]{6}$/);
  });

  it('makes no version when no value is given', async () => {
    const world = secretsWorld();

    const answer = await world.call('CreateSecret', { Name: 'genesys', ClientRequestToken: V1 });

    expect(answer).toEqual({ ARN: expect.any(String), Name: 'genesys' });
    expect(await world.call('DescribeSecret', { SecretId: 'genesys' })).not.toHaveProperty(
      'VersionIdsToStages',
    );
  });

  it('answers the same secret when the same call comes again', async () => {
    const world = secretsWorld();
    const arn = await world.createSecret();

    const answer = await world.createSecret();

    expect(answer).toBe(arn);
  });

  it('refuses other data under the same token', async () => {
    const world = secretsWorld();
    const arn = await world.createSecret();

    await expect(world.createSecret({ SecretString: 'other' })).rejects.toMatchObject(
      refusal(
        'ResourceExistsException',
        `You can't use ClientRequestToken ${V1} because that value is already in use for a version of secret ${arn}.`,
      ),
    );
  });

  it('refuses a name that is taken', async () => {
    const world = secretsWorld();
    await world.createSecret();

    await expect(world.createSecret({ ClientRequestToken: V2 })).rejects.toMatchObject(
      refusal('ResourceExistsException', 'The operation failed because the secret genesys already exists.'),
    );
  });

  it('refuses a name with other characters', async () => {
    const world = secretsWorld();

    await expect(world.createSecret({ Name: 'genesys voicemail' })).rejects.toMatchObject(
      refusal(
        'ValidationException',
        'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
      ),
    );
  });

  it('refuses a member that is not emulated by its name', async () => {
    const world = secretsWorld();

    await expect(world.createSecret({ AddReplicaRegions: [] })).rejects.toMatchObject({
      type: 'ValidationException',
      message: expect.stringContaining('addReplicaRegions'),
    });
  });

  it('leaves no secret behind when the key may not be used', async () => {
    const world = secretsWorld({
      mayUseKey: ({ encryptionContext }) => encryptionContext.SecretVersionId !== V1,
    });

    await expect(world.createSecret({ KmsKeyId: 'alias/genesys' })).rejects.toMatchObject(
      refusal('AccessDeniedException', 'Access to KMS is not allowed'),
    );

    expect(world.secretsManager.secret('genesys')).toBeUndefined();
  });
});

describe('DescribeSecret', () => {
  it('leaves out what was never set', async () => {
    const world = secretsWorld();
    const arn = await world.createSecret();

    const answer = await world.call('DescribeSecret', { SecretId: 'genesys' });

    expect(answer).toEqual({
      ARN: arn,
      Name: 'genesys',
      LastChangedDate: 1772447400,
      CreatedDate: 1772447400,
      VersionIdsToStages: { [V1]: ['AWSCURRENT'] },
    });
  });

  it('says on which day the secret was read', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.call('GetSecretValue', { SecretId: 'genesys' });

    const answer = await world.call('DescribeSecret', { SecretId: 'genesys' });

    expect(answer).toMatchObject({ LastAccessedDate: 1772409600 });
  });

  it('names labelled versions only', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.put(V2, 'second', { VersionStages: ['CUSTOM'] });
    await world.call('UpdateSecretVersionStage', {
      SecretId: 'genesys',
      VersionStage: 'CUSTOM',
      RemoveFromVersionId: V2,
    });

    const answer = await world.call('DescribeSecret', { SecretId: 'genesys' });

    expect(answer).toMatchObject({ VersionIdsToStages: { [V1]: ['AWSCURRENT'] } });
    expect(answer).not.toHaveProperty(['VersionIdsToStages', V2]);
  });

  it.each([
    ['the name', (_arn: string) => 'genesys'],
    ['the full ARN', (arn: string) => arn],
    ['the ARN without the random characters', (arn: string) => arn.slice(0, -7)],
  ])('finds a secret by %s', async (_, secretId) => {
    const world = secretsWorld();
    const arn = await world.createSecret();

    const answer = await world.call('DescribeSecret', { SecretId: secretId(arn) });

    expect(answer).toMatchObject({ ARN: arn });
  });

  it('does not find a secret by a piece of its name', async () => {
    const world = secretsWorld();
    const arn = await world.createSecret();

    await expect(world.call('DescribeSecret', { SecretId: arn.slice(0, -8) })).rejects.toMatchObject(
      refusal('ResourceNotFoundException', "Secrets Manager can't find the specified secret."),
    );
  });
});

describe('UpdateSecret', () => {
  it('makes a new current version of a value', async () => {
    const world = secretsWorld();
    await world.createSecret();

    const answer = await world.call('UpdateSecret', {
      SecretId: 'genesys',
      ClientRequestToken: V2,
      SecretString: 'second',
    });

    expect(answer).toMatchObject({ VersionId: V2 });
    expect(world.labels()).toEqual({ [V1]: ['AWSPREVIOUS'], [V2]: ['AWSCURRENT'] });
  });

  it('makes no version when only the description changes', async () => {
    const world = secretsWorld();
    await world.createSecret();

    const answer = await world.call('UpdateSecret', {
      SecretId: 'genesys',
      ClientRequestToken: V2,
      Description: 'voicemail',
    });

    expect(answer).not.toHaveProperty('VersionId');
    expect(await world.call('DescribeSecret', { SecretId: 'genesys' })).toMatchObject({
      Description: 'voicemail',
    });
  });

  it('refuses a token that a version has', async () => {
    const world = secretsWorld();
    await world.createSecret();

    await expect(
      world.call('UpdateSecret', { SecretId: 'genesys', ClientRequestToken: V1, SecretString: 'other' }),
    ).rejects.toMatchObject(refusal('ResourceExistsException'));
  });
});

describe('DeleteSecret', () => {
  it.each([
    ['GetSecretValue', {}],
    ['PutSecretValue', { ClientRequestToken: V2, SecretString: 'second' }],
    ['UpdateSecret', { ClientRequestToken: V2, SecretString: 'second' }],
    ['RotateSecret', { ClientRequestToken: V2 }],
    ['DeleteSecret', {}],
  ])('makes %s refuse the secret during the recovery window', async (operation, input) => {
    const world = secretsWorld();
    await world.createSecret();
    await world.call('DeleteSecret', { SecretId: 'genesys' });

    await expect(world.call(operation, { SecretId: 'genesys', ...input })).rejects.toMatchObject(
      refusal('InvalidRequestException', MARKED),
    );
  });

  it('lets DescribeSecret answer the date of the deletion, thirty days ahead', async () => {
    const world = secretsWorld();
    await world.createSecret();

    await world.call('DeleteSecret', { SecretId: 'genesys' });

    expect(await world.call('DescribeSecret', { SecretId: 'genesys' })).toMatchObject({
      DeletedDate: 1775039400,
    });
  });

  it('deletes the secret when the recovery window ends', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.call('DeleteSecret', { SecretId: 'genesys', RecoveryWindowInDays: 7 });

    await world.pass(7 * DAY_MS - 1);
    expect(world.secretsManager.secret('genesys')).toBeDefined();
    await world.pass(1);

    expect(world.secretsManager.secret('genesys')).toBeUndefined();
  });

  it('keeps the name taken until then', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.call('DeleteSecret', { SecretId: 'genesys' });

    await expect(world.createSecret()).rejects.toMatchObject(
      refusal(
        'InvalidRequestException',
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
      ),
    );
  });

  it('frees the name at once when it is forced', async () => {
    const world = secretsWorld();
    const former = await world.createSecret();
    await world.call('DeleteSecret', { SecretId: 'genesys' });

    await world.call('DeleteSecret', { SecretId: 'genesys', ForceDeleteWithoutRecovery: true });

    expect(await world.createSecret()).not.toBe(former);
  });

  it('succeeds for an unknown secret when it is forced', async () => {
    const world = secretsWorld();

    const answer = await world.call('DeleteSecret', {
      SecretId: 'genesys',
      ForceDeleteWithoutRecovery: true,
    });

    expect(answer).toMatchObject({ Name: 'genesys', DeletionDate: 1772447400 });
  });

  it.each([
    [{ RecoveryWindowInDays: 6 }],
    [{ RecoveryWindowInDays: 31 }],
    [{ RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: true }],
  ])('refuses %j', async input => {
    const world = secretsWorld();
    await world.createSecret();

    await expect(world.call('DeleteSecret', { SecretId: 'genesys', ...input })).rejects.toMatchObject(
      refusal('InvalidParameterException'),
    );
  });
});

describe('RestoreSecret', () => {
  it('cancels the deletion', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.call('DeleteSecret', { SecretId: 'genesys' });

    await world.call('RestoreSecret', { SecretId: 'genesys' });
    await world.pass(31 * DAY_MS);

    expect(await world.call('GetSecretValue', { SecretId: 'genesys' })).toMatchObject({
      SecretString: 'first',
    });
  });
});

describe('ListSecrets', () => {
  it('answers pages, the newest secret first', async () => {
    const world = secretsWorld();
    for (const name of ['one', 'two', 'three']) {
      await world.createSecret({ Name: name });
      await world.pass(1000);
    }

    const first = await world.call('ListSecrets', { MaxResults: 2 });
    const second = await world.call('ListSecrets', { MaxResults: 2, NextToken: first.NextToken });

    expect(first).toMatchObject({ SecretList: [{ Name: 'three' }, { Name: 'two' }] });
    expect(second).toMatchObject({
      SecretList: [{ Name: 'one', SecretVersionsToStages: { [V1]: ['AWSCURRENT'] } }],
    });
    expect(second).not.toHaveProperty('NextToken');
  });

  it.each([
    [{ Key: 'name', Values: ['genesys/'] }, ['genesys/a', 'genesys/b']],
    [{ Key: 'name', Values: ['genesys/a', 'other'] }, ['genesys/a', 'other']],
    [{ Key: 'name', Values: ['!genesys/'] }, ['other']],
    [{ Key: 'tag-key', Values: ['team'] }, ['other']],
  ])('finds by %j', async (filter, names) => {
    const world = secretsWorld();
    await world.createSecret({ Name: 'genesys/a' });
    await world.createSecret({ Name: 'genesys/b' });
    await world.createSecret({ Name: 'other', Tags: [{ Key: 'team', Value: 'voice' }] });

    const answer = await world.call('ListSecrets', { Filters: [filter], SortBy: 'name', SortOrder: 'asc' });

    expect(answer).toMatchObject({ SecretList: names.map(Name => ({ Name })) });
  });

  it('shows a secret scheduled for deletion only when asked', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.call('DeleteSecret', { SecretId: 'genesys' });

    expect(await world.call('ListSecrets', {})).toEqual({ SecretList: [] });
    expect(await world.call('ListSecrets', { IncludePlannedDeletion: true })).toMatchObject({
      SecretList: [{ Name: 'genesys' }],
    });
  });

  it('refuses a NextToken that it never gave', async () => {
    const world = secretsWorld();

    await expect(world.call('ListSecrets', { NextToken: 'bogus' })).rejects.toMatchObject(
      refusal('InvalidNextTokenException'),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { refusal, secretsWorld, V1, V2, V3 } from './secrets-world.ts';

const NO_TOKEN = 'You must provide a ClientRequestToken value. We recommend a UUID-type value.';

describe('PutSecretValue', () => {
  it('moves AWSCURRENT to the new version and AWSPREVIOUS to the one that lost it', async () => {
    const world = secretsWorld();
    const arn = await world.createSecret();

    const response = await world.put(V2, 'second');

    expect(response).toEqual({ ARN: arn, Name: 'genesys', VersionId: V2, VersionStages: ['AWSCURRENT'] });
    expect(world.labels()).toEqual({ [V1]: ['AWSPREVIOUS'], [V2]: ['AWSCURRENT'] });
  });

  it('removes AWSPREVIOUS from the earlier version and keeps custom labels', async () => {
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

  it.each([
    ['35 characters', 'a'.repeat(35), 'Member must have length greater than or equal to 36'],
    ['257 characters', 'a'.repeat(257), 'Member must have length less than or equal to 256'],
    ['an underscore', `${'a'.repeat(36)}_`, 'Member must satisfy regular expression pattern'],
  ])('refuses a RotationToken with %s', async (_what, RotationToken, message) => {
    const world = secretsWorld({ behaviour: { staleRotationToken: 'accepted' } });
    await world.createSecret();

    await expect(world.put(V2, 'second', { RotationToken })).rejects.toMatchObject({
      type: 'ValidationException',
      message: expect.stringContaining(`Value at 'rotationToken' failed to satisfy constraint: ${message}`),
    });
    expect(world.labels()).toEqual({ [V1]: ['AWSCURRENT'] });
  });

  it('does not move AWSCURRENT when only AWSPENDING is requested', async () => {
    const world = secretsWorld();
    await world.createSecret();

    await world.put(V2, 'second', { VersionStages: ['AWSPENDING'] });

    expect(world.labels()).toEqual({ [V1]: ['AWSCURRENT'], [V2]: ['AWSPENDING'] });
  });

  it('moves a listed label from its version', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.put(V2, 'second', { VersionStages: ['AWSPENDING'] });
    await world.promote(V2);

    await world.put(V3, 'third', { VersionStages: ['AWSPENDING'] });

    expect(world.labels()).toEqual({ [V1]: ['AWSPREVIOUS'], [V2]: ['AWSCURRENT'], [V3]: ['AWSPENDING'] });
  });

  it('removes AWSPENDING when a default put follows a promotion', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.put(V2, 'second', { VersionStages: ['AWSPENDING'] });
    await world.promote(V2);

    await world.put(V3, 'third');

    expect(world.labels()).toEqual({ [V1]: [], [V2]: ['AWSPREVIOUS'], [V3]: ['AWSCURRENT'] });
  });

  it('adds AWSCURRENT to the requested label for the first value', async () => {
    const world = secretsWorld();
    await world.createSecret({ SecretString: undefined });

    const response = await world.put(V2, 'second', { VersionStages: ['AWSPENDING'] });

    expect(response).toMatchObject({ VersionStages: ['AWSCURRENT', 'AWSPENDING'] });
  });

  it('changes nothing and returns the current labels when the same data is put again', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.put(V2, 'second', { VersionStages: ['AWSPENDING'] });
    await world.promote(V2);

    const response = await world.put(V1, 'first', { VersionStages: ['AWSPENDING'] });

    expect(response).toMatchObject({ VersionId: V1, VersionStages: ['AWSPREVIOUS'] });
    expect(world.labels()).toEqual({ [V1]: ['AWSPREVIOUS'], [V2]: ['AWSCURRENT', 'AWSPENDING'] });
  });

  it.each([['AWSPENDING'], ['AWSCURRENT']])(
    'refuses different data for a version labelled %s',
    async label => {
      const world = secretsWorld();
      const arn = await world.createSecret();
      await world.put(V2, 'second', { VersionStages: [label] });

      await expect(world.put(V2, 'other', { VersionStages: [label] })).rejects.toMatchObject(
        refusal(
          'ResourceExistsException',
          `You can't use ClientRequestToken ${V2} because that value is already in use for a version of secret ${arn}.`,
        ),
      );
    },
  );

  it('refuses a call without a ClientRequestToken', async () => {
    const world = secretsWorld();
    await world.createSecret();

    await expect(
      world.call('PutSecretValue', { SecretId: 'genesys', SecretString: 'second' }),
    ).rejects.toMatchObject(refusal('InvalidRequestException', NO_TOKEN));
  });

  it('refuses a token that is too short', async () => {
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

  it('accepts 65,536 bytes', async () => {
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

  it('refuses more versions within a day than the quota allows', async () => {
    const world = secretsWorld({ behaviour: { versionQuota: 3 } });
    await world.createSecret();
    await world.put(V2, 'second');
    await world.put(V3, 'third');
    const fourth = '44444444-4444-4444-8444-444444444444';

    await expect(world.put(fourth, 'fourth')).rejects.toMatchObject(refusal('LimitExceededException'));

    await world.advance(86_400_000);
    await world.put(fourth, 'fourth');
    expect(world.labels()).toEqual({ [V2]: [], [V3]: ['AWSPREVIOUS'], [fourth]: ['AWSCURRENT'] });
  });
});

describe('SecretsManager.onChange', () => {
  it('reports the moved labels until it unsubscribes', async () => {
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

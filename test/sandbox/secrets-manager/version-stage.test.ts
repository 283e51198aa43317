import { describe, expect, it } from 'vitest';
import { refusal, secretsWorld, V1, V2, V3 } from './secrets-world.ts';

describe('UpdateSecretVersionStage', () => {
  it('moves AWSPREVIOUS to the version that loses AWSCURRENT, and keeps AWSPENDING', async () => {
    const world = secretsWorld();
    const arn = await world.createSecret();
    await world.put(V2, 'second', { VersionStages: ['AWSPENDING'] });

    const response = await world.promote(V2);

    expect(response).toEqual({ ARN: arn, Name: 'genesys' });
    expect(world.labels()).toEqual({ [V1]: ['AWSPREVIOUS'], [V2]: ['AWSCURRENT', 'AWSPENDING'] });
  });

  it('swaps the labels when AWSCURRENT moves back to the AWSPREVIOUS version', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.put(V2, 'second');

    await world.promote(V1);

    expect(world.labels()).toEqual({ [V1]: ['AWSCURRENT'], [V2]: ['AWSPREVIOUS'] });
  });

  it('removes a label with RemoveFromVersionId alone', async () => {
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

  it.each(['AWSCURRENT', 'CUSTOM'])('requires RemoveFromVersionId for %s', async label => {
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

  it('refuses to repeat a call that succeeded', async () => {
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
    ['to remove AWSCURRENT without a new version', { VersionStage: 'AWSCURRENT', RemoveFromVersionId: V1 }],
    ['a call without a version', { VersionStage: 'AWSPENDING' }],
    ['the version that already has the label', { VersionStage: 'AWSCURRENT', MoveToVersionId: V1 }],
  ])('refuses %s', async (_, input) => {
    const world = secretsWorld();
    await world.createSecret();

    await expect(
      world.call('UpdateSecretVersionStage', { SecretId: 'genesys', ...input }),
    ).rejects.toMatchObject(refusal('InvalidParameterException'));
    expect(world.labels()).toEqual({ [V1]: ['AWSCURRENT'] });
  });
});

import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../functions/shared/durations.ts';
import { refusal, secretsWorld, V2 } from './secrets-world.ts';

const MARKED = "You can't perform this operation on the secret because it was marked for deletion.";

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

  it('makes DescribeSecret return the deletion date, 30 days ahead', async () => {
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

    await world.advance(7 * DAY_MS - 1);
    expect(world.secretsManager.secret('genesys')).toBeDefined();
    await world.advance(1);

    expect(world.secretsManager.secret('genesys')).toBeUndefined();
  });

  it('keeps the name in use until then', async () => {
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

  it('frees the name at once when the deletion is forced', async () => {
    const world = secretsWorld();
    const previous = await world.createSecret();
    await world.call('DeleteSecret', { SecretId: 'genesys' });

    await world.call('DeleteSecret', { SecretId: 'genesys', ForceDeleteWithoutRecovery: true });

    expect(await world.createSecret()).not.toBe(previous);
  });

  it('succeeds for an unknown secret when the deletion is forced', async () => {
    const world = secretsWorld();

    const response = await world.call('DeleteSecret', {
      SecretId: 'genesys',
      ForceDeleteWithoutRecovery: true,
    });

    expect(response).toMatchObject({ Name: 'genesys', DeletionDate: 1772447400 });
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
    await world.advance(31 * DAY_MS);

    expect(await world.call('GetSecretValue', { SecretId: 'genesys' })).toMatchObject({
      SecretString: 'first',
    });
  });
});

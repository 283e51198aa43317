import { describe, expect, it } from 'vitest';
import { refusal, secretsWorld, V1 } from './secrets-world.ts';

describe('ListSecrets', () => {
  it('returns pages, newest secret first', async () => {
    const world = secretsWorld();
    for (const name of ['one', 'two', 'three']) {
      await world.createSecret({ Name: name });
      await world.advance(1000);
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
  ])('filters by %j', async (filter, names) => {
    const world = secretsWorld();
    await world.createSecret({ Name: 'genesys/a' });
    await world.createSecret({ Name: 'genesys/b' });
    await world.createSecret({ Name: 'other', Tags: [{ Key: 'team', Value: 'voice' }] });

    const response = await world.call('ListSecrets', { Filters: [filter], SortBy: 'name', SortOrder: 'asc' });

    expect(response).toMatchObject({ SecretList: names.map(Name => ({ Name })) });
  });

  it('returns a secret that is scheduled for deletion only on request', async () => {
    const world = secretsWorld();
    await world.createSecret();
    await world.call('DeleteSecret', { SecretId: 'genesys' });

    expect(await world.call('ListSecrets', {})).toEqual({ SecretList: [] });
    expect(await world.call('ListSecrets', { IncludePlannedDeletion: true })).toMatchObject({
      SecretList: [{ Name: 'genesys' }],
    });
  });

  it('refuses a NextToken that it did not issue', async () => {
    const world = secretsWorld();

    await expect(world.call('ListSecrets', { NextToken: 'bogus' })).rejects.toMatchObject(
      refusal('InvalidNextTokenException'),
    );
  });
});

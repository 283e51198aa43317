import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, it } from 'vitest';
import { AccessTokenExpired, NewerLogin } from '../../functions/shared/errors.ts';
import { ALTERNATE_FINGERPRINT, NEW_FINGERPRINT, tokenItem } from '../helpers/journal-items.ts';
import { rejection } from '../helpers/no-secrets.ts';
import { SENTINELS, secretKeys, secretValue } from '../helpers/secret-value.ts';
import { storePendingWorld } from './store-pending-world.ts';

/** Consumers use the other grant, so the pair of the request belongs to the alternate one. */
const SWAPPED = {
  refreshToken: SENTINELS.alternateRefreshToken,
  alternateRefreshToken: SENTINELS.refreshToken,
};
const IN_USE = { lineage: ALTERNATE_FINGERPRINT, generation: 0 };

const NEW_TOKENS = { accessToken: SENTINELS.newAccessToken, refreshToken: SENTINELS.newRefreshToken };

describe('store-pending with two grants', () => {
  const world = storePendingWorld();
  const { secretsMock, table, current, stored } = world;

  beforeEach(() => {
    table.putTokens([
      tokenItem({ status: 'exchanged' }),
      tokenItem({ fingerprint: NEW_FINGERPRINT, generation: 1 }),
    ]);
  });

  function value(): object {
    return JSON.parse(secretsMock.commandCalls(PutSecretValueCommand)[0]?.args[0].input.SecretString ?? '');
  }

  it('puts a pair of the alternate grant in use, and makes the grant in use the alternate one', async () => {
    current(secretValue({ ...SWAPPED, team: 'voice' }));

    const { lostAlternate } = await stored({ current: IN_USE });

    expect(lostAlternate).toBe(false);
    expect(value()).toEqual({
      ...secretKeys({ team: 'voice' }),
      ...NEW_TOKENS,
      alternateRefreshToken: SENTINELS.alternateRefreshToken,
      expiresAt: '2026-07-02T07:59:58.000Z',
    });
  });

  it.each(['rejected', 'exchanged'] as const)(
    'drops an alternate grant that is %s when it stores a pair of the grant in use',
    async status => {
      current(secretValue({ alternateRefreshToken: SENTINELS.alternateRefreshToken }));
      table.putTokens([
        tokenItem({ fingerprint: ALTERNATE_FINGERPRINT, lineage: ALTERNATE_FINGERPRINT, status }),
      ]);

      const { lostAlternate } = await stored();

      expect(lostAlternate).toBe(true);
      expect(value()).toMatchObject({ ...NEW_TOKENS, alternateRefreshToken: null });
    },
  );

  it('keeps a working alternate grant when it stores a pair of the grant in use', async () => {
    current(secretValue({ alternateRefreshToken: SENTINELS.alternateRefreshToken }));

    const { lostAlternate } = await stored();

    expect(lostAlternate).toBe(false);
    expect(value()).toMatchObject({
      ...NEW_TOKENS,
      alternateRefreshToken: SENTINELS.alternateRefreshToken,
    });
  });

  it('reports a lost grant once, and keeps the key with the value null', async () => {
    current(secretValue({ alternateRefreshToken: null }));

    const { lostAlternate } = await stored();

    expect(lostAlternate).toBe(false);
    expect(value()).toMatchObject({ ...NEW_TOKENS, alternateRefreshToken: null });
  });

  it.each([
    ['another login replaced the grant in use', { ...SWAPPED, refreshToken: 'sentinel-another' }],
    ['the alternate grant was removed', { refreshToken: SENTINELS.alternateRefreshToken }],
    ['the alternate grant was replaced', { ...SWAPPED, alternateRefreshToken: 'sentinel-another' }],
  ])('throws NewerLogin when %s', async (_what, changes) => {
    current(secretValue(changes));

    const error = await rejection(stored({ current: IN_USE }));

    expect(error).toBeInstanceOf(NewerLogin);
    expect(secretsMock.commandCalls(PutSecretValueCommand)).toEqual([]);
  });

  it('throws AccessTokenExpired when the pair was promoted and replaced since', async () => {
    current(
      secretValue({
        refreshToken: SENTINELS.alternateRefreshToken,
        alternateRefreshToken: SENTINELS.newRefreshToken,
      }),
    );
    table.putTokens([
      tokenItem({ fingerprint: ALTERNATE_FINGERPRINT, lineage: ALTERNATE_FINGERPRINT, generation: 1 }),
    ]);

    const error = await rejection(stored({ current: IN_USE }));

    expect(error).toBeInstanceOf(AccessTokenExpired);
  });
});

import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { AlternateGrantRejected, NewerLogin, RefreshTokenRejected } from '../../functions/shared/errors.ts';
import { metricsOf } from '../helpers/capture-metrics.ts';
import { respondWith } from '../helpers/genesys-server.ts';
import {
  ALTERNATE_FINGERPRINT,
  CURRENT_FINGERPRINT,
  NEW_FINGERPRINT,
  tokenItem,
} from '../helpers/journal-items.ts';
import { rejection } from '../helpers/no-secrets.ts';
import { SECRET_ARN } from '../helpers/secret.ts';
import { SENTINELS, secretValue } from '../helpers/secret-value.ts';
import { REFRESH, REFRESH_AGAIN } from '../helpers/task-requests.ts';
import { refreshWorld, TOKENS } from './refresh-world.ts';

const FAILOVER = { ...REFRESH, skipsDeadGrant: true, state: 'Failover' };

const INVALID_GRANT = respondWith(400, { error: 'invalid_grant' });

/** The position of AWSCURRENT's own refresh token. */
const CURRENT = { lineage: CURRENT_FINGERPRINT, generation: 0 };

const LOST = tokenItem({
  fingerprint: ALTERNATE_FINGERPRINT,
  lineage: ALTERNATE_FINGERPRINT,
  status: 'rejected',
});

describe('refresh of a secret with two grants', () => {
  const world = refreshWorld();
  const { logged, metrics, genesys, table, stored, refreshed, opened } = world;

  function presented(): (string | null)[] {
    return genesys.requests.map(({ body }) => new URLSearchParams(body).get('refresh_token'));
  }

  function holds(changes: Readonly<Record<string, unknown>> = {}): void {
    stored(secretValue({ alternateRefreshToken: SENTINELS.alternateRefreshToken, ...changes }));
  }

  beforeEach(() => holds());

  it('exchanges the alternate refresh token, and returns the position of the other one', async () => {
    genesys.script(respondWith(200, TOKENS));

    const result = await refreshed();

    expect(presented()).toEqual(['sentinel-alternate-refresh-token']);
    expect(result).toMatchObject({
      lineage: ALTERNATE_FINGERPRINT,
      generation: 1,
      fingerprint: NEW_FINGERPRINT,
      current: CURRENT,
    });
    expect(await opened(result)).toMatchObject({ exchangedFingerprint: ALTERNATE_FINGERPRINT });
  });

  it('returns an unused pair of the alternate grant that lasts until the next rotation', async () => {
    table.putTokens([
      tokenItem({ fingerprint: ALTERNATE_FINGERPRINT, lineage: ALTERNATE_FINGERPRINT, status: 'exchanged' }),
      tokenItem({ fingerprint: NEW_FINGERPRINT, lineage: ALTERNATE_FINGERPRINT, generation: 1 }),
    ]);
    table.putPair(await world.newPair({ lineage: ALTERNATE_FINGERPRINT }));

    const result = await refreshed();

    expect(result).toMatchObject({ lineage: ALTERNATE_FINGERPRINT, generation: 1, current: CURRENT });
    expect(presented()).toEqual([]);
  });

  it('throws AlternateGrantRejected when the alternate grant is rejected, and logs a warning', async () => {
    genesys.script(INVALID_GRANT);

    const error = await rejection(refreshed());

    expect(error).toBeInstanceOf(AlternateGrantRejected);
    expect(error.message).toContain(SECRET_ARN);
    expect(presented()).toEqual(['sentinel-alternate-refresh-token']);
    expect(table.endedMarks()).toEqual([[`token#${ALTERNATE_FINGERPRINT}`, 'rejected']]);
    expect(metrics().map(metricsOf)).toEqual([{ LostGrants: 1 }]);
    expect(logged()).toContainEqual({
      level: 'warn',
      line: expect.objectContaining({
        message: 'the alternate grant no longer works',
        secretArn: SECRET_ARN,
      }),
    });
  });

  it('throws AlternateGrantRejected without a request when the successor is not recorded', async () => {
    table.putTokens([{ ...LOST, status: 'exchanged' }]);

    const error = await rejection(refreshed());

    expect(error).toBeInstanceOf(AlternateGrantRejected);
    expect(presented()).toEqual([]);
  });

  it('presents a rejected alternate grant again in Refresh', async () => {
    table.putTokens([LOST]);
    genesys.script(respondWith(200, TOKENS));

    const result = await refreshed();

    expect(presented()).toEqual(['sentinel-alternate-refresh-token']);
    expect(result.lineage).toBe(ALTERNATE_FINGERPRINT);
  });

  it('ignores an alternate refresh token of the same login', async () => {
    table.putTokens([tokenItem({ fingerprint: ALTERNATE_FINGERPRINT, status: 'exchanged' })]);
    genesys.script(respondWith(200, TOKENS));

    const result = await refreshed();

    expect(presented()).toEqual(['sentinel-current-refresh-token']);
    expect(result.lineage).toBe(CURRENT_FINGERPRINT);
  });

  describe('in Failover', () => {
    it('exchanges the grant in use when its access token does not last until the next rotation', async () => {
      table.putTokens([LOST]);
      genesys.script(respondWith(200, TOKENS));

      const result = await refreshed(FAILOVER);

      expect(presented()).toEqual(['sentinel-current-refresh-token']);
      expect(result).toMatchObject({ lineage: CURRENT_FINGERPRINT, generation: 1, current: CURRENT });
    });

    it('keeps the pair in use while its access token lasts until the next rotation', async () => {
      table.putTokens([LOST, tokenItem({ generation: 3 })]);
      table.putPair(await world.newPair({ fingerprint: CURRENT_FINGERPRINT, generation: 3 }));

      const result = await refreshed(FAILOVER);

      expect(result).toMatchObject({
        lineage: CURRENT_FINGERPRINT,
        generation: 3,
        fingerprint: CURRENT_FINGERPRINT,
        current: { lineage: CURRENT_FINGERPRINT, generation: 3 },
      });
      expect(presented()).toEqual([]);
      expect(table.marks()).toEqual([]);
    });

    it('keeps and records the pair of a login that no rotation has exchanged', async () => {
      holds({ expiresAt: '2026-07-01T17:00:00.000Z' });
      table.putTokens([LOST]);

      const result = await refreshed(FAILOVER);

      expect(result).toMatchObject({ lineage: CURRENT_FINGERPRINT, generation: 0, current: CURRENT });
      expect((await opened(result)).tokens).toEqual({
        accessToken: SENTINELS.accessToken,
        refreshToken: SENTINELS.refreshToken,
        expiresAt: new Date('2026-07-01T17:00:00Z'),
      });
      expect(table.records()).toEqual([[`token#${CURRENT_FINGERPRINT}`, `lineage#${CURRENT_FINGERPRINT}`]]);
      expect(presented()).toEqual([]);
    });

    it.each([
      ['does not last', { expiresAt: '2026-07-01T16:59:59.000Z' }],
      ['lasts for an unknown time', {}],
      ['is missing', { expiresAt: '2026-07-01T17:00:00.000Z', accessToken: undefined }],
    ])(
      'exchanges the token of a login that no rotation has exchanged when its access token %s',
      async (_what, changes) => {
        holds(changes);
        table.putTokens([LOST]);
        genesys.script(respondWith(200, TOKENS));

        await refreshed(FAILOVER);

        expect(presented()).toEqual(['sentinel-current-refresh-token']);
      },
    );

    it('throws RefreshTokenRejected when the grant in use is also rejected', async () => {
      table.putTokens([LOST]);
      genesys.script(INVALID_GRANT);

      const error = await rejection(refreshed(FAILOVER));

      expect(error).toBeInstanceOf(RefreshTokenRejected);
      expect(presented()).toEqual(['sentinel-current-refresh-token']);
    });

    it('exchanges an alternate grant that has been replaced since', async () => {
      genesys.script(respondWith(200, TOKENS));

      const result = await refreshed(FAILOVER);

      expect(result.lineage).toBe(ALTERNATE_FINGERPRINT);
    });
  });

  describe('in RefreshAgain', () => {
    /** The first pair of the alternate grant, which could not be used. */
    const REPLACES = { lineage: ALTERNATE_FINGERPRINT, generation: 1, current: CURRENT };
    const SPENT = tokenItem({
      fingerprint: ALTERNATE_FINGERPRINT,
      lineage: ALTERNATE_FINGERPRINT,
      status: 'exchanged',
    });
    const NEWEST = tokenItem({
      fingerprint: NEW_FINGERPRINT,
      lineage: ALTERNATE_FINGERPRINT,
      generation: 1,
    });

    it('exchanges the refresh token of the unusable pair', async () => {
      table.putTokens([SPENT, NEWEST]);
      table.putPair(await world.newPair({ lineage: ALTERNATE_FINGERPRINT }));
      genesys.script(respondWith(200, { ...TOKENS, refresh_token: 'sentinel-newer-refresh-token' }));

      const result = await refreshed({ ...REFRESH_AGAIN, replaces: REPLACES });

      expect(presented()).toEqual(['sentinel-new-refresh-token']);
      expect(result).toMatchObject({ lineage: ALTERNATE_FINGERPRINT, generation: 2 });
    });

    it('throws NewerLogin when the pair has since been promoted and replaced', async () => {
      stored(secretValue({ alternateRefreshToken: SENTINELS.newRefreshToken }));
      table.putTokens([NEWEST, tokenItem({ generation: 1 })]);
      table.putPair(await world.newPair({ fingerprint: CURRENT_FINGERPRINT }));

      const error = await rejection(refreshed({ ...REFRESH_AGAIN, replaces: REPLACES }));

      expect(error).toBeInstanceOf(NewerLogin);
      expect(presented()).toEqual([]);
    });

    it('throws NewerLogin when somebody replaced the grant in use', async () => {
      const replaces = { ...REPLACES, current: { lineage: 'another-login', generation: 0 } };

      const error = await rejection(refreshed({ ...REFRESH_AGAIN, replaces }));

      expect(error).toBeInstanceOf(NewerLogin);
      expect(table.mock.commandCalls(TransactWriteItemsCommand)).toEqual([]);
    });
  });
});

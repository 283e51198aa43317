import { describe, expect, it, vi } from 'vitest';
import { metricsOf } from '../helpers/capture-metrics.ts';
import { respondWith } from '../helpers/genesys-server.ts';
import { NEW_FINGERPRINT, tokenItem } from '../helpers/journal-items.ts';
import { SECRET_ARN, VERSION } from '../helpers/secret.ts';
import { secretValue } from '../helpers/secret-value.ts';
import { EXECUTION } from '../helpers/task-requests.ts';
import { NOW, refreshWorld, TOKENS } from './refresh-world.ts';

describe('the logs and metrics of a refresh', () => {
  const { logged, metrics, genesys, table, stored, refreshed, opened, newPair } = refreshWorld();

  it('logs the generation and when the new access token expires', async () => {
    genesys.script(respondWith(200, TOKENS));

    await refreshed();

    expect(logged()).toEqual([
      {
        level: 'info',
        line: {
          message: 'refreshed',
          secretName: 'genesys/voicemail',
          secretArn: SECRET_ARN,
          versionId: VERSION,
          execution: EXECUTION,
          state: 'Refresh',
          generation: 1,
          expiresAt: '2026-07-02T08:00:00.000Z',
        },
      },
    ]);
  });

  it('measures the exchange, the lifetime, and the remaining lifetime of the replaced token', async () => {
    stored(secretValue({ expiresAt: '2026-07-01T09:00:00Z' }));
    let nowMs = NOW.getTime();
    genesys.script(response => {
      nowMs += 400;
      respondWith(200, TOKENS)(response);
    });

    await refreshed({}, { now: () => new Date(nowMs) });

    expect(metrics().map(metricsOf)).toEqual([
      { RefreshTime: 400, AccessTokenLifetime: 86_400, RemainingTokenLifetime: 3_600 },
    ]);
    expect(metrics()).toMatchObject([
      {
        secretName: 'genesys/voicemail',
        secretArn: SECRET_ARN,
        versionId: VERSION,
        execution: EXECUTION,
        state: 'Refresh',
      },
    ]);
  });

  it("measures the remaining lifetime of consumers' token, not of the exchanged pair", async () => {
    stored(secretValue({ expiresAt: '2026-07-01T08:01:40Z' }));
    table.putTokens([
      tokenItem({ status: 'exchanged', revision: 2 }),
      tokenItem({ fingerprint: NEW_FINGERPRINT, generation: 1 }),
    ]);
    table.putPair(
      await newPair({
        issuedAt: new Date('2026-06-30T16:00:00Z'),
        expiresAt: new Date('2026-07-01T16:00:00Z'),
      }),
    );
    genesys.script(respondWith(200, { ...TOKENS, refresh_token: 'third-refresh-token' }));

    await refreshed();

    expect(metrics().map(metricsOf)).toMatchObject([{ RemainingTokenLifetime: 100 }]);
  });

  it('measures 0 s for a token that has expired', async () => {
    stored(secretValue({ expiresAt: '2026-06-30T08:00:00Z' }));
    genesys.script(respondWith(200, TOKENS));

    await refreshed();

    expect(metrics().map(metricsOf)).toEqual([
      { RefreshTime: 0, AccessTokenLifetime: 86_400, RemainingTokenLifetime: 0 },
    ]);
  });

  it('measures no lifetime when the response has no expires_in', async () => {
    genesys.script(respondWith(200, { ...TOKENS, expires_in: undefined }));

    await refreshed();

    expect(metrics().map(metricsOf)).toEqual([{ RefreshTime: 0 }]);
  });

  it('returns the pair when the metrics cannot be written', async () => {
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'neither yes nor no');
    genesys.script(respondWith(200, TOKENS));

    const result = await refreshed();

    expect((await opened(result)).tokens.refreshToken).toBe('sentinel-new-refresh-token');
    expect(metrics()).toEqual([]);
    expect(logged()).toMatchObject([
      { line: { message: 'refreshed' } },
      { level: 'warn', line: { message: 'metrics not written', secretArn: SECRET_ARN, state: 'Refresh' } },
    ]);
  });

  it('warns about an access token that expires before the next rotation, with both durations', async () => {
    genesys.script(respondWith(200, { ...TOKENS, expires_in: 9 * 3_600 - 1 }));

    await refreshed();

    expect(logged().filter(({ level }) => level === 'warn')).toMatchObject([
      { line: { secretArn: SECRET_ARN, lifetimeSeconds: 32_399, longestGapSeconds: 32_400 } },
    ]);
  });

  it.each([
    ['lasts exactly until the next rotation', 9 * 3_600],
    ['has an unknown lifetime', undefined],
  ])('does not warn about an access token that %s', async (_what, expires_in) => {
    genesys.script(respondWith(200, { ...TOKENS, expires_in }));

    await refreshed();

    expect(logged().map(({ level }) => level)).toEqual(['info']);
  });
});

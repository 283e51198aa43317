import { GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  GetSecretValueCommand,
  InvalidRequestException,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type RefreshDependencies, type RefreshResult, refresh } from '../../functions/refresh/refresh.ts';
import type { RefreshRequest } from '../../functions/refresh/refresh-request.ts';
import {
  ClientRejected,
  CurrentVersionMoved,
  GenesysAnswerLost,
  GenesysRateLimited,
  GenesysUnavailable,
  InvalidSecret,
  RefreshTokenRejected,
} from '../../functions/shared/errors.ts';
import { openSeal } from '../../functions/shared/sealed-blob.ts';
import { awsException, secretsManagerException } from '../helpers/aws-exception.ts';
import { mockAws } from '../helpers/aws-mock.ts';
import { answer, dropConnection, genesysServer } from '../helpers/genesys-server.ts';
import { expectNoSecrets, rejection, watchedLog } from '../helpers/no-secrets.ts';
import { playKms, SEAL_KEY_ARN } from '../helpers/seal-keys.ts';
import { BASE_VERSION, DERIVED_VERSION, FOREIGN_VERSION, SECRET_ARN, VERSION } from '../helpers/secret.ts';
import { SENTINELS, secretValue } from '../helpers/secret-value.ts';
import { REFRESH, REFRESH_PENDING } from '../helpers/task-requests.ts';
import { metricsOf, writtenMetrics } from '../helpers/written-metrics.ts';

const NOW = new Date('2026-07-01T08:00:00Z');
const TOKENS = {
  access_token: SENTINELS.newAccessToken,
  refresh_token: SENTINELS.newRefreshToken,
  token_type: 'bearer',
  expires_in: 86_400,
};

describe('refresh', () => {
  const logged = watchedLog();
  const metrics = writtenMetrics();
  const genesys = genesysServer();
  const secretsMock = mockAws(SecretsManagerClient);
  const kmsMock = mockAws(KMSClient);
  const kms = new KMSClient();

  beforeEach(() => {
    secretsMock.reset();
    kmsMock.reset();
    playKms(kmsMock);
    secretsMock.on(GetSecretValueCommand).rejects(awsException(ResourceNotFoundException));
    stored(secretValue());
  });

  function stored(SecretString: string): void {
    secretsMock
      .on(GetSecretValueCommand, { VersionStage: 'AWSCURRENT' })
      .resolves({ VersionId: BASE_VERSION, SecretString });
  }

  async function refreshed(
    request: RefreshRequest = REFRESH,
    changes: Partial<RefreshDependencies> = {},
  ): Promise<RefreshResult> {
    const result = await refresh(request, {
      secrets: new SecretsManagerClient(),
      kms,
      sealKeyArn: SEAL_KEY_ARN,
      genesysUrlsOf: () => ({ loginUrl: genesys.url, apiUrl: 'http://127.0.0.1:1' }),
      timeoutMs: () => 5_000,
      now: () => NOW,
      longestGapHours: 9,
      ...changes,
    });
    expectNoSecrets(result);
    return result;
  }

  async function opened({ sealedValue }: RefreshResult): Promise<unknown> {
    const context = { secretArn: SECRET_ARN, versionId: VERSION, holds: 'secret-value' } as const;
    return JSON.parse(await openSeal(kms, SEAL_KEY_ARN, context, sealedValue));
  }

  it('seals the complete new value of the secret, every other key kept', async () => {
    stored(secretValue({ region: 'eu-central-1', team: { name: 'voice' }, expiresAt: 'yesterday' }));
    genesys.script(answer(200, TOKENS));

    const result = await refreshed();

    expect(await opened(result)).toEqual({
      clientId: 'client-id',
      clientSecret: 'sentinel-client-secret',
      accessToken: 'sentinel-new-access-token',
      refreshToken: 'sentinel-new-refresh-token',
      region: 'eu-central-1',
      team: { name: 'voice' },
      expiresAt: '2026-07-02T08:00:00.000Z',
    });
  });

  it('tells the version that it read, when it was refreshed and when the new access token dies', async () => {
    genesys.script(answer(200, TOKENS));

    const result = await refreshed();

    expect(result).toEqual({
      tradedVersionId: BASE_VERSION,
      baseVersionId: BASE_VERSION,
      sealedValue: expect.stringMatching(/^v1\./),
      refreshedAt: '2026-07-01T08:00:00.000Z',
      expiresAt: '2026-07-02T08:00:00.000Z',
    });
  });

  it('presents the refresh token of AWSCURRENT to the host of the credential', async () => {
    stored(secretValue({ region: 'eu-west-1' }));
    genesys.script(answer(200, TOKENS));
    const hosts: string[] = [];

    await refreshed(REFRESH, {
      genesysUrlsOf: host => {
        hosts.push(host);
        return { loginUrl: genesys.url, apiUrl: '' };
      },
    });

    expect(hosts).toEqual(['mypurecloud.ie']);
    expect(genesys.requests.map(request => request.body)).toEqual([
      'grant_type=refresh_token&refresh_token=sentinel-current-refresh-token',
    ]);
  });

  it('keeps the stored refresh token when the answer brings none', async () => {
    genesys.script(answer(200, { ...TOKENS, refresh_token: undefined }));

    const result = await refreshed();

    expect(await opened(result)).toMatchObject({
      accessToken: 'sentinel-new-access-token',
      refreshToken: 'sentinel-current-refresh-token',
    });
  });

  it.each([undefined, 1e300])('knows no end of the tokens when expires_in is %j', async expires_in => {
    stored(secretValue({ expiresAt: '2026-07-01T08:00:00.000Z' }));
    genesys.script(answer(200, { ...TOKENS, expires_in }));

    const result = await refreshed();

    expect(result.expiresAt).toBeNull();
    expect(await opened(result)).not.toHaveProperty('expiresAt');
  });

  it('has the secret and the data key before the token endpoint is called', async () => {
    const inHand: [number, number][] = [];
    genesys.script(response => {
      inHand.push([secretsMock.calls().length, kmsMock.calls().length]);
      answer(200, TOKENS)(response);
    });

    await refreshed();

    expect(inHand).toEqual([[1, 1]]);
    expect(secretsMock.commandCalls(GetSecretValueCommand)).toHaveLength(1);
    expect(kmsMock.commandCalls(GenerateDataKeyCommand)).toHaveLength(1);
    expect([secretsMock.calls().length, kmsMock.calls().length]).toEqual([1, 1]);
  });

  it('asks how long Genesys Cloud may take only when the request is about to leave', async () => {
    const timeoutMs = vi.fn(() => {
      expect(secretsMock.calls()).toHaveLength(1);
      expect(kmsMock.calls()).toHaveLength(1);
      return 4_321;
    });
    const timeout = vi.spyOn(AbortSignal, 'timeout');
    genesys.script(answer(200, TOKENS));

    await refreshed(REFRESH, { timeoutMs });

    expect(timeout.mock.calls).toEqual([[4_321]]);
  });

  it('logs which version was refreshed and when the new token dies', async () => {
    genesys.script(answer(200, TOKENS));

    await refreshed();

    expect(logged()).toEqual([
      {
        level: 'info',
        line: {
          message: 'refreshed',
          secretName: 'genesys/voicemail',
          secretArn: SECRET_ARN,
          versionId: VERSION,
          execution: 'arn:execution',
          state: 'Refresh',
          tradedVersionId: BASE_VERSION,
          baseVersionId: BASE_VERSION,
          expiresAt: '2026-07-02T08:00:00.000Z',
        },
      },
    ]);
  });

  it('measures the exchange with Genesys Cloud, the new life, and what was left of the token before', async () => {
    stored(secretValue({ expiresAt: '2026-07-01T09:00:00Z' }));
    genesys.script(answer(200, TOKENS));
    const instants = [NOW, NOW, new Date('2026-07-01T08:00:00.400Z')];

    await refreshed(REFRESH, { now: () => instants.shift() ?? NOW });

    expect(metrics().map(metricsOf)).toEqual([
      { RefreshTime: 400, AccessTokenLife: 86_400, RemainingTokenLife: 3_600 },
    ]);
    expect(metrics()).toMatchObject([
      {
        secretName: 'genesys/voicemail',
        secretArn: SECRET_ARN,
        versionId: VERSION,
        execution: 'arn:execution',
        state: 'Refresh',
      },
    ]);
  });

  it('measures nothing left of a token that was dead', async () => {
    stored(secretValue({ expiresAt: '2026-06-30T08:00:00Z' }));
    genesys.script(answer(200, TOKENS));

    await refreshed();

    expect(metrics().map(metricsOf)).toEqual([
      { RefreshTime: 0, AccessTokenLife: 86_400, RemainingTokenLife: 0 },
    ]);
  });

  it('measures no life that it is not told', async () => {
    genesys.script(answer(200, { ...TOKENS, expires_in: undefined }));

    await refreshed();

    expect(metrics().map(metricsOf)).toEqual([{ RefreshTime: 0 }]);
  });

  it('hands the tokens on although the metrics cannot be written', async () => {
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'neither yes nor no');
    genesys.script(answer(200, TOKENS));

    const result = await refreshed();

    expect(await opened(result)).toMatchObject({ refreshToken: 'sentinel-new-refresh-token' });
    expect(metrics()).toEqual([]);
    expect(logged()).toMatchObject([
      { line: { message: 'refreshed' } },
      { level: 'warn', line: { message: 'metrics not written', secretArn: SECRET_ARN, state: 'Refresh' } },
    ]);
  });

  it('warns of a token that dies before the next rotation may come, with both numbers', async () => {
    genesys.script(answer(200, { ...TOKENS, expires_in: 9 * 3_600 - 1 }));

    await refreshed();

    expect(logged().filter(({ level }) => level === 'warn')).toMatchObject([
      { line: { secretArn: SECRET_ARN, accessTokenLifeSeconds: 32_399, longestGapHours: 9 } },
    ]);
  });

  it.each([
    ['lives as long as the longest time between two rotations', 9 * 3_600, 9],
    ['has a life that is not told', undefined, 9],
    ['cannot be compared', 300, undefined],
  ])('does not warn of a token that %s', async (_what, expires_in, longestGapHours) => {
    genesys.script(answer(200, { ...TOKENS, expires_in }));

    await refreshed(REFRESH, { longestGapHours });

    expect(logged().map(({ level }) => level)).toEqual(['info']);
  });

  describe('from the pending version', () => {
    beforeEach(() => {
      secretsMock
        .on(GetSecretValueCommand, { VersionId: DERIVED_VERSION })
        .resolves({ VersionId: DERIVED_VERSION, SecretString: secretValue({ refreshToken: 'pending-one' }) });
    });

    it('presents the refresh token that an earlier attempt stored', async () => {
      genesys.script(answer(200, TOKENS));

      await refreshed(REFRESH_PENDING);

      expect(genesys.requests.map(request => request.body)).toEqual([
        'grant_type=refresh_token&refresh_token=pending-one',
      ]);
    });

    it('names the pending version as the traded one, and the one that AWSCURRENT was on as the base', async () => {
      genesys.script(answer(200, TOKENS));

      const result = await refreshed(REFRESH_PENDING);

      expect(result).toMatchObject({ tradedVersionId: DERIVED_VERSION, baseVersionId: BASE_VERSION });
    });

    it('measures what was left of the token that consumers had, not of the pending one', async () => {
      stored(secretValue({ expiresAt: '2026-07-01T08:01:40Z' }));
      genesys.script(answer(200, TOKENS));

      await refreshed(REFRESH_PENDING);

      expect(metrics().map(metricsOf)).toMatchObject([{ RemainingTokenLife: 100 }]);
    });

    it('throws CurrentVersionMoved without a request when somebody wrote a newer credential', async () => {
      secretsMock
        .on(GetSecretValueCommand, { VersionStage: 'AWSCURRENT' })
        .resolves({ VersionId: FOREIGN_VERSION, SecretString: secretValue() });

      const error = await rejection(refreshed(REFRESH_PENDING));

      expect(error).toBeInstanceOf(CurrentVersionMoved);
      expect(error.message).toContain(FOREIGN_VERSION);
      expect(genesys.requests).toEqual([]);
    });

    it('goes on when AWSCURRENT has no value: nothing newer is known', async () => {
      secretsMock
        .on(GetSecretValueCommand, { VersionStage: 'AWSCURRENT' })
        .rejects(awsException(ResourceNotFoundException));
      genesys.script(answer(200, TOKENS));

      const result = await refreshed(REFRESH_PENDING);

      expect(result.baseVersionId).toBe(BASE_VERSION);
    });

    it('keeps the keys of the pending version, not those of AWSCURRENT', async () => {
      stored(secretValue({ team: 'of AWSCURRENT' }));
      secretsMock
        .on(GetSecretValueCommand, { VersionId: DERIVED_VERSION })
        .resolves({ VersionId: DERIVED_VERSION, SecretString: secretValue({ team: 'of the pending one' }) });
      genesys.script(answer(200, TOKENS));

      const result = await refreshed(REFRESH_PENDING);

      expect(await opened(result)).toMatchObject({
        team: 'of the pending one',
        refreshToken: 'sentinel-new-refresh-token',
      });
    });

    it('throws InvalidSecret when the pending version has no value any more', async () => {
      secretsMock
        .on(GetSecretValueCommand, { VersionId: DERIVED_VERSION })
        .rejects(awsException(ResourceNotFoundException));

      const error = await rejection(refreshed(REFRESH_PENDING));

      expect(error).toBeInstanceOf(InvalidSecret);
      expect(error.message).toContain('pending');
      expect(genesys.requests).toEqual([]);
    });
  });

  describe('fails without calling the token endpoint', () => {
    it('when AWSCURRENT has no value', async () => {
      secretsMock
        .on(GetSecretValueCommand, { VersionStage: 'AWSCURRENT' })
        .rejects(awsException(ResourceNotFoundException));

      const error = await rejection(refreshed());

      expect(error).toBeInstanceOf(InvalidSecret);
      expect(error.message).toContain(SECRET_ARN);
      expect(genesys.requests).toEqual([]);
    });

    it.each([
      ['no JSON', SENTINELS.refreshToken],
      ['null', 'null'],
      ['a number', '7'],
      ['a missing key', secretValue({ clientId: undefined })],
      ['an empty key', secretValue({ clientSecret: '' })],
      ['a key of a wrong type', secretValue({ refreshToken: [SENTINELS.refreshToken] })],
      ['an unknown region', secretValue({ region: 'evil.example' })],
    ])('when AWSCURRENT holds %s', async (_what, value) => {
      stored(value);

      const error = await rejection(refreshed());

      expect(error).toBeInstanceOf(InvalidSecret);
      expect(genesys.requests).toEqual([]);
    });

    it.each([
      awsException(InvalidRequestException),
      secretsManagerException('ThrottlingException'),
      secretsManagerException('AccessDeniedException'),
    ])('when Secrets Manager refuses with %s', async exception => {
      secretsMock.on(GetSecretValueCommand, { VersionStage: 'AWSCURRENT' }).rejects(exception);

      const error = await rejection(refreshed());

      expect(error).toBe(exception);
      expect(genesys.requests).toEqual([]);
    });

    it('when KMS gives no data key', async () => {
      kmsMock.on(GenerateDataKeyCommand).rejects(new Error('KMS is down'));

      const error = await rejection(refreshed());

      expect(error.message).toBe('KMS is down');
      expect(genesys.requests).toEqual([]);
    });
  });

  it.each([
    ['RefreshTokenRejected', answer(400, { error: 'invalid_grant' }), RefreshTokenRejected],
    ['ClientRejected', answer(400, { error: 'invalid_client' }), ClientRejected],
    ['GenesysRateLimited', answer(429), GenesysRateLimited],
    ['GenesysUnavailable', answer(503), GenesysUnavailable],
    ['GenesysAnswerLost', dropConnection, GenesysAnswerLost],
  ])('throws %s and changes nothing', async (_name, scripted, type) => {
    genesys.script(scripted);

    const error = await rejection(refreshed());

    expect(error).toBeInstanceOf(type);
    expect(error.message).toContain(SECRET_ARN);
    expect(secretsMock.calls().map(call => call.args[0].constructor)).toEqual([GetSecretValueCommand]);
    expect(logged()).toEqual([]);
    expect(metrics()).toEqual([]);
  });

  it.each([
    [true, /probably spent/],
    [false, /^((?!probably spent).)*$/],
  ])('lets the error say whether the token may have been presented before: %s', async (repeated, message) => {
    genesys.script(answer(400, { error: 'invalid_grant' }));

    const error = await rejection(refreshed({ ...REFRESH, repeated }));

    expect(error).toBeInstanceOf(RefreshTokenRejected);
    expect(error.message).toMatch(message);
  });
});

import { GenerateDataKeyCommand } from '@aws-sdk/client-kms';
import {
  GetSecretValueCommand,
  InvalidRequestException,
  ResourceNotFoundException,
} from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseRefreshRequest } from '../../functions/refresh/refresh.ts';
import {
  ExchangeInProgress,
  ExchangeUnsettled,
  InvalidRotationRequest,
  InvalidSecret,
  NewerLogin,
  RefreshTokenRejected,
  SharedLogin,
} from '../../functions/shared/errors.ts';
import type { SealedPair } from '../../functions/shared/journal/journal.ts';
import { awsException, secretsManagerException } from '../helpers/aws-exception.ts';
import { EXECUTION_ARN_PREFIX } from '../helpers/execution-description.ts';
import { respondWith } from '../helpers/genesys-server.ts';
import { CURRENT_FINGERPRINT, NEW_FINGERPRINT, tokenItem } from '../helpers/journal-items.ts';
import { rejection } from '../helpers/no-secrets.ts';
import { BASE_VERSION, FOREIGN_VERSION, SECRET_ARN, VERSION } from '../helpers/secret.ts';
import { SENTINELS, secretValue } from '../helpers/secret-value.ts';
import { EXECUTION, REFRESH, REFRESH_AGAIN } from '../helpers/task-requests.ts';
import { refreshWorld, TOKENS } from './refresh-world.ts';

const OTHER_EXECUTION = `${EXECUTION_ARN_PREFIX}other`;
const OTHER_SECRET_ARN = SECRET_ARN.replace('voicemail', 'chat');

/** The new token in the journal, as the first successor of AWSCURRENT's token. */
const NEW_TOKEN = tokenItem({ fingerprint: NEW_FINGERPRINT, generation: 1 });
const EXCHANGED_TOKEN = tokenItem({ status: 'exchanged', revision: 2 });

describe('refresh', () => {
  const world = refreshWorld();
  const { logged, metrics, genesys, secretsMock, kmsMock, table, states, stored, refreshed, opened } = world;

  /** The refresh tokens that were presented. */
  function presented(): string[] {
    return genesys.requests.map(({ body }) => new URLSearchParams(body).get('refresh_token') ?? '');
  }

  describe('when the journal does not know the refresh token of AWSCURRENT', () => {
    it('exchanges it, and the pair is the first of a new lineage', async () => {
      genesys.script(respondWith(200, TOKENS));

      const result = await refreshed();

      expect(result).toEqual({
        lineage: CURRENT_FINGERPRINT,
        generation: 1,
        current: { lineage: CURRENT_FINGERPRINT, generation: 0 },
        fingerprint: NEW_FINGERPRINT,
        sealedPair: expect.stringMatching(/^v1\./),
        issuedAt: '2026-07-01T08:00:00.000Z',
        expiresAt: '2026-07-02T08:00:00.000Z',
      });
      expect(presented()).toEqual(['sentinel-current-refresh-token']);
    });

    it('seals the pair with its exchange', async () => {
      genesys.script(respondWith(200, TOKENS));

      const result = await refreshed();

      const [mark] = table.marks();
      expect(mark).toMatchObject({ exchangeId: { S: expect.stringMatching(/^[0-9a-f-]{36}$/) } });
      const { exchangeId } = mark as { exchangeId: { S: string } };
      expect(await opened(result)).toMatchObject({
        tokens: {
          accessToken: 'sentinel-new-access-token',
          refreshToken: 'sentinel-new-refresh-token',
          expiresAt: new Date('2026-07-02T08:00:00Z'),
        },
        exchangedFingerprint: CURRENT_FINGERPRINT,
        exchangeId: exchangeId.S,
      });
    });

    it('presents the refresh token to the host of the credential', async () => {
      stored(secretValue({ region: 'eu-west-1' }));
      genesys.script(respondWith(200, TOKENS));
      const hosts: string[] = [];

      await refreshed(
        {},
        {
          genesysUrlsOf: host => {
            hosts.push(host);
            return { loginUrl: genesys.url, apiUrl: '' };
          },
        },
      );

      expect(hosts).toEqual(['mypurecloud.ie']);
      expect(genesys.requests.map(request => request.body)).toEqual([
        'grant_type=refresh_token&refresh_token=sentinel-current-refresh-token',
      ]);
    });

    it('keeps the refresh token when the response has none', async () => {
      genesys.script(respondWith(200, { ...TOKENS, refresh_token: undefined }));

      const result = await refreshed();

      expect(result).toMatchObject({ generation: 1, fingerprint: CURRENT_FINGERPRINT });
      expect(await opened(result)).toMatchObject({
        tokens: {
          accessToken: 'sentinel-new-access-token',
          refreshToken: 'sentinel-current-refresh-token',
        },
        exchangedFingerprint: CURRENT_FINGERPRINT,
      });
      expect(table.records()).toEqual([[`token#${CURRENT_FINGERPRINT}`, `lineage#${CURRENT_FINGERPRINT}`]]);
    });

    it.each([undefined, 1e300])('returns expiresAt null when expires_in is %j', async expires_in => {
      stored(secretValue({ expiresAt: '2026-07-01T08:00:00.000Z' }));
      genesys.script(respondWith(200, { ...TOKENS, expires_in }));

      const result = await refreshed();

      expect(result.expiresAt).toBeNull();
      expect((await opened(result)).tokens).not.toHaveProperty('expiresAt');
    });
  });

  describe('when the journal holds a newer pair than AWSCURRENT', () => {
    let pair: SealedPair;

    beforeEach(async () => {
      pair = await world.newPair();
      table.putTokens([EXCHANGED_TOKEN, NEW_TOKEN]);
      table.putPair(pair);
    });

    it('returns the pair without a request when it lasts until the next rotation', async () => {
      const result = await refreshed();

      expect(result).toEqual({
        lineage: CURRENT_FINGERPRINT,
        generation: 1,
        current: { lineage: CURRENT_FINGERPRINT, generation: 0 },
        fingerprint: NEW_FINGERPRINT,
        sealedPair: pair.sealedPair,
        issuedAt: '2026-07-01T08:00:00.000Z',
        expiresAt: '2026-07-02T08:00:00.000Z',
      });
      expect(genesys.requests).toEqual([]);
      expect(table.marks()).toEqual([]);
      // Only for the pair in the journal; nothing else is sealed.
      expect(kmsMock.commandCalls(GenerateDataKeyCommand)).toHaveLength(1);
    });

    it('logs that it found the pair, and measures no refresh', async () => {
      await refreshed();

      expect(logged()).toMatchObject([
        {
          level: 'info',
          line: { message: 'newest pair found in the journal', issuedAt: '2026-07-01T08:00:00.000Z' },
        },
      ]);
      expect(metrics()).toEqual([]);
    });

    it('exchanges its refresh token, not that of AWSCURRENT, when it does not last', async () => {
      table.putPair({
        ...pair,
        issuedAt: new Date('2026-06-30T17:00:00Z'),
        expiresAt: new Date('2026-07-01T16:59:59Z'),
      });
      genesys.script(respondWith(200, { ...TOKENS, refresh_token: 'third-refresh-token' }));

      const result = await refreshed();

      expect(presented()).toEqual(['sentinel-new-refresh-token']);
      expect(result).toMatchObject({ lineage: CURRENT_FINGERPRINT, generation: 2 });
      expect((await opened(result)).exchangedFingerprint).toBe(NEW_FINGERPRINT);
    });

    it('throws RefreshTokenRejected without a request when it is exchanged and has no successor', async () => {
      table.putTokens([{ ...NEW_TOKEN, status: 'exchanged' }]);

      const error = await rejection(refreshed());

      expect(error).toBeInstanceOf(RefreshTokenRejected);
      expect(error.message).toContain(SECRET_ARN);
      expect(genesys.requests).toEqual([]);
    });
  });

  describe('in RefreshAgain', () => {
    it('exchanges the refresh token of the pair that the rotation cannot use', async () => {
      table.putTokens([EXCHANGED_TOKEN, NEW_TOKEN]);
      table.putPair(await world.newPair());
      genesys.script(respondWith(200, { ...TOKENS, refresh_token: 'third-refresh-token' }));

      const result = await refreshed(REFRESH_AGAIN);

      expect(presented()).toEqual(['sentinel-new-refresh-token']);
      expect(result.generation).toBe(2);
    });

    it('returns a newer pair of the same login that lasts', async () => {
      table.putTokens([EXCHANGED_TOKEN, { ...NEW_TOKEN, generation: 2 }]);
      table.putPair(await world.newPair({ generation: 2 }));

      const result = await refreshed(REFRESH_AGAIN);

      expect(result.generation).toBe(2);
      expect(genesys.requests).toEqual([]);
    });

    it('throws NewerLogin without a request when AWSCURRENT holds another login', async () => {
      const position = { lineage: NEW_FINGERPRINT, generation: 1 };
      const replaces = { ...position, current: position };

      const error = await rejection(refreshed({ ...REFRESH_AGAIN, replaces }));

      expect(error).toBeInstanceOf(NewerLogin);
      expect(error.message).toContain(SECRET_ARN);
      expect(genesys.requests).toEqual([]);
      expect(table.marks()).toEqual([]);
    });
  });

  describe('when an exchange of the token is marked', () => {
    const marked = (execution: string, deadline: string) =>
      tokenItem({
        status: 'exchanging',
        exchange: {
          id: 'exchange-1',
          attempt: { ...REFRESH.attempt, execution },
          deadline: new Date(deadline),
        },
      });

    it('throws ExchangeInProgress until its deadline, and names it', async () => {
      table.putTokens([marked(OTHER_EXECUTION, '2026-07-01T08:00:20Z')]);

      const error = await rejection(refreshed());

      expect(error).toBeInstanceOf(ExchangeInProgress);
      expect(error.message).toContain('2026-07-01T08:00:20.000Z');
      expect(genesys.requests).toEqual([]);
    });

    it('throws ExchangeUnsettled after its deadline while the other execution can be redriven', async () => {
      table.putTokens([marked(OTHER_EXECUTION, '2026-07-01T08:00:00Z')]);
      states.set(OTHER_EXECUTION, 'redrivable');

      const error = await rejection(refreshed());

      expect(error).toBeInstanceOf(ExchangeUnsettled);
      expect(error.message).toContain(OTHER_EXECUTION);
      expect(error.message).toContain(SECRET_ARN);
      expect(genesys.requests).toEqual([]);
      expect(table.marks()).toEqual([]);
    });

    it('throws ExchangeInProgress after its deadline while the other execution is running', async () => {
      table.putTokens([marked(OTHER_EXECUTION, '2026-07-01T08:00:00Z')]);
      states.set(OTHER_EXECUTION, 'running');

      const error = await rejection(refreshed());

      expect(error).toBeInstanceOf(ExchangeInProgress);
      expect(genesys.requests).toEqual([]);
      expect(table.marks()).toEqual([]);
    });

    it('presents the token again when the other execution is over', async () => {
      table.putTokens([marked(OTHER_EXECUTION, '2026-07-01T08:00:00Z')]);
      states.set(OTHER_EXECUTION, 'over');
      genesys.script(respondWith(200, TOKENS));

      const result = await refreshed();

      expect(presented()).toEqual(['sentinel-current-refresh-token']);
      expect(result.fingerprint).toBe(NEW_FINGERPRINT);
    });

    it('presents the token again in a later attempt of the same execution without describing it', async () => {
      table.putTokens([marked(EXECUTION, '2026-07-01T08:00:00Z')]);
      genesys.script(respondWith(200, TOKENS));

      const result = await refreshed({ attempt: { ...REFRESH.attempt, retryCount: 1 } });

      expect(result.fingerprint).toBe(NEW_FINGERPRINT);
    });

    it('adds to the rejection that the token was probably spent', async () => {
      table.putTokens([marked(EXECUTION, '2026-07-01T08:00:00Z')]);
      genesys.script(respondWith(400, { error: 'invalid_grant' }));

      const error = await rejection(refreshed());

      expect(error).toBeInstanceOf(RefreshTokenRejected);
      expect(error.message).toContain('probably spent');
    });
  });

  it('does not mention an earlier attempt when the rejected token was never presented before', async () => {
    genesys.script(respondWith(400, { error: 'invalid_grant' }));

    const error = await rejection(refreshed());

    expect(error).toBeInstanceOf(RefreshTokenRejected);
    expect(error.message).not.toContain('probably spent');
  });

  it('uses the newer login when a stale read showed a token that is rejected', async () => {
    const showsNewLogin = secretsMock
      .on(GetSecretValueCommand)
      .resolvesOnce({ VersionId: BASE_VERSION, SecretString: secretValue() });
    showsNewLogin.resolves({
      VersionId: FOREIGN_VERSION,
      SecretString: secretValue({ refreshToken: 'second-login' }),
    });
    genesys.script(respondWith(400, { error: 'invalid_grant' }), respondWith(200, TOKENS));

    await refreshed();

    expect(presented()).toEqual([SENTINELS.refreshToken, 'second-login']);
  });

  it('throws SharedLogin without a request when another secret rotates the login', async () => {
    table.putTokens([tokenItem()], OTHER_SECRET_ARN);

    const error = await rejection(refreshed());

    expect(error).toBeInstanceOf(SharedLogin);
    expect(error.message).toContain(SECRET_ARN);
    expect(error.message).toContain(OTHER_SECRET_ARN);
    expect(genesys.requests).toEqual([]);
  });

  describe('fails without a request to the token endpoint', () => {
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

    it('when KMS returns no data key', async () => {
      kmsMock.on(GenerateDataKeyCommand).rejects(new Error('KMS is down'));

      const error = await rejection(refreshed());

      expect(error.message).toBe('KMS is down');
      expect(genesys.requests).toEqual([]);
      expect(table.marks()).toEqual([]);
    });
  });
});

describe('parseRefreshRequest', () => {
  const EVENT = {
    secretArn: SECRET_ARN,
    versionId: VERSION,
    replaces: null as object | null,
    skipsDeadGrant: false,
    redriveCount: 0,
    enteredAt: '2026-07-01T07:59:59Z',
    retryCount: 0,
    execution: EXECUTION,
    state: 'Refresh',
  };
  const REPLACES = { ...REFRESH_AGAIN.replaces, sealedPair: 'v1.a.b.c' };

  it('reads the request of Refresh', () => {
    expect(parseRefreshRequest(EVENT)).toEqual(REFRESH);
  });

  it('reads the request of RefreshAgain, and only the identity of its pair', () => {
    const event = { ...EVENT, replaces: REPLACES, skipsDeadGrant: true, state: 'RefreshAgain' };

    expect(parseRefreshRequest(event)).toEqual(REFRESH_AGAIN);
  });

  it('reads the attempt', () => {
    const event = { ...EVENT, redriveCount: 2, enteredAt: '2026-07-01T09:59:59.5+02:00', retryCount: 3 };

    expect(parseRefreshRequest(event).attempt).toEqual({
      execution: EXECUTION,
      redriveCount: 2,
      enteredAt: '2026-07-01T07:59:59.500Z',
      retryCount: 3,
    });
  });

  it.each([
    ['secretArn', { secretArn: undefined }],
    ['versionId', { versionId: '' }],
    ['replaces', { replaces: undefined }],
    ['replaces', { replaces: 'v1.a.b.c' }],
    ['lineage', { replaces: { ...REPLACES, lineage: undefined } }],
    ['generation', { replaces: { ...REPLACES, generation: -1 } }],
    ['current', { replaces: { ...REPLACES, current: null } }],
    ['skipsDeadGrant', { skipsDeadGrant: undefined }],
    ['redriveCount', { redriveCount: '1' }],
    ['enteredAt', { enteredAt: undefined }],
    ['enteredAt', { enteredAt: 'a moment ago' }],
    ['retryCount', { retryCount: undefined }],
    ['execution', { execution: undefined }],
    ['state', { state: null }],
  ])('refuses a request without a valid %s: %j', async (key, change) => {
    const error = await rejection(Promise.resolve().then(() => parseRefreshRequest({ ...EVENT, ...change })));

    expect(error).toBeInstanceOf(InvalidRotationRequest);
    expect(error.message).toContain(key);
  });
});

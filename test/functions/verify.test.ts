import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  AccessTokenExpired,
  AccessTokenForbidden,
  AccessTokenRejected,
  ClientRejected,
  CurrentVersionMoved,
  GenesysRateLimited,
  GenesysUnavailable,
  InvalidRotationRequest,
  InvalidSecret,
  PendingVersionMissing,
  WrongUser,
} from '../../functions/shared/errors.ts';
import { MAX_READ_LAG_MS } from '../../functions/shared/secrets/secret-versions.ts';
import {
  FRESH_MS,
  parseVerifyRequest,
  type VerifyDependencies,
  type VerifyRequest,
  type VerifyResult,
  verify,
} from '../../functions/verify/verify.ts';
import { awsException, secretsManagerException } from '../helpers/aws-exception.ts';
import { mockAws } from '../helpers/aws-mock.ts';
import {
  dropConnection,
  genesysServer,
  respondWith,
  type ScriptedResponse,
} from '../helpers/genesys-server.ts';
import { captureLog, expectNoSecrets, rejection } from '../helpers/no-secrets.ts';
import { BASE_VERSION, DERIVED_VERSION, FOREIGN_VERSION, SECRET_ARN, VERSION } from '../helpers/secret.ts';
import { SENTINELS, secretValue } from '../helpers/secret-value.ts';
import { sum } from '../helpers/sum.ts';
import { CHECK_CONFIGURATION, EXECUTION, VERIFY } from '../helpers/task-requests.ts';

const USER = { id: 'user-1', name: 'Mary Major', email: 'mary@example.com' };

const NOW = new Date('2026-07-01T08:00:00Z');

describe('verify', () => {
  const logged = captureLog();
  const genesys = genesysServer();
  const secretsMock = mockAws(SecretsManagerClient);
  let sleeps: number[] = [];

  beforeEach(() => {
    secretsMock.reset();
    sleeps = [];
    secretsMock.on(GetSecretValueCommand).rejects(awsException(ResourceNotFoundException));
    stored(secretValue({ region: 'eu-west-1', accessToken: SENTINELS.newAccessToken }));
    current(secretValue({ region: 'eu-west-1' }));
  });

  /** The value of the pending version. */
  function stored(SecretString: string): void {
    secretsMock
      .on(GetSecretValueCommand, { SecretId: SECRET_ARN, VersionId: DERIVED_VERSION })
      .resolves({ VersionId: DERIVED_VERSION, SecretString });
  }

  /** The value of AWSCURRENT, and its version. */
  function current(SecretString: string, VersionId = BASE_VERSION): void {
    secretsMock
      .on(GetSecretValueCommand, { SecretId: SECRET_ARN, VersionStage: 'AWSCURRENT' })
      .resolves({ VersionId, SecretString });
  }

  async function verified(
    request: VerifyRequest = VERIFY,
    changes: Partial<VerifyDependencies> = {},
  ): Promise<VerifyResult> {
    const result = await verify(request, {
      secrets: new SecretsManagerClient(),
      genesysUrlsOf: host => ({
        loginUrl: `${genesys.url}/login/${host}`,
        apiUrl: `${genesys.url}/api/${host}`,
      }),
      timeoutMs: () => 2_000,
      now: () => NOW,
      sleep: async ms => {
        sleeps.push(ms);
      },
      ...changes,
    });
    expectNoSecrets(result);
    return result;
  }

  describe('in the mode verify', () => {
    it('calls the API at the host of the credential with the access token of the pending version', async () => {
      genesys.script(respondWith(200, USER));

      await verified();

      expect(genesys.requests).toMatchObject([
        {
          method: 'GET',
          path: '/api/mypurecloud.ie/api/v2/users/me',
          headers: { authorization: 'Bearer sentinel-new-access-token' },
        },
      ]);
    });

    it('returns only the id of the user from the profile', async () => {
      genesys.script(respondWith(200, USER));

      const result = await verified();

      expect(result).toEqual({ userId: 'user-1' });
    });

    it('logs the id of the user, and no personal data', async () => {
      genesys.script(respondWith(200, USER));

      await verified();

      expect(logged()).toEqual([
        {
          level: 'info',
          line: {
            message: 'verified',
            secretName: 'genesys/voicemail',
            secretArn: SECRET_ARN,
            versionId: VERSION,
            execution: EXECUTION,
            state: 'Verify',
            pendingVersionId: DERIVED_VERSION,
            userId: 'user-1',
          },
        },
      ]);
    });

    it('reads the version once and writes nothing', async () => {
      genesys.script(respondWith(200, USER));

      await verified();

      expect(secretsMock.calls().map(call => call.args[0].input)).toEqual([
        { SecretId: SECRET_ARN, VersionId: DERIVED_VERSION },
      ]);
    });

    it.each<[string, ScriptedResponse, new (message: string) => Error]>([
      ['AccessTokenRejected', respondWith(401, { code: 'bad.credentials' }), AccessTokenRejected],
      ['AccessTokenForbidden', respondWith(403, { code: 'missing.permissions' }), AccessTokenForbidden],
      ['GenesysRateLimited', respondWith(429, { code: 'too.many.requests' }), GenesysRateLimited],
      ['GenesysUnavailable', respondWith(503, '<html></html>'), GenesysUnavailable],
      ['GenesysUnavailable when the connection drops', dropConnection, GenesysUnavailable],
    ])('throws %s', async (_name, scripted, type) => {
      genesys.script(scripted);

      const error = await rejection(verified());

      expect(error).toBeInstanceOf(type);
      expect(error.message).toContain(SECRET_ARN);
      expect(logged()).toEqual([]);
    });

    describe('when the API responds with 401', () => {
      const issuedAt = (time: string): VerifyRequest => ({ ...VERIFY, issuedAt: new Date(time) });

      it.each([
        ['a while ago', issuedAt(new Date(NOW.getTime() - FRESH_MS).toISOString())],
        ['days ago, before a redrive', issuedAt('2026-06-20T00:00:00Z')],
      ])('throws AccessTokenExpired for a token that was issued %s', async (...given) => {
        const [, request] = given;
        genesys.script(respondWith(401));

        const error = await rejection(verified(request));

        expect(error).toBeInstanceOf(AccessTokenExpired);
        expect(error.message).toContain(SECRET_ARN);
      });

      it.each([
        ['more recently', issuedAt(new Date(NOW.getTime() - FRESH_MS + 1).toISOString())],
        ['in the future according to this clock', issuedAt('2026-07-01T08:00:10Z')],
      ])('throws AccessTokenRejected for a token that was issued %s', async (...given) => {
        const [, request] = given;
        genesys.script(respondWith(401));

        const error = await rejection(verified(request));

        expect(error).toBeInstanceOf(AccessTokenRejected);
      });

      it.each([
        [403, AccessTokenForbidden],
        [429, GenesysRateLimited],
        [503, GenesysUnavailable],
      ])('does not treat an old token as expired after %i', async (status, type) => {
        genesys.script(respondWith(status));

        const error = await rejection(verified(issuedAt('2026-06-20T00:00:00Z')));

        expect(error).toBeInstanceOf(type);
      });
    });

    describe('when the pending version has genesysUserId', () => {
      const pendingFor = (genesysUserId: unknown): void =>
        stored(secretValue({ accessToken: SENTINELS.newAccessToken, genesysUserId }));

      it('succeeds for that user, and reads nothing else', async () => {
        pendingFor('user-1');
        genesys.script(respondWith(200, USER));

        expect(await verified()).toEqual({ userId: 'user-1' });
        expect(secretsMock.calls()).toHaveLength(1);
      });

      it.each([undefined, null])('treats %j as no restriction', async genesysUserId => {
        pendingFor(genesysUserId);
        genesys.script(respondWith(200, USER));

        expect(await verified()).toEqual({ userId: 'user-1' });
      });

      it.each(['', 7, ['user-2']])(
        'throws InvalidSecret for %j, which restricts nothing',
        async genesysUserId => {
          pendingFor(genesysUserId);

          const error = await rejection(verified());

          expect(error).toBeInstanceOf(InvalidSecret);
          expect(error.message).toContain('genesysUserId');
        },
      );

      it('throws WrongUser for another user', async () => {
        pendingFor('user-2');
        genesys.script(respondWith(200, USER));

        const error = await rejection(verified());

        expect(error).toBeInstanceOf(WrongUser);
        expect(error.message).toContain(SECRET_ARN);
        expect(error.message).toContain('user-1');
        expect(logged()).toEqual([]);
      });

      it('throws CurrentVersionMoved for another user when AWSCURRENT has changed since', async () => {
        pendingFor('user-2');
        current(secretValue({ genesysUserId: 'user-1' }), FOREIGN_VERSION);
        genesys.script(respondWith(200, USER));

        const error = await rejection(verified());

        expect(error).toBeInstanceOf(CurrentVersionMoved);
        expect(error.message).toContain(BASE_VERSION);
        expect(error.message).toContain(FOREIGN_VERSION);
      });

      it('throws InvalidSecret for another user when AWSCURRENT is no longer a credential', async () => {
        pendingFor('user-2');
        current('not JSON', FOREIGN_VERSION);
        genesys.script(respondWith(200, USER));

        const error = await rejection(verified());

        expect(error).toBeInstanceOf(InvalidSecret);
      });
    });

    it('throws PendingVersionMissing without a request when no read finds a value', async () => {
      const error = await rejection(verified({ ...VERIFY, pendingVersionId: VERSION }));

      expect(error).toBeInstanceOf(PendingVersionMissing);
      expect(error.message).toContain(VERSION);
      expect(genesys.requests).toEqual([]);
      expect(sum(sleeps)).toBe(MAX_READ_LAG_MS);
    });

    it('waits for a value that is not visible yet', async () => {
      secretsMock
        .on(GetSecretValueCommand, { SecretId: SECRET_ARN, VersionId: VERSION })
        .rejectsOnce(awsException(ResourceNotFoundException))
        .resolves({ VersionId: VERSION, SecretString: secretValue() });
      genesys.script(respondWith(200, USER));

      expect(await verified({ ...VERIFY, pendingVersionId: VERSION })).toEqual({ userId: 'user-1' });
      expect(sleeps).toHaveLength(1);
    });

    it('throws InvalidSecret without a request when the version has no access token', async () => {
      stored(secretValue({ accessToken: undefined }));

      const error = await rejection(verified());

      expect(error).toBeInstanceOf(InvalidSecret);
      expect(error.message).toContain('accessToken');
      expect(genesys.requests).toEqual([]);
    });

    it('calculates the timeout when the request is about to be sent', async () => {
      const timeoutMs = vi.fn(() => {
        expect(secretsMock.calls()).toHaveLength(1);
        return 1_234;
      });
      const timeout = vi.spyOn(AbortSignal, 'timeout');
      genesys.script(respondWith(200, USER));

      await verified(VERIFY, { timeoutMs });

      expect(timeout.mock.calls).toEqual([[1_234]]);
    });
  });

  describe('in the mode check-configuration', () => {
    it('checks the client at the login host, and presents no token of the secret', async () => {
      genesys.script(respondWith(400, { error: 'invalid_grant' }));

      const result = await verified(CHECK_CONFIGURATION);

      expect(result).toEqual({ userId: null });
      expect(genesys.requests).toMatchObject([
        {
          method: 'POST',
          path: '/login/mypurecloud.ie/oauth/token',
          body: 'grant_type=refresh_token&refresh_token=configuration-check',
        },
      ]);
      expectNoSecrets(genesys.requests.map(request => request.body));
    });

    it('needs no access token, because a secret that was never rotated has none', async () => {
      current(secretValue({ accessToken: undefined }));
      genesys.script(respondWith(400, { error: 'invalid_grant' }));

      expect((await verified(CHECK_CONFIGURATION)).userId).toBeNull();
    });

    it('reads only AWSCURRENT, because Secrets Manager removes the version that it tests', async () => {
      genesys.script(respondWith(400, { error: 'invalid_grant' }));

      await verified(CHECK_CONFIGURATION);

      expect(secretsMock.calls().map(call => call.args[0].input)).toEqual([
        { SecretId: SECRET_ARN, VersionStage: 'AWSCURRENT' },
      ]);
    });

    it('throws InvalidSecret without a request when AWSCURRENT has no value', async () => {
      secretsMock
        .on(GetSecretValueCommand, { SecretId: SECRET_ARN, VersionStage: 'AWSCURRENT' })
        .rejects(awsException(ResourceNotFoundException));

      const error = await rejection(verified(CHECK_CONFIGURATION));

      expect(error).toBeInstanceOf(InvalidSecret);
      expect(genesys.requests).toEqual([]);
    });

    it('logs that the configuration was checked', async () => {
      genesys.script(respondWith(400, { error: 'invalid_grant' }));

      await verified(CHECK_CONFIGURATION);

      expect(logged()).toMatchObject([
        { level: 'info', line: { message: 'configuration checked', state: 'CheckConfiguration' } },
      ]);
    });

    it.each<[string, ScriptedResponse, new (message: string) => Error]>([
      ['ClientRejected', respondWith(401, { error: 'invalid_client' }), ClientRejected],
      ['GenesysRateLimited', respondWith(429), GenesysRateLimited],
      ['GenesysUnavailable', respondWith(502, '<html></html>'), GenesysUnavailable],
      ['GenesysUnavailable when the connection drops', dropConnection, GenesysUnavailable],
    ])('throws %s', async (_name, scripted, type) => {
      genesys.script(scripted);

      const error = await rejection(verified(CHECK_CONFIGURATION));

      expect(error).toBeInstanceOf(type);
      expect(logged()).toEqual([]);
    });
  });

  describe.each([
    { request: VERIFY, write: stored, read: { VersionId: DERIVED_VERSION } },
    { request: CHECK_CONFIGURATION, write: current, read: { VersionStage: 'AWSCURRENT' } },
  ])('in the mode $request.mode, without a request to Genesys Cloud', ({ request, write, read }) => {
    it.each(['ThrottlingException', 'AccessDeniedException'])(
      'rethrows %s of Secrets Manager with its own name',
      async name => {
        secretsMock
          .on(GetSecretValueCommand, { SecretId: SECRET_ARN, ...read })
          .rejects(secretsManagerException(name));

        const error = await rejection(verified(request));

        expect(error.name).toBe(name);
        expect(genesys.requests).toEqual([]);
      },
    );

    it.each(['not JSON', 'null', secretValue({ clientId: '' }), secretValue({ region: 'nowhere' })])(
      'throws InvalidSecret for %s',
      async value => {
        write(value);

        const error = await rejection(verified(request));

        expect(error).toBeInstanceOf(InvalidSecret);
        expect(genesys.requests).toEqual([]);
      },
    );
  });
});

describe('parseVerifyRequest', () => {
  it.each([VERIFY, CHECK_CONFIGURATION])('reads the request of $state', request => {
    const event: unknown = JSON.parse(JSON.stringify(request));

    expect(parseVerifyRequest(event)).toEqual(request);
  });

  it.each([
    ['mode', 'refresh'],
    ['mode', undefined],
    ['secretArn', undefined],
    ['versionId', undefined],
    ['pendingVersionId', ''],
    ['baseVersionId', undefined],
    ['issuedAt', undefined],
    ['issuedAt', null],
    ['issuedAt', 'yesterday'],
    ['execution', undefined],
    ['state', undefined],
  ])('refuses a request whose %s is %j', async (key, value) => {
    const event: unknown = JSON.parse(JSON.stringify({ ...VERIFY, [key]: value }));

    const error = await rejection(Promise.resolve().then(() => parseVerifyRequest(event)));

    expect(error).toBeInstanceOf(InvalidRotationRequest);
    expect(error.message).toContain(key);
  });
});

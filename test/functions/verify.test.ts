import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  AccessTokenForbidden,
  AccessTokenOutdated,
  AccessTokenRejected,
  ClientRejected,
  GenesysRateLimited,
  GenesysUnavailable,
  InvalidSecret,
} from '../../functions/shared/errors.ts';
import { type VerifyDependencies, type VerifyResult, verify } from '../../functions/verify/verify.ts';
import type { VerifyRequest } from '../../functions/verify/verify-request.ts';
import { awsException, secretsManagerException } from '../helpers/aws-exception.ts';
import { mockAws } from '../helpers/aws-mock.ts';
import { answer, dropConnection, genesysServer, type ScriptedAnswer } from '../helpers/genesys-server.ts';
import { expectNoSecrets, rejection, watchedLog } from '../helpers/no-secrets.ts';
import { BASE_VERSION, DERIVED_VERSION, SECRET_ARN, VERSION } from '../helpers/secret.ts';
import { SENTINELS, secretValue } from '../helpers/secret-value.ts';
import { CHECK_CONFIGURATION, VERIFY, VERIFY_RESUMED } from '../helpers/task-requests.ts';

const USER = { id: 'user-1', name: 'Mary Major', email: 'mary@example.com' };

describe('verify', () => {
  const logged = watchedLog();
  const genesys = genesysServer();
  const secretsMock = mockAws(SecretsManagerClient);

  beforeEach(() => {
    secretsMock.reset();
    secretsMock.on(GetSecretValueCommand).rejects(awsException(ResourceNotFoundException));
    stored(secretValue({ region: 'eu-west-1', accessToken: SENTINELS.newAccessToken }));
  });

  function stored(SecretString: string): void {
    secretsMock
      .on(GetSecretValueCommand, { SecretId: SECRET_ARN, VersionId: DERIVED_VERSION })
      .resolves({ VersionId: DERIVED_VERSION, SecretString });
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
      now: () => new Date('2026-07-01T08:00:00Z'),
      ...changes,
    });
    expectNoSecrets(result);
    return result;
  }

  describe('in the mode verify', () => {
    it('proves the access token of the pending version at the host of the credential', async () => {
      genesys.script(answer(200, USER));

      await verified();

      expect(genesys.requests).toMatchObject([
        {
          method: 'GET',
          path: '/api/mypurecloud.ie/api/v2/users/me',
          headers: { authorization: 'Bearer sentinel-new-access-token' },
        },
      ]);
    });

    it('gives the id of the user and nothing else of the profile', async () => {
      genesys.script(answer(200, USER));

      const result = await verified();

      expect(result).toMatchObject({ userId: 'user-1' });
      expect(Object.keys(result)).toEqual(['userId', 'refreshedAt']);
    });

    it.each([
      [VERIFY, '2026-07-01T07:59:55.000Z'],
      [VERIFY_RESUMED, null],
    ])('gives back when the execution refreshed: $1', async (request, refreshedAt) => {
      genesys.script(answer(200, USER));

      const result = await verified(request);

      expect(result.refreshedAt).toBe(refreshedAt);
    });

    it('logs the id of the user, and no personal data', async () => {
      genesys.script(answer(200, USER));

      await verified();

      expect(logged()).toEqual([
        {
          level: 'info',
          line: {
            message: 'verified',
            secretName: 'genesys/voicemail',
            secretArn: SECRET_ARN,
            versionId: VERSION,
            execution: 'arn:execution',
            state: 'Verify',
            pendingVersionId: DERIVED_VERSION,
            userId: 'user-1',
          },
        },
      ]);
    });

    it('reads the version once and writes nothing', async () => {
      genesys.script(answer(200, USER));

      await verified();

      expect(secretsMock.calls().map(call => call.args[0].input)).toEqual([
        { SecretId: SECRET_ARN, VersionId: DERIVED_VERSION },
      ]);
    });

    it.each<[string, ScriptedAnswer, new (message: string) => Error]>([
      ['AccessTokenRejected', answer(401, { code: 'bad.credentials' }), AccessTokenRejected],
      ['AccessTokenForbidden', answer(403, { code: 'missing.permissions' }), AccessTokenForbidden],
      ['GenesysRateLimited', answer(429, { code: 'too.many.requests' }), GenesysRateLimited],
      ['GenesysUnavailable', answer(503, '<html></html>'), GenesysUnavailable],
      ['GenesysUnavailable, as the connection drops', dropConnection, GenesysUnavailable],
    ])('throws %s', async (_name, scripted, type) => {
      genesys.script(scripted);

      const error = await rejection(verified());

      expect(error).toBeInstanceOf(type);
      expect(error.message).toContain(SECRET_ARN);
      expect(logged()).toEqual([]);
    });

    describe('when the API answers 401', () => {
      const refreshedAt = (time: string): VerifyRequest => ({ ...VERIFY, refreshedAt: new Date(time) });

      it.each([
        ['a minute ago', refreshedAt('2026-07-01T07:59:00Z')],
        ['days ago', refreshedAt('2026-06-20T00:00:00Z')],
      ])(
        'throws AccessTokenOutdated for a token that was refreshed %s, before a redrive',
        async (...given) => {
          const [, request] = given;
          genesys.script(answer(401));

          const error = await rejection(verified(request));

          expect(error).toBeInstanceOf(AccessTokenOutdated);
          expect(error.message).toContain(SECRET_ARN);
        },
      );

      it.each([
        ['within the last minute', refreshedAt('2026-07-01T07:59:00.001Z')],
        ['in the future of this clock', refreshedAt('2026-07-01T08:00:10Z')],
        ['by an earlier attempt, nobody knows when', VERIFY_RESUMED],
      ])('throws AccessTokenRejected for a token that was refreshed %s', async (...given) => {
        const [, request] = given;
        genesys.script(answer(401));

        const error = await rejection(verified(request));

        expect(error).toBeInstanceOf(AccessTokenRejected);
      });

      it.each([
        [403, AccessTokenForbidden],
        [503, GenesysUnavailable],
      ])('does not call an old token outdated for %i', async (status, type) => {
        genesys.script(answer(status));

        const error = await rejection(verified(refreshedAt('2026-06-20T00:00:00Z')));

        expect(error).toBeInstanceOf(type);
      });
    });

    it('throws InvalidSecret without a request when the version has no access token', async () => {
      stored(secretValue({ accessToken: undefined }));

      const error = await rejection(verified());

      expect(error).toBeInstanceOf(InvalidSecret);
      expect(error.message).toContain('accessToken');
      expect(genesys.requests).toEqual([]);
    });

    it('asks how long Genesys Cloud may take only when the request is about to leave', async () => {
      const timeoutMs = vi.fn(() => {
        expect(secretsMock.calls()).toHaveLength(1);
        return 1_234;
      });
      const timeout = vi.spyOn(AbortSignal, 'timeout');
      genesys.script(answer(200, USER));

      await verified(VERIFY, { timeoutMs });

      expect(timeout.mock.calls).toEqual([[1_234]]);
    });
  });

  describe('in the mode check-configuration', () => {
    it('asks the login host whether it knows the client, and presents no token of the secret', async () => {
      genesys.script(answer(400, { error: 'invalid_grant' }));

      const result = await verified(CHECK_CONFIGURATION);

      expect(result).toEqual({ userId: null, refreshedAt: null });
      expect(genesys.requests).toMatchObject([
        {
          method: 'POST',
          path: '/login/mypurecloud.ie/oauth/token',
          body: 'grant_type=refresh_token&refresh_token=configuration-check',
        },
      ]);
      expectNoSecrets(genesys.requests.map(request => request.body));
    });

    it('needs no access token: it may have expired, or never been there', async () => {
      stored(secretValue({ accessToken: undefined }));
      genesys.script(answer(400, { error: 'invalid_grant' }));

      expect((await verified(CHECK_CONFIGURATION)).userId).toBeNull();
    });

    it('looks at AWSCURRENT on a redrive, when Secrets Manager has removed the copy that it tested', async () => {
      secretsMock
        .on(GetSecretValueCommand, { SecretId: SECRET_ARN, VersionStage: 'AWSCURRENT' })
        .resolves({ VersionId: BASE_VERSION, SecretString: secretValue({ region: 'eu-west-1' }) });
      genesys.script(answer(400, { error: 'invalid_grant' }));

      const result = await verified({ ...CHECK_CONFIGURATION, pendingVersionId: VERSION });

      expect(result).toEqual({ userId: null, refreshedAt: null });
      expect(genesys.requests).toMatchObject([{ path: '/login/mypurecloud.ie/oauth/token' }]);
    });

    it('logs that the configuration was checked', async () => {
      genesys.script(answer(400, { error: 'invalid_grant' }));

      await verified(CHECK_CONFIGURATION);

      expect(logged()).toMatchObject([
        { level: 'info', line: { message: 'configuration checked', state: 'CheckConfiguration' } },
      ]);
    });

    it.each<[string, ScriptedAnswer, new (message: string) => Error]>([
      ['ClientRejected', answer(401, { error: 'invalid_client' }), ClientRejected],
      ['GenesysRateLimited', answer(429), GenesysRateLimited],
      ['GenesysUnavailable', answer(502, '<html></html>'), GenesysUnavailable],
      ['GenesysUnavailable, as the connection drops', dropConnection, GenesysUnavailable],
    ])('throws %s', async (_name, scripted, type) => {
      genesys.script(scripted);

      const error = await rejection(verified(CHECK_CONFIGURATION));

      expect(error).toBeInstanceOf(type);
      expect(logged()).toEqual([]);
    });
  });

  describe.each([VERIFY, CHECK_CONFIGURATION])(
    'in the mode $mode, without a request to Genesys Cloud',
    request => {
      it('passes ResourceNotFoundException on when the version cannot be read yet', async () => {
        const unread = { ...request, pendingVersionId: VERSION };

        const error = await rejection(verified(unread));

        expect(error).toBeInstanceOf(ResourceNotFoundException);
        expect(genesys.requests).toEqual([]);
      });

      it('passes the errors of Secrets Manager on under their own names', async () => {
        secretsMock
          .on(GetSecretValueCommand, { SecretId: SECRET_ARN, VersionId: DERIVED_VERSION })
          .rejects(secretsManagerException('ThrottlingException'));

        const error = await rejection(verified(request));

        expect(error.name).toBe('ThrottlingException');
        expect(genesys.requests).toEqual([]);
      });

      it.each(['not JSON', 'null', secretValue({ clientId: '' }), secretValue({ region: 'nowhere' })])(
        'throws InvalidSecret for %s',
        async value => {
          stored(value);

          const error = await rejection(verified(request));

          expect(error).toBeInstanceOf(InvalidSecret);
          expect(genesys.requests).toEqual([]);
        },
      );
    },
  );
});

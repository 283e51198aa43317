import { describe, expect, it, vi } from 'vitest';
import {
  ClientRejected,
  GenesysRateLimited,
  GenesysUnavailable,
  RefreshTokenRejected,
  TokenResponseLost,
} from '../../../../functions/shared/errors.ts';
import {
  checkClient,
  type RefreshOptions,
  refreshTokens,
} from '../../../../functions/shared/genesys/token-endpoint.ts';
import {
  cutOff,
  dropConnection,
  genesysServer,
  noResponse,
  respondWith,
} from '../../../helpers/genesys-server.ts';
import { rejection } from '../../../helpers/no-secrets.ts';
import { SECRET_ARN } from '../../../helpers/secret.ts';
import { SENTINELS } from '../../../helpers/secret-value.ts';

const NOW = new Date('2026-07-01T08:00:00Z');
const GRANT = {
  clientId: 'client-id',
  clientSecret: SENTINELS.clientSecret,
  refreshToken: SENTINELS.refreshToken,
};
const TOKENS = {
  access_token: SENTINELS.newAccessToken,
  refresh_token: SENTINELS.newRefreshToken,
  token_type: 'bearer',
  expires_in: 86_399,
};

describe('token-endpoint', () => {
  const genesys = genesysServer();

  function options(changes: Partial<RefreshOptions> = {}): RefreshOptions {
    return {
      secretArn: SECRET_ARN,
      loginUrl: genesys.url,
      timeoutMs: 5_000,
      presentedBefore: false,
      now: () => NOW,
      ...changes,
    };
  }

  /** The error of a refresh. It names the secret's ARN and contains no secret. */
  async function refusal(changes: Partial<RefreshOptions> = {}): Promise<Error> {
    const error = await rejection(refreshTokens(GRANT, options(changes)));
    expect(error.message).toContain(SECRET_ARN);
    return error;
  }

  describe('refreshTokens', () => {
    it('exchanges the refresh token for a new pair in one request', async () => {
      genesys.script(respondWith(200, TOKENS));

      const tokens = await refreshTokens(GRANT, options());

      expect(tokens).toEqual({
        accessToken: 'sentinel-new-access-token',
        refreshToken: 'sentinel-new-refresh-token',
        expiresAt: new Date('2026-07-02T07:59:59.000Z'),
      });
      expect(genesys.requests).toMatchObject([
        {
          method: 'POST',
          path: '/oauth/token',
          headers: {
            authorization: 'Basic Y2xpZW50LWlkOnNlbnRpbmVsLWNsaWVudC1zZWNyZXQ=',
            'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
            accept: 'application/json',
          },
          body: 'grant_type=refresh_token&refresh_token=sentinel-current-refresh-token',
        },
      ]);
    });

    it('URL-encodes special characters in the form', async () => {
      genesys.script(respondWith(200, TOKENS));

      await refreshTokens({ ...GRANT, refreshToken: 'a+b/c=&d é' }, options());

      expect(genesys.requests[0]?.body).toBe(
        'grant_type=refresh_token&refresh_token=a%2Bb%2Fc%3D%26d+%C3%A9',
      );
    });

    it.each([undefined, null])('keeps the presented refresh token when refresh_token is %j', async value => {
      genesys.script(respondWith(200, { ...TOKENS, refresh_token: value }));

      const tokens = await refreshTokens(GRANT, options());

      expect(tokens).toEqual({
        accessToken: 'sentinel-new-access-token',
        refreshToken: 'sentinel-current-refresh-token',
        expiresAt: new Date('2026-07-02T07:59:59.000Z'),
      });
    });

    it.each(['', 42, false, {}, [SENTINELS.newRefreshToken]])(
      'throws TokenResponseLost when refresh_token is %j, because the valid token is unknown',
      async value => {
        genesys.script(respondWith(200, { ...TOKENS, refresh_token: value }));

        const error = await refusal();

        expect(error).toBeInstanceOf(TokenResponseLost);
        expect(error.message).toContain('HTTP 200');
        expect(error.message).toContain('refresh_token');
      },
    );

    it.each([undefined, null, '86399', Number.MAX_VALUE, 1e15, -1e15])(
      'returns the new tokens without expiresAt when expires_in is %j',
      async value => {
        genesys.script(respondWith(200, { ...TOKENS, expires_in: value }));

        const tokens = await refreshTokens(GRANT, options());

        expect(tokens).toEqual({
          accessToken: 'sentinel-new-access-token',
          refreshToken: 'sentinel-new-refresh-token',
        });
      },
    );

    it('accepts the tokens of a success that also has an error text', async () => {
      genesys.script(respondWith(200, { ...TOKENS, error: 'optional-error-message' }));

      const tokens = await refreshTokens(GRANT, options());

      expect(tokens.accessToken).toBe('sentinel-new-access-token');
    });

    it.each([200, 201, 299])(
      'accepts the tokens of a success with status %i, a byte order mark and any content type',
      async status => {
        genesys.script(respondWith(status, `\uFEFF${JSON.stringify(TOKENS)}`));

        const tokens = await refreshTokens(GRANT, options());

        expect(tokens.refreshToken).toBe('sentinel-new-refresh-token');
      },
    );

    it.each([200, 400, 401, 403, 408, 429, 500, 503])(
      'throws RefreshTokenRejected for invalid_grant with status %i',
      async status => {
        genesys.script(respondWith(status, invalid('invalid_grant'), { 'inin-correlation-id': 'corr-7' }));

        const error = await refusal();

        expect(error).toBeInstanceOf(RefreshTokenRejected);
        expect(error.message).toContain(`HTTP ${status}, correlation id corr-7`);
        expect(error.message).not.toContain('probably spent');
      },
    );

    it('adds that the refresh token was probably spent if it was presented before', async () => {
      genesys.script(respondWith(400, invalid('invalid_grant')));

      const error = await refusal({ presentedBefore: true });

      expect(error).toBeInstanceOf(RefreshTokenRejected);
      expect(error.message).toContain('probably spent');
    });

    it.each([
      'invalid_client',
      'unauthorized_client',
      'unsupported_grant_type',
      'invalid_scope',
      'invalid_request',
    ])('throws ClientRejected for %s, whatever the status', async name => {
      genesys.script(
        respondWith(400, invalid(name)),
        respondWith(401, invalid(name)),
        respondWith(200, invalid(name)),
      );

      const errors = [await refusal(), await refusal(), await refusal()];

      for (const error of errors) {
        expect(error).toBeInstanceOf(ClientRejected);
        expect(error.message).toContain(name);
      }
    });

    it('throws GenesysRateLimited for 429 with the seconds of Retry-After', async () => {
      genesys.script(respondWith(429, { code: 'too.many.requests' }, { 'retry-after': '17' }));

      const error = await refusal();

      expect(error).toBeInstanceOf(GenesysRateLimited);
      expect(error).toMatchObject({ retryAfterSeconds: 17 });
      expect(error.message).toContain('17 s');
    });

    it.each([undefined, '', '-1', '1.5', '100000', 'soon', 'Wed, 01 Jul 2026 08:00:10 GMT'])(
      'throws GenesysRateLimited for 429 without seconds when Retry-After is %j',
      async value => {
        genesys.script(
          respondWith(429, '<html>slow down</html>', value === undefined ? {} : { 'retry-after': value }),
        );

        const error = await refusal();

        expect(error).toBeInstanceOf(GenesysRateLimited);
        expect(error).toMatchObject({ retryAfterSeconds: undefined });
        expect(error.message).not.toMatch(/null|undefined|NaN/);
      },
    );

    it.each([
      [503, ''],
      [503, { error: 'server_error' }],
      [301, ''],
      [302, '<html>Moved</html>'],
      [400, ''],
      [400, { error: 42 }],
      [400, { error: 'something_new' }],
      [401, '<html>Unauthorized</html>'],
      [404, 'null'],
      [418, ''],
    ])('throws GenesysUnavailable for %i with %j: the request had no effect', async (...given) => {
      const [status, body] = given;
      genesys.script(respondWith(status, body, { location: 'http://127.0.0.1:9/elsewhere' }));

      const error = await refusal();

      expect(error).toBeInstanceOf(GenesysUnavailable);
      expect(error.message).toContain(`HTTP ${status}`);
      expect(error.message).toContain('Nothing was spent');
      expect(genesys.requests).toHaveLength(1);
    });

    it.each([
      [408, ''],
      [500, { error: 'server_error' }],
      [501, ''],
      [502, '<html>Bad Gateway</html>'],
      [504, { code: 'request.timeout' }],
      [504, ''],
    ])('throws TokenResponseLost for %i with %j: the request may have had an effect', async (...given) => {
      const [status, body] = given;
      genesys.script(respondWith(status, body));

      const error = await refusal();

      expect(error).toBeInstanceOf(TokenResponseLost);
      expect(error.message).toContain(`HTTP ${status}`);
      expect(error.message).toContain('may be spent');
      expect(genesys.requests).toHaveLength(1);
    });

    it.each([500, 502, 504])('accepts no tokens from a response with status %i', async status => {
      genesys.script(respondWith(status, TOKENS));

      const error = await refusal();

      expect(error).toBeInstanceOf(TokenResponseLost);
    });

    it.each([300, 302, 400, 503])('accepts no tokens from a response with status %i', async status => {
      genesys.script(respondWith(status, TOKENS));

      const error = await refusal();

      expect(error).toBeInstanceOf(GenesysUnavailable);
    });

    it.each([
      ['an empty body', 200, ''],
      ['no content', 204, ''],
      ['an empty body and an unusual status', 299, ''],
      ['a page', 200, '<html>Welcome</html>'],
      ['broken JSON', 200, `{"access_token":"${SENTINELS.newAccessToken}`],
      ['an array', 200, [TOKENS]],
      ['null', 200, 'null'],
      ['no access_token', 200, { ...TOKENS, access_token: undefined }],
      ['an empty access_token', 200, { ...TOKENS, access_token: '' }],
      ['an access_token that is not a string', 200, { ...TOKENS, access_token: { value: 'x' } }],
      ['an unknown error', 200, { error: SENTINELS.newAccessToken }],
    ])('throws TokenResponseLost for a success with %s', async (_what, status, body) => {
      genesys.script(respondWith(status, body));

      const error = await refusal();

      expect(error).toBeInstanceOf(TokenResponseLost);
      expect(error.message).toContain('may be spent');
    });

    it.each([
      ['the connection drops', dropConnection],
      ['the response is cut off', cutOff(`{"access_token":"${SENTINELS.newAccessToken}`)],
      ['the body is huge', respondWith(200, { ...TOKENS, filler: 'x'.repeat(300_000) })],
    ])('throws TokenResponseLost when %s after the request was sent', async (_what, scripted) => {
      genesys.script(scripted);

      const error = await refusal();

      expect(error).toBeInstanceOf(TokenResponseLost);
      expect(error.message).toContain('may be spent');
      expect(genesys.requests).toHaveLength(1);
    });

    it('throws TokenResponseLost when no response arrives within the timeout', async () => {
      const time = new AbortController();
      vi.spyOn(AbortSignal, 'timeout').mockReturnValue(time.signal);
      genesys.script(noResponse(() => time.abort()));

      const error = await refusal({ timeoutMs: 4_321 });

      expect(error).toBeInstanceOf(TokenResponseLost);
      expect(AbortSignal.timeout).toHaveBeenCalledExactlyOnceWith(4_321);
    });

    it('throws GenesysUnavailable when the endpoint cannot be reached', async () => {
      const error = await refusal({ loginUrl: genesys.url.replace('http:', 'https:') });

      expect(error).toBeInstanceOf(GenesysUnavailable);
      expect(error.message).toContain('Nothing was spent');
      expect(genesys.requests).toEqual([]);
    });
  });

  describe('checkClient', () => {
    it('presents a refresh token that was never issued, and expects invalid_grant', async () => {
      genesys.script(respondWith(400, invalid('invalid_grant')));

      await checkClient(GRANT, options());

      expect(genesys.requests).toMatchObject([
        {
          path: '/oauth/token',
          headers: { authorization: 'Basic Y2xpZW50LWlkOnNlbnRpbmVsLWNsaWVudC1zZWNyZXQ=' },
          body: 'grant_type=refresh_token&refresh_token=configuration-check',
        },
      ]);
    });

    it('throws ClientRejected when the client is unknown', async () => {
      genesys.script(respondWith(401, invalid('invalid_client')));

      const error = await rejection(checkClient(GRANT, options()));

      expect(error).toBeInstanceOf(ClientRejected);
    });

    it.each([
      [429, GenesysRateLimited],
      [503, GenesysUnavailable],
    ])('throws the same error as a refresh for %i', async (status, type) => {
      genesys.script(respondWith(status));

      const error = await rejection(checkClient(GRANT, options()));

      expect(error).toBeInstanceOf(type);
    });

    it.each([
      ['the connection drops', dropConnection],
      ['the response is a page', respondWith(200, '<html></html>')],
    ])('throws GenesysUnavailable when %s: no token of the secret was presented', async (_what, scripted) => {
      genesys.script(scripted);

      const error = await rejection(checkClient(GRANT, options()));

      expect(error).toBeInstanceOf(GenesysUnavailable);
      expect(error.message).toContain(SECRET_ARN);
      expect(error.message).not.toContain('spent');
    });
  });
});

/** A refusal as Genesys Cloud writes it. */
function invalid(error: string): object {
  return { error, description: SENTINELS.refreshToken, error_description: SENTINELS.refreshToken };
}

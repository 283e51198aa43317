import { describe, expect, it, vi } from 'vitest';
import {
  AccessTokenForbidden,
  AccessTokenRejected,
  GenesysRateLimited,
  GenesysUnavailable,
} from '../../../../functions/shared/errors.ts';
import { type CurrentUserOptions, currentUserId } from '../../../../functions/shared/genesys/current-user.ts';
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

const USER = { id: 'user-1', name: 'Mary Major', email: 'mary@example.com', state: 'active' };

describe('current-user', () => {
  const genesys = genesysServer();

  function options(changes: Partial<CurrentUserOptions> = {}): CurrentUserOptions {
    return { secretArn: SECRET_ARN, apiUrl: genesys.url, timeoutMs: 5_000, ...changes };
  }

  async function refusal(changes: Partial<CurrentUserOptions> = {}): Promise<Error> {
    const error = await rejection(currentUserId(SENTINELS.newAccessToken, options(changes)));
    expect(error.message).toContain(SECRET_ARN);
    return error;
  }

  it('gets the user of the access token, and keeps only the id', async () => {
    genesys.script(respondWith(200, USER));

    const id = await currentUserId(SENTINELS.newAccessToken, options());

    expect(id).toBe('user-1');
    expect(genesys.requests).toMatchObject([
      {
        method: 'GET',
        path: '/api/v2/users/me',
        headers: { authorization: 'Bearer sentinel-new-access-token', accept: 'application/json' },
        body: '',
      },
    ]);
  });

  it.each([
    [401, 'bad.credentials', AccessTokenRejected],
    [403, 'missing.permissions', AccessTokenForbidden],
    [429, 'too.many.requests', GenesysRateLimited],
    [503, 'service.unavailable', GenesysUnavailable],
    [504, 'authentication.request.timeout', GenesysUnavailable],
    [404, 'not.found', GenesysUnavailable],
    [400, 'bad.request', GenesysUnavailable],
  ])('maps the status %i (%s) to an error', async (status, code, type) => {
    genesys.script(respondWith(status, { status, code, message: SENTINELS.newAccessToken }));

    const error = await refusal();

    expect(error).toBeInstanceOf(type);
    expect(error.message).toContain(`HTTP ${status}`);
  });

  it.each(['', 'user\u001b[31m', 'a b', 'x'.repeat(65), 7])('rejects the user id %j', async id => {
    genesys.script(respondWith(200, { id }));

    expect((await refusal()).name).toBe('GenesysUnavailable');
  });

  it('includes the correlation id in the error', async () => {
    genesys.script(respondWith(401, {}, { 'ININ-Correlation-Id': 'corr-9' }));

    const error = await refusal();

    expect(error.message).toContain('corr-9');
  });

  it.each([
    ['an empty body', 200, ''],
    ['a page', 200, '<html>Login</html>'],
    ['broken JSON', 200, '{"id":"user-1"'],
    ['no id', 200, { ...USER, id: undefined }],
    ['an empty id', 200, { ...USER, id: '' }],
    ['an id that is not a string', 200, { ...USER, id: 7 }],
    ['another success', 202, USER],
    ['a redirect', 302, USER],
  ])('throws GenesysUnavailable for %s', async (_what, status, body) => {
    genesys.script(respondWith(status, body, { location: `${genesys.url}/login` }));

    const error = await refusal();

    expect(error).toBeInstanceOf(GenesysUnavailable);
    expect(error.message).not.toMatch(/Mary|mary@/);
    expect(genesys.requests).toHaveLength(1);
  });

  it.each([
    ['the connection drops', dropConnection],
    ['the response is cut off', cutOff(JSON.stringify(USER))],
    ['the response is huge', respondWith(200, { ...USER, filler: 'x'.repeat(300_000) })],
  ])('throws GenesysUnavailable when %s', async (_what, scripted) => {
    genesys.script(scripted);

    const error = await refusal();

    expect(error).toBeInstanceOf(GenesysUnavailable);
  });

  it('throws GenesysUnavailable when the call times out', async () => {
    const time = new AbortController();
    vi.spyOn(AbortSignal, 'timeout').mockReturnValue(time.signal);
    genesys.script(noResponse(() => time.abort()));

    const error = await refusal({ timeoutMs: 1_999 });

    expect(error).toBeInstanceOf(GenesysUnavailable);
    expect(AbortSignal.timeout).toHaveBeenCalledExactlyOnceWith(1_999);
  });

  it('throws GenesysUnavailable when the API cannot be reached', async () => {
    const error = await refusal({ apiUrl: genesys.url.replace('http:', 'https:') });

    expect(error).toBeInstanceOf(GenesysUnavailable);
    expect(genesys.requests).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { organization, REDIRECT_URI } from './organization.ts';

describe('users/me', () => {
  it('returns the user of the token', async () => {
    const org = await organization();
    const { accessToken } = await org.firstTokens();

    const response = await org.call('/api/v2/users/me', accessToken);

    expect(response.status).toBe(200);
    expect(response.headers.get('inin-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(response.headers.get('inin-ratelimit-count')).toBe('1');
    expect(response.headers.get('inin-ratelimit-allowed')).toBe('300');
    expect(response.headers.get('inin-ratelimit-reset')).toBe('60');
    expect(await response.json()).toMatchObject({
      id: org.userId,
      name: 'Ada Lovelace',
      email: 'ada@example.com',
      state: 'active',
    });
  });

  it('returns authentication.required as an ErrorBody without a bearer token', async () => {
    const org = await organization();

    const response = await fetch(`${org.cloud.apiUrl}/api/v2/users/me`);

    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({
      message: 'No authentication bearer token specified in authorization header.',
      code: 'authentication.required',
      status: 401,
      contextId: response.headers.get('inin-correlation-id'),
      details: [],
      errors: [],
      messageWithParams: 'No authentication bearer token specified in authorization header.',
      messageParams: {},
    });
  });

  it('returns bad.credentials for an unknown token', async () => {
    const org = await organization();

    const response = await org.call('/api/v2/users/me', 'unknown');

    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({
      code: 'bad.credentials',
      message: 'Invalid login credentials.',
    });
  });

  it('returns bad.credentials for a refresh token and for a token of another region', async () => {
    const org = await organization();
    const { accessToken, refreshToken } = await org.firstTokens();
    const { apiUrl } = org.cloud.urlsOf('mypurecloud.de');

    const mistaken = await org.call('/api/v2/users/me', refreshToken);
    const elsewhere = await fetch(`${apiUrl}/api/v2/users/me`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });

    expect(await mistaken.json()).toMatchObject({ code: 'bad.credentials' });
    expect(await elsewhere.json()).toMatchObject({ code: 'bad.credentials' });
  });

  it('returns credentials.expired after the lifetime of the token', async () => {
    const org = await organization({}, 300);
    const { accessToken } = await org.firstTokens();

    org.clock.advance(299_000);
    const before = await org.usersMeStatus(accessToken);
    org.clock.advance(1_000);
    const after = await org.call('/api/v2/users/me', accessToken);

    expect(before).toBe(200);
    expect(after.status).toBe(401);
    expect(await after.json()).toMatchObject({ code: 'credentials.expired' });
  });

  it('keeps refresh tokens valid after the access token has expired', async () => {
    const org = await organization({}, 300);
    const { refreshToken } = await org.firstTokens();

    org.clock.advance(30 * 86_400_000);

    expect((await org.refresh(refreshToken)).status).toBe(200);
  });

  it.each([
    ['not.authorized', 'You are not authorized to perform the requested action.'],
    [
      'missing.permissions',
      'Unable to perform the requested action. You are missing the following permission(s): directory:user:view',
    ],
  ] as const)('returns 403 %s until the user has access', async (code, message) => {
    const org = await organization();
    const { accessToken } = await org.firstTokens();
    org.cloud.setUserAccess(org.userId, code);

    const refused = await org.call('/api/v2/users/me', accessToken);
    org.cloud.setUserAccess(org.userId, 'permitted');

    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ code, message });
    expect(await org.usersMeStatus(accessToken)).toBe(200);
  });

  it('names a query parameter that is not emulated', async () => {
    const org = await organization();
    const { accessToken } = await org.firstTokens();

    const response = await org.call('/api/v2/users/me?expand=presence', accessToken);

    expect(response.status).toBe(501);
    expect(await response.json()).toMatchObject({ message: expect.stringContaining('expand') });
  });
});

describe('rate limit', () => {
  it('returns 429 with Retry-After for the 301st call in a minute, and accepts calls after it', async () => {
    const org = await organization();
    const { accessToken } = await org.firstTokens();
    for (let call = 0; call < 300; call += 1) await org.call('/api/v2/tokens/me', accessToken, 'HEAD');

    const limited = await org.call('/api/v2/users/me', accessToken);
    org.clock.advance(60_000);
    const later = await org.usersMeStatus(accessToken);

    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(limited.headers.get('inin-ratelimit-count')).toBe('301');
    expect(await limited.json()).toMatchObject({
      code: 'too.many.requests',
      message: 'Rate limit exceeded the maximum [300] requests within [60] seconds',
    });
    expect(later).toBe(200);
  });

  it('counts each OAuth client separately', async () => {
    const org = await organization();
    const { accessToken } = await org.firstTokens();
    const other = await org.firstTokens(org.cloud.createClient({ redirectUris: [REDIRECT_URI] }));
    for (let call = 0; call < 300; call += 1) await org.call('/api/v2/tokens/me', accessToken, 'HEAD');

    expect(await org.usersMeStatus(accessToken)).toBe(429);
    expect(await org.usersMeStatus(other.accessToken)).toBe(200);
  });
});

describe('tokens/me', () => {
  it('returns the owner of the token', async () => {
    const org = await organization();
    const { accessToken } = await org.firstTokens();

    const response = await org.call('/api/v2/tokens/me', accessToken);

    expect(await response.json()).toEqual({
      organization: { id: expect.any(String), name: 'Sandbox' },
      homeOrganization: { id: expect.any(String), name: 'Sandbox' },
      authorizedScope: [],
      OAuthClient: {
        id: org.client.clientId,
        name: 'Exporter',
        organization: { id: expect.any(String), name: 'Sandbox' },
      },
    });
  });

  it('verifies a token with HEAD', async () => {
    const org = await organization();
    const { accessToken } = await org.firstTokens();

    const live = await org.call('/api/v2/tokens/me', accessToken, 'HEAD');
    const unknown = await org.call('/api/v2/tokens/me', 'unknown', 'HEAD');

    expect([live.status, unknown.status]).toEqual([200, 401]);
  });

  it('revokes the token and its refresh token with DELETE', async () => {
    const org = await organization();
    const { accessToken, refreshToken } = await org.firstTokens();

    const response = await org.call('/api/v2/tokens/me', accessToken, 'DELETE');

    expect(response.status).toBe(204);
    expect(await org.usersMeStatus(accessToken)).toBe(401);
    expect((await org.refresh(refreshToken)).status).toBe(400);
  });

  it('does not extend the idle timer with preserveIdleTTL', async () => {
    const org = await organization({ inactivityTimeoutMinutes: 5 });
    const { accessToken } = await org.firstTokens();

    org.clock.advance(4 * 60_000);
    const info = await org.call('/api/v2/tokens/me?preserveIdleTTL=true', accessToken);
    org.clock.advance(60_000);

    expect(await info.json()).toHaveProperty('dateTokenIdles');
    expect(await org.usersMeStatus(accessToken)).toBe(401);
  });

  it('extends the idle timer with every other call', async () => {
    const org = await organization({ inactivityTimeoutMinutes: 5 });
    const { accessToken } = await org.firstTokens();

    org.clock.advance(4 * 60_000);
    await org.call('/api/v2/users/me', accessToken);
    org.clock.advance(4 * 60_000);

    expect(await org.usersMeStatus(accessToken)).toBe(200);
  });

  it('allows only GET, HEAD and DELETE', async () => {
    const org = await organization();
    const { accessToken } = await org.firstTokens();

    const response = await org.call('/api/v2/tokens/me', accessToken, 'PUT');

    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD, DELETE');
  });
});

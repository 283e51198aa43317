import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { logIn } from '../../../sandbox/genesys-cloud/browser.ts';
import { fingerprintOf } from '../../../sandbox/genesys-cloud/fingerprint.ts';
import { basic, type Organization, organization, REDIRECT_URI, USER } from './organization.ts';

const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

const tokens = v.object({ access_token: v.string(), refresh_token: v.string() });

/** A new authorization code. */
async function codeOf(org: Organization, changes: Record<string, string> = {}): Promise<string> {
  return (await logIn({ authorizeUrl: org.authorizeUrl(changes), ...USER })).code;
}

/** Status and body of a response. */
async function outcome(response: Promise<Response>): Promise<{ status: number; body: unknown }> {
  const { status } = await response;
  return { status, body: await (await response).json() };
}

const INVALID_CLIENT = {
  status: 400,
  body: {
    error: 'invalid_client',
    description: 'authentication failed',
    error_description: 'authentication failed',
  },
};

describe('token endpoint: authorization_code', () => {
  it('returns both tokens with Cache-Control: no-store', async () => {
    const org = await organization({}, 300);
    const code = await codeOf(org);

    const response = await org.requestToken({
      grant_type: 'authorization_code',
      code,
      redirect_uri: REDIRECT_URI,
    });

    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('inin-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await response.json()).toEqual({
      access_token: expect.stringMatching(/^[\w-]{86}$/),
      refresh_token: expect.stringMatching(/^[\w-]{86}$/),
      token_type: 'bearer',
      expires_in: 299,
    });
  });

  it('accepts a code once', async () => {
    const org = await organization();
    const form = {
      grant_type: 'authorization_code',
      code: await codeOf(org),
      redirect_uri: REDIRECT_URI,
    };
    await org.requestToken(form);

    const second = await outcome(org.requestToken(form));

    expect(second).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('revokes all tokens that descend from a code when the code is used again', async () => {
    const org = await organization();
    const form = {
      grant_type: 'authorization_code',
      code: await codeOf(org),
      redirect_uri: REDIRECT_URI,
    };
    const first = v.parse(tokens, await (await org.requestToken(form)).json());
    const { refresh_token } = first;
    const refreshed = await org.requestToken({ grant_type: 'refresh_token', refresh_token });
    const latest = v.parse(tokens, await refreshed.json());
    const otherLogin = await org.firstTokens();

    await org.requestToken(form);

    for (const token of Object.values(latest)) expect(org.cloud.isLive(fingerprintOf(token))).toBe(false);
    expect(org.cloud.isLive(fingerprintOf(otherLogin.refreshToken))).toBe(true);
  });

  it('keeps the tokens of a code valid when another client presents it', async () => {
    const org = await organization();
    const form = {
      grant_type: 'authorization_code',
      code: await codeOf(org),
      redirect_uri: REDIRECT_URI,
    };
    const { refresh_token } = v.parse(tokens, await (await org.requestToken(form)).json());
    const other = org.cloud.createClient({ redirectUris: [REDIRECT_URI] });

    await org.requestToken(form, { client: other });

    expect(org.cloud.isLive(fingerprintOf(refresh_token))).toBe(true);
  });

  it.each([
    [59_000, 200],
    [60_000, 400],
  ])('for a code that is %i ms old, returns %i', async (ageMs, status) => {
    const org = await organization();
    const code = await codeOf(org);
    org.clock.advance(ageMs);

    const response = await org.requestToken({
      grant_type: 'authorization_code',
      code,
      redirect_uri: REDIRECT_URI,
    });

    expect(response.status).toBe(status);
  });

  it.each([
    ['another redirect URI', { redirect_uri: 'http://localhost:8400/other' }],
    ['no redirect URI', { redirect_uri: '' }],
    ['a verifier without a challenge', { code_verifier: VERIFIER }],
  ])('refuses %s', async (_, changes) => {
    const org = await organization();
    const code = await codeOf(org);

    const refusal = await outcome(
      org.requestToken({ grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI, ...changes }),
    );

    expect(refusal).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('refuses the code of another client without spending it', async () => {
    const org = await organization();
    const form = {
      grant_type: 'authorization_code',
      code: await codeOf(org),
      redirect_uri: REDIRECT_URI,
    };
    const other = org.cloud.createClient({ redirectUris: [REDIRECT_URI] });

    const stolen = await outcome(org.requestToken(form, { client: other }));
    const own = await org.requestToken(form);

    expect(stolen).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(own.status).toBe(200);
  });

  it.each([
    ['S256', createHash('sha256').update(VERIFIER).digest('base64url')],
    ['plain', VERIFIER],
  ])('accepts a code with a %s challenge only with its verifier', async (method, challenge) => {
    const org = await organization();
    const request = { code_challenge: challenge, code_challenge_method: method };
    const form = { grant_type: 'authorization_code', redirect_uri: REDIRECT_URI };

    const right = await org.requestToken({
      ...form,
      code: await codeOf(org, request),
      code_verifier: VERIFIER,
    });
    const wrong = await org.requestToken({
      ...form,
      code: await codeOf(org, request),
      code_verifier: `${VERIFIER}x`,
    });
    const none = await org.requestToken({ ...form, code: await codeOf(org, request) });

    expect([right.status, wrong.status, none.status]).toEqual([200, 400, 400]);
  });

  it('issues no refresh token to a public client, and tokens only for a code with a challenge', async () => {
    const org = await organization();
    const exchange = (form: Record<string, string>): Promise<Response> =>
      fetch(`${org.cloud.loginUrl}/oauth/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          client_id: org.client.clientId,
          redirect_uri: REDIRECT_URI,
          ...form,
        }),
      });

    const bound = await outcome(
      exchange({ code: await codeOf(org, { code_challenge: VERIFIER }), code_verifier: VERIFIER }),
    );
    const unbound = await outcome(exchange({ code: await codeOf(org) }));

    expect(bound).toMatchObject({ status: 200, body: { access_token: expect.any(String) } });
    expect(bound.body).not.toHaveProperty('refresh_token');
    expect(unbound).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });
});

describe('token endpoint: refresh_token', () => {
  it('issues a new pair and revokes the spent refresh token and the old access token', async () => {
    const org = await organization();
    const first = await org.firstTokens();

    const second = await org.refreshed(first.refreshToken);

    expect(second.refresh_token).not.toBe(first.refreshToken);
    expect(await org.usersMeStatus(second.access_token)).toBe(200);
    expect(await org.usersMeStatus(first.accessToken)).toBe(401);
    expect(await outcome(org.refresh(first.refreshToken))).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', description: expect.any(String) },
    });
  });

  it('keeps the old access token valid when configured', async () => {
    const org = await organization({ refreshRevokesAccessTokens: false });
    const first = await org.firstTokens();

    await org.refreshed(first.refreshToken);

    expect(await org.usersMeStatus(first.accessToken)).toBe(200);
  });

  it('keeps the successor valid when a spent token is presented again', async () => {
    const org = await organization();
    const first = await org.firstTokens();
    const second = await org.refreshed(first.refreshToken);

    await org.refresh(first.refreshToken);

    expect((await org.refresh(second.refresh_token)).status).toBe(200);
  });

  it('revokes the whole lineage when a spent token is presented again, when configured', async () => {
    const org = await organization({ reuseRevokesLineage: true });
    const first = await org.firstTokens();
    const second = await org.refreshed(first.refreshToken);

    await org.refresh(first.refreshToken);

    expect((await org.refresh(second.refresh_token)).status).toBe(400);
    expect(await org.usersMeStatus(second.access_token)).toBe(401);
  });

  it('returns the same refresh token when refresh tokens are reusable', async () => {
    const org = await organization({ refreshTokens: 'reusable' });
    const first = await org.firstTokens();

    const second = await org.refreshed(first.refreshToken);
    const third = await org.refreshed(first.refreshToken);

    expect(second.refresh_token).toBe(first.refreshToken);
    expect(third.access_token).not.toBe(second.access_token);
  });

  it('keeps the refresh token valid when the response contains none', async () => {
    const org = await organization({ refreshReturnsRefreshToken: false });
    const first = await org.firstTokens();

    const second = await org.refreshed(first.refreshToken);

    expect(second).not.toHaveProperty('refresh_token');
    expect((await org.refresh(first.refreshToken)).status).toBe(200);
  });

  it('accepts one of two concurrent refreshes', async () => {
    const org = await organization();
    const { refreshToken } = await org.firstTokens();

    const responses = await Promise.all([org.refresh(refreshToken), org.refresh(refreshToken)]);

    expect(responses.map(response => response.status).toSorted((a, b) => a - b)).toEqual([200, 400]);
  });

  it('returns 401 for invalid_grant when configured', async () => {
    const org = await organization({ invalidGrantStatus: 401 });

    const refusal = await outcome(org.refresh('unknown'));

    expect(refusal).toMatchObject({ status: 401, body: { error: 'invalid_grant' } });
  });

  it('refuses an access token, and the refresh token of another client', async () => {
    const org = await organization();
    const { accessToken, refreshToken } = await org.firstTokens();
    const other = org.cloud.createClient({});

    const stolen = await org.requestToken(
      { grant_type: 'refresh_token', refresh_token: refreshToken },
      { client: other },
    );
    const mistaken = await org.refresh(accessToken);

    expect([stolen.status, mistaken.status]).toEqual([400, 400]);
    expect((await org.refresh(refreshToken)).status).toBe(200);
  });

  it('issues no refresh token when the organisation has an inactivity timeout', async () => {
    const org = await organization({ inactivityTimeoutMinutes: 30 });

    const { refreshToken } = await org.firstTokens();

    expect(refreshToken).toBe('');
  });

  it('returns an error text with the tokens when configured', async () => {
    const org = await organization({ errorTextOnSuccess: true });
    const { refreshToken } = await org.firstTokens();

    const success = await outcome(org.refresh(refreshToken));

    expect(success).toMatchObject({
      status: 200,
      body: { error: 'optional-error-message', access_token: expect.any(String) },
    });
  });
});

describe('token endpoint: client authentication', () => {
  const form = { grant_type: 'refresh_token', refresh_token: 'x' };

  it('returns the same invalid_client for a wrong secret, an unknown client, a deleted one and a wrong region', async () => {
    const org = await organization();
    const deleted = org.cloud.createClient({});
    org.cloud.deleteClient(deleted.clientId);
    const { loginUrl } = org.cloud.urlsOf('mypurecloud.de');

    const outcomes = await Promise.all([
      outcome(org.requestToken(form, { client: { ...org.client, clientSecret: 'wrong' } })),
      outcome(org.requestToken(form, { client: { ...org.client, clientId: 'nobody' } })),
      outcome(org.requestToken(form, { client: deleted })),
      outcome(org.requestToken(form, { loginUrl })),
    ]);

    expect(outcomes).toEqual([INVALID_CLIENT, INVALID_CLIENT, INVALID_CLIENT, INVALID_CLIENT]);
  });

  it('accepts a client in its own region', async () => {
    const org = await organization();
    const client = org.cloud.createClient({ region: 'mypurecloud.de' });
    const { loginUrl } = org.cloud.urlsOf('mypurecloud.de');

    const there = await outcome(org.requestToken(form, { client, loginUrl }));

    expect(there).toMatchObject({ body: { error: 'invalid_grant' } });
  });

  it('returns 401 for invalid_client when configured', async () => {
    const org = await organization({ invalidClientStatus: 401 });

    const refusal = await org.requestToken(form, { client: { ...org.client, clientSecret: 'wrong' } });

    expect(refusal.status).toBe(401);
  });

  it('does not spend the refresh token of a client with a wrong secret', async () => {
    const org = await organization();
    const { refreshToken } = await org.firstTokens();

    await org.requestToken(
      { grant_type: 'refresh_token', refresh_token: refreshToken },
      { client: { ...org.client, clientSecret: 'wrong' } },
    );

    expect((await org.refresh(refreshToken)).status).toBe(200);
  });

  it('accepts the new secret and refuses the old one after the secret is regenerated', async () => {
    const org = await organization();
    const { refreshToken } = await org.firstTokens();
    const renewed = org.cloud.regenerateClientSecret(org.client.clientId);

    const old = await outcome(org.refresh(refreshToken));
    const present = await org.requestToken(
      { grant_type: 'refresh_token', refresh_token: refreshToken },
      { client: renewed },
    );

    expect(old).toEqual(INVALID_CLIENT);
    expect(present.status).toBe(200);
  });

  it('accepts credentials in the body', async () => {
    const org = await organization();
    const { refreshToken } = await org.firstTokens();
    const { clientId, clientSecret } = org.client;

    const response = await fetch(`${org.cloud.loginUrl}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
        client_id: clientId,
        client_secret: clientSecret,
      }),
    });

    expect(response.status).toBe(200);
  });

  it.each([
    ['no credentials', {}],
    ['a malformed header', { authorization: 'Basic ???' }],
    ['a bearer token', { authorization: 'Bearer x' }],
    ['a header without a colon', { authorization: `Basic ${Buffer.from('x').toString('base64')}` }],
  ])('returns invalid_client for %s', async (_, headers) => {
    const org = await organization();

    const refusal = await outcome(
      fetch(`${org.cloud.loginUrl}/oauth/token`, {
        method: 'POST',
        headers,
        body: new URLSearchParams(form),
      }),
    );

    expect(refusal).toEqual(INVALID_CLIENT);
  });
});

describe('token endpoint: requests', () => {
  it.each([
    [{ grant_type: 'password' }, 'unsupported_grant_type'],
    [{ grant_type: 'client_credentials' }, 'unsupported_grant_type'],
    [{}, 'invalid_request'],
    [{ grant_type: 'refresh_token' }, 'invalid_request'],
    [{ grant_type: 'refresh_token', refresh_token: '' }, 'invalid_request'],
    [{ grant_type: 'authorization_code' }, 'invalid_request'],
    [{ grant_type: 'refresh_token', refresh_token: 'x', client_id: 'another' }, 'invalid_request'],
    [{ grant_type: 'refresh_token', refresh_token: 'x', client_secret: 'twice' }, 'invalid_request'],
  ])('responds to %o with %s', async (form: Record<string, string>, error) => {
    const org = await organization();

    const refusal = await outcome(org.requestToken(form));

    expect(refusal).toMatchObject({ status: 400, body: { error } });
  });

  it.each([
    ['a parameter given twice', 'application/x-www-form-urlencoded', 'grant_type=a&grant_type=b'],
    ['a JSON body', 'application/json', '{"grant_type":"refresh_token"}'],
  ])('responds to %s with invalid_request', async (_, contentType, body) => {
    const org = await organization();

    const refusal = await outcome(
      fetch(`${org.cloud.loginUrl}/oauth/token`, {
        method: 'POST',
        headers: {
          authorization: basic(org.client.clientId, org.client.clientSecret),
          'content-type': contentType,
        },
        body,
      }),
    );

    expect(refusal).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  it('allows only POST', async () => {
    const org = await organization();

    const response = await fetch(`${org.cloud.loginUrl}/oauth/token`);

    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  });

  it('refuses a body that is too long', async () => {
    const org = await organization();

    const response = await org.requestToken({
      grant_type: 'refresh_token',
      refresh_token: 'x'.repeat(65_536),
    });

    expect(response.status).toBe(413);
  });
});

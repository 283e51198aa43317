import { describe, expect, it } from 'vitest';
import { fingerprintOf } from '../../../sandbox/genesys-cloud/fingerprint.ts';
import type { TokenIssued } from '../../../sandbox/genesys-cloud/lineage.ts';
import { organization } from './organization.ts';

describe('GenesysCloud', () => {
  it('returns 404 for a path that is not emulated or on the wrong host', async () => {
    const org = await organization();

    const unknown = await fetch(`${org.cloud.apiUrl}/api/v2/conversations`);
    const wrongHost = await fetch(`${org.cloud.loginUrl}/api/v2/users/me`);

    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({ code: 'not.found' });
    expect(wrongHost.status).toBe(404);
  });

  it('serves both hosts of its own region without a prefix', async () => {
    const org = await organization();
    const { origin } = new URL(org.cloud.loginUrl);

    const login = await fetch(`${origin}/oauth/token`, { method: 'POST', body: new URLSearchParams() });
    const api = await fetch(`${origin}/api/v2/users/me`);

    expect(await login.json()).toMatchObject({ error: 'invalid_client' });
    expect(await api.json()).toMatchObject({ code: 'authentication.required' });
  });

  it('refuses to listen on a port that is in use', async () => {
    const org = await organization();
    const other = await organization();
    await other.cloud.close();

    const listening = other.cloud.listen(Number(new URL(org.cloud.loginUrl).port));

    await expect(listening).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('keeps issued tokens when it is closed and listens again', async () => {
    const org = await organization();
    const { accessToken } = await org.firstTokens();

    await org.cloud.close();
    await org.cloud.listen();

    expect(await org.usersMeStatus(accessToken)).toBe(200);
  });

  it.each([
    { tokenDurationSeconds: 299 },
    { tokenDurationSeconds: 172_801 },
    { redirectUris: ['javascript:x'] },
  ])('refuses a client with %o', async options => {
    const { cloud } = await organization();

    expect(() => cloud.createClient(options)).toThrow();
  });

  it('shows the lineage of a login with the state of each token, by fingerprint', async () => {
    const org = await organization();
    const first = await org.firstTokens();
    const second = await org.refreshed(first.refreshToken);
    await org.firstTokens();

    const lineages = org.cloud.lineages(org.client.clientId);

    expect(lineages).toHaveLength(2);
    expect(lineages[0]).toMatchObject({ clientId: org.client.clientId, userId: org.userId });
    expect(
      lineages[0]?.tokens.map(({ kind, state, grant, fingerprint }) => [kind, state, grant, fingerprint]),
    ).toEqual([
      ['refresh', 'spent', 'authorization_code', fingerprintOf(first.refreshToken)],
      ['access', 'revoked', 'authorization_code', fingerprintOf(first.accessToken)],
      ['refresh', 'live', 'refresh_token', fingerprintOf(second.refresh_token)],
      ['access', 'live', 'refresh_token', fingerprintOf(second.access_token)],
    ]);
    expect(JSON.stringify(lineages)).not.toContain(second.refresh_token);
  });

  it('reports whether the token with a fingerprint is valid', async () => {
    const org = await organization({}, 300);
    const { accessToken, refreshToken } = await org.firstTokens();

    const before = org.cloud.isLive(fingerprintOf(accessToken));
    org.clock.advance(300_000);

    expect(before).toBe(true);
    expect(org.cloud.isLive(fingerprintOf(accessToken))).toBe(false);
    expect(org.cloud.isLive(fingerprintOf(refreshToken))).toBe(true);
  });

  it('reports each issue of tokens until the listener is removed', async () => {
    const org = await organization();
    const events: TokenIssued[] = [];
    const remove = org.cloud.onTokenIssued(event => events.push(event));

    const first = await org.firstTokens();
    const second = await org.refreshed(first.refreshToken);
    remove();
    await org.refreshed(second.refresh_token);

    expect(events).toMatchObject([
      {
        grant: 'authorization_code',
        clientId: org.client.clientId,
        fingerprint: fingerprintOf(first.accessToken),
        refreshTokenFingerprint: fingerprintOf(first.refreshToken),
      },
      { grant: 'refresh_token', fingerprint: fingerprintOf(second.access_token) },
    ]);
    expect(events[1]?.lineage).toBe(events[0]?.lineage);
    expect((events[0]?.expiresAt.getTime() ?? 0) - (events[0]?.at.getTime() ?? 0)).toBe(86_400_000);
  });

  it('counts calls per client and in total', async () => {
    const org = await organization();
    const other = org.cloud.createClient({});
    const first = await org.firstTokens();
    const second = await org.refreshed(first.refreshToken);
    await org.refresh(first.refreshToken);
    await org.usersMeStatus(second.access_token);
    await org.requestToken({ grant_type: 'refresh_token', refresh_token: 'x' }, { client: other });

    const own = org.cloud.counts(org.client.clientId);
    const total = org.cloud.counts();

    expect(own).toEqual({ refreshes: 1, refusedRefreshes: 1, codeExchanges: 1, usersMeCalls: 1 });
    expect(total).toEqual({ refreshes: 1, refusedRefreshes: 2, codeExchanges: 1, usersMeCalls: 1 });
  });

  it('revokes all tokens of a user, for every client', async () => {
    const org = await organization();
    const { accessToken, refreshToken } = await org.firstTokens();

    org.cloud.revokeUser(org.userId);

    expect(await org.usersMeStatus(accessToken)).toBe(401);
    expect((await org.refresh(refreshToken)).status).toBe(400);
  });

  it('revokes one lineage and keeps the others', async () => {
    const org = await organization();
    const first = await org.firstTokens();
    const second = await org.firstTokens();

    org.cloud.revokeLineage(org.cloud.lineages(org.client.clientId)[0]?.id ?? '');

    expect((await org.refresh(first.refreshToken)).status).toBe(400);
    expect((await org.refresh(second.refreshToken)).status).toBe(200);
  });

  it('revokes the tokens of a deleted client', async () => {
    const org = await organization();
    const { accessToken } = await org.firstTokens();

    org.cloud.deleteClient(org.client.clientId);

    expect(await org.usersMeStatus(accessToken)).toBe(401);
  });

  it('changes its behaviour with the next request', async () => {
    const org = await organization();

    org.cloud.setBehaviour({ invalidGrantStatus: 401 });

    expect((await org.refresh('unknown')).status).toBe(401);
    expect(org.cloud.behaviour.refreshTokens).toBe('single-use');
  });

  it('lists every secret value for leak searches', async () => {
    const org = await organization();
    const first = await org.firstTokens();
    const second = await org.refreshed(first.refreshToken);

    const values = org.cloud.issuedValues();

    expect(values).toEqual(
      expect.arrayContaining([
        first.accessToken,
        first.refreshToken,
        second.access_token,
        second.refresh_token,
        org.client.clientSecret,
      ]),
    );
    // Two access tokens, two refresh tokens, a code, a client secret.
    expect(values).toHaveLength(6);
  });
});

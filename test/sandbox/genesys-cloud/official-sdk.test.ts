import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { logIn } from '../../../sandbox/genesys-cloud/browser.ts';
import { type Organization, organization, REDIRECT_URI, USER } from './organization.ts';

type Sdk = typeof import('purecloud-platform-client-v2');

const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

let sdk: Sdk;
let home: string;

beforeAll(() => {
  // The SDK reads and watches a file in the home directory as soon as it is loaded.
  home = mkdtempSync(join(tmpdir(), 'genesys-sdk-'));
  vi.stubEnv('HOME', home);
  sdk = createRequire(import.meta.url)('purecloud-platform-client-v2') as Sdk;
  vi.unstubAllEnvs();
});

afterAll(() => {
  sdk.ApiClient.instance.config.setConfigPath('');
  rmSync(home, { recursive: true });
});

/** Configures the organisation as the private gateway of the SDK. */
function gatewayTo({ cloud }: Organization): Sdk['ApiClient'] {
  const login = new URL(cloud.loginUrl);
  const api = new URL(cloud.apiUrl);
  const client = sdk.ApiClient.instance;
  client.setGateway({
    host: login.hostname,
    protocol: 'http',
    port: Number(login.port),
    path_params_login: login.pathname,
    path_params_api: api.pathname,
  });
  // The instance is shared. After a 401 it would use a refresh token of the previous test.
  return Object.assign(client, { authData: {}, clientId: undefined, clientSecret: undefined });
}

describe('official SDK against the emulated Genesys Cloud', () => {
  it('logs in with a code, and reads the user and the token', async () => {
    const org = await organization();
    const client = gatewayTo(org);
    const { code } = await logIn({ authorizeUrl: org.authorizeUrl(), ...USER });

    const authData = await client.loginCodeAuthorizationGrant(
      org.client.clientId,
      org.client.clientSecret,
      code,
      REDIRECT_URI,
    );
    const user = await new sdk.UsersApi().getUsersMe();
    const token = await new sdk.TokensApi().getTokensMe({ preserveIdleTTL: true });

    expect(authData.accessToken).toMatch(/^[\w-]{86}$/);
    expect(user).toMatchObject({ id: org.userId, email: 'ada@example.com' });
    expect(token.OAuthClient?.id).toBe(org.client.clientId);
  });

  it('refreshes once, and the spent refresh token is refused with 400', async () => {
    const org = await organization();
    const client = gatewayTo(org);
    const { clientId, clientSecret } = org.client;
    const { refreshToken } = await org.firstTokens();

    await client.refreshCodeAuthorizationGrant(clientId, clientSecret, refreshToken);
    const user = await new sdk.UsersApi().getUsersMe();
    const again = client.refreshCodeAuthorizationGrant(clientId, clientSecret, refreshToken);

    expect(user.id).toBe(org.userId);
    await expect(again).rejects.toMatchObject({
      response: { status: 400, data: { error: 'invalid_grant' } },
    });
  });

  it('gets an access token with PKCE', async () => {
    const org = await organization();
    const client = gatewayTo(org);
    const challenge = await client.computePKCECodeChallenge(VERIFIER);
    const { code } = await logIn({
      authorizeUrl: org.authorizeUrl({ code_challenge: challenge, code_challenge_method: 'S256' }),
      ...USER,
    });

    await client.authorizePKCEGrant(org.client.clientId, VERIFIER, code, REDIRECT_URI);
    const user = await new sdk.UsersApi().getUsersMe();

    expect(user.id).toBe(org.userId);
  });

  it('verifies and revokes its token', async () => {
    const org = await organization();
    const client = gatewayTo(org);
    const { accessToken } = await org.firstTokens();
    client.setAccessToken(accessToken);
    const tokens = new sdk.TokensApi();

    await tokens.headTokensMe();
    await tokens.deleteTokensMe();
    const user = new sdk.UsersApi().getUsersMe();

    await expect(user).rejects.toMatchObject({ status: 401, code: 'bad.credentials' });
  });

  it('attempts a refresh with undefined credentials after a 401, which is refused', async () => {
    const org = await organization();
    const client = gatewayTo(org);
    const { refreshToken } = await org.firstTokens();
    const { clientId, clientSecret } = org.client;
    await client.refreshCodeAuthorizationGrant(clientId, clientSecret, refreshToken);
    const refused = Promise.withResolvers<string | undefined>();
    org.cloud.intercept(async (request, next) => {
      const response = await next();
      if (request.endpoint === 'token' && response.status === 400) refused.resolve(request.clientId);
      return response;
    });
    client.setAccessToken('unknown');

    await expect(new sdk.UsersApi().getUsersMe()).rejects.toBeDefined();

    expect(await refused.promise).toBe('undefined');
    expect(org.cloud.counts().refreshes).toBe(1);
  });
});

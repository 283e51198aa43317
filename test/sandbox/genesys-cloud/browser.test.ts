import { describe, expect, it } from 'vitest';
import { authorizeCode, LoginRefused, logIn } from '../../../sandbox/genesys-cloud/browser.ts';
import { organization, REDIRECT_URI, USER } from './organization.ts';

describe('browser', () => {
  it('performs the whole code flow and returns the first tokens', async () => {
    const org = await organization();
    const { clientId, clientSecret } = org.client;

    const tokens = await authorizeCode({
      loginUrl: org.cloud.loginUrl,
      clientId,
      clientSecret,
      redirectUri: REDIRECT_URI,
      scope: 'users conversations',
      ...USER,
    });

    expect(tokens).toEqual({
      accessToken: expect.stringMatching(/^[\w-]{86}$/),
      refreshToken: expect.stringMatching(/^[\w-]{86}$/),
      expiresInSeconds: 86_399,
    });
    const tokenInfo = await (await org.call('/api/v2/tokens/me', tokens.accessToken)).json();
    expect(tokenInfo).toMatchObject({ authorizedScope: ['users', 'conversations'] });
  });

  it('logs in another user with the same client, with separate tokens', async () => {
    const org = await organization();
    const { clientId, clientSecret } = org.client;
    const grace = { userName: 'grace@example.com', password: 'nanoseconds' };
    const { userId } = org.cloud.createUser(grace);
    const first = await org.firstTokens();

    const second = await authorizeCode({
      loginUrl: org.cloud.loginUrl,
      clientId,
      clientSecret,
      redirectUri: REDIRECT_URI,
      ...grace,
    });

    const users = [first, second].map(async ({ accessToken }) =>
      (await org.call('/api/v2/users/me', accessToken)).json(),
    );
    expect(await Promise.all(users)).toMatchObject([{ id: org.userId }, { id: userId }]);
    expect((await org.refresh(second.refreshToken ?? '')).status).toBe(200);
    expect(await org.usersMeStatus(first.accessToken)).toBe(200);
  });

  it('throws LoginRefused when the password is wrong', async () => {
    const org = await organization();

    const login = logIn({ authorizeUrl: org.authorizeUrl(), ...USER, password: 'wrong' });

    await expect(login).rejects.toBeInstanceOf(LoginRefused);
  });

  it('throws LoginRefused when the redirect carries an error', async () => {
    const org = await organization();

    const login = logIn({ authorizeUrl: org.authorizeUrl({ response_type: 'token' }), ...USER });

    await expect(login).rejects.toThrow(/unsupported_response_type/);
  });

  it('throws LoginRefused when the exchange is refused', async () => {
    const org = await organization();

    const flow = authorizeCode({
      loginUrl: org.cloud.loginUrl,
      clientId: org.client.clientId,
      clientSecret: 'wrong',
      redirectUri: REDIRECT_URI,
      ...USER,
    });

    await expect(flow).rejects.toThrow(/invalid_client/);
  });
});

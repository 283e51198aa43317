import { describe, expect, it } from 'vitest';
import { logIn } from '../../../sandbox/genesys-cloud/browser.ts';
import { organization, REDIRECT_URI, USER } from './organization.ts';

const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

/** Opens the URL without following a redirect. */
const open = (url: string): Promise<Response> => fetch(url, { redirect: 'manual' });

/** The query parameters of a redirect. */
function redirected(response: Response): Record<string, string> {
  return Object.fromEntries(new URL(response.headers.get('location') ?? '').searchParams);
}

describe('authorize endpoint', () => {
  it('shows a login page and does not redirect before the login', async () => {
    const org = await organization();

    const response = await open(org.authorizeUrl());

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await response.text()).toContain('Exporter requests access on your behalf.');
  });

  it('redirects with code and state when the password is correct', async () => {
    const org = await organization();

    const { code, state, redirectUrl } = await logIn({ authorizeUrl: org.authorizeUrl(), ...USER });

    expect(state).toBe('xyz');
    expect(redirectUrl).toBe(`${REDIRECT_URI}?code=${code}&state=xyz`);
  });

  it('shows the login page again when the password is wrong', async () => {
    const org = await organization();

    const response = await fetch(org.authorizeUrl(), {
      method: 'POST',
      body: new URLSearchParams({ userName: USER.userName, password: 'wrong' }),
      redirect: 'manual',
    });

    expect(response.status).toBe(401);
    expect(await response.text()).toContain('Wrong e-mail or password.');
  });

  it('redirects with access_denied when the user cancels', async () => {
    const org = await organization();

    const response = await fetch(org.authorizeUrl(), {
      method: 'POST',
      body: new URLSearchParams({ decision: 'deny' }),
      redirect: 'manual',
    });

    expect(response.status).toBe(302);
    expect(redirected(response)).toMatchObject({ error: 'access_denied', state: 'xyz' });
  });

  it.each([
    ['the client is unknown', { client_id: 'nobody' }],
    ['there is no client', { client_id: undefined }],
    ['the redirect URI is not registered', { redirect_uri: 'https://evil.example/' }],
    ['the redirect URI only starts with the registered one', { redirect_uri: `${REDIRECT_URI}/x` }],
    ['there is no redirect URI', { redirect_uri: undefined }],
  ])('shows an error page and never redirects when %s', async (_, changes) => {
    const org = await organization();

    const response = await open(org.authorizeUrl(changes));

    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
    expect(await response.text()).not.toContain('<form');
  });

  it('rejects a client of another region', async () => {
    const org = await organization();
    const { loginUrl } = org.cloud.urlsOf('mypurecloud.de');

    const response = await open(org.authorizeUrl().replace(org.cloud.loginUrl, loginUrl));

    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
  });

  it.each([
    ['response_type is missing', { response_type: undefined }, 'invalid_request'],
    ['response_type is token', { response_type: 'token' }, 'unsupported_response_type'],
    ['the challenge is too short', { code_challenge: 'short' }, 'invalid_request'],
    [
      'the challenge method is unknown',
      { code_challenge: CHALLENGE, code_challenge_method: 'S512' },
      'invalid_request',
    ],
    ['there is a challenge method without a challenge', { code_challenge_method: 'S256' }, 'invalid_request'],
  ])('redirects to the client with an error when %s', async (_, changes, error) => {
    const org = await organization();

    const response = await open(org.authorizeUrl(changes));

    expect(response.status).toBe(302);
    expect(redirected(response)).toMatchObject({ error, state: 'xyz' });
  });

  it('refuses a parameter that is given twice', async () => {
    const org = await organization();

    const response = await open(`${org.authorizeUrl()}&scope=a&scope=b`);

    expect(redirected(response)).toMatchObject({ error: 'invalid_request' });
  });

  it('escapes values of the request and the client in the page', async () => {
    const org = await organization();
    const client = org.cloud.createClient({ name: '<b>"&\'', redirectUris: [REDIRECT_URI] });

    const response = await fetch(org.authorizeUrl({ client_id: client.clientId }), {
      method: 'POST',
      body: new URLSearchParams({ userName: '"><script>' }),
    });

    const html = await response.text();
    expect(html).toContain('&lt;b&gt;&quot;&amp;&#39; requests access');
    expect(html).toContain('value="&quot;&gt;&lt;script&gt;"');
    expect(html).not.toContain('<script>');
  });

  it('allows only GET and POST', async () => {
    const org = await organization();

    const response = await fetch(org.authorizeUrl(), { method: 'DELETE' });

    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, POST');
  });
});

import { createHash, randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { LOGIN_FIELDS } from './login-page.ts';

/** A person's login at a URL of `/oauth/authorize`. */
export interface Login {
  readonly authorizeUrl: string;
  readonly userName: string;
  readonly password: string;
  /** Aborts the login. */
  readonly signal?: AbortSignal;
}

/** The redirect after the login. */
export interface LoggedIn {
  readonly code: string;
  readonly state: string | undefined;
  /** The client's redirect URI with code and state, not called yet. */
  readonly redirectUrl: string;
}

/** The login returned no code. */
export class LoginRefused extends Error {
  override readonly name = 'LoginRefused';
}

/**
 * Logs in as a person does in a browser: opens the login page, submits its form, and takes the code from the redirect
 * without following it.
 *
 * @throws LoginRefused when there is no login page, the password is wrong, or the redirect carries an error
 */
export async function logIn({ authorizeUrl, userName, password, signal }: Login): Promise<LoggedIn> {
  const common = { redirect: 'manual', signal } as const;
  const page = await fetch(authorizeUrl, common);
  const html = await page.text();
  if (page.status !== 200) return codeFrom(page);
  if (!/<form method="post">/.test(html)) throw new LoginRefused('There is no login form on the page.');
  return codeFrom(
    await fetch(authorizeUrl, {
      method: 'POST',
      body: new URLSearchParams({ [LOGIN_FIELDS.userName]: userName, [LOGIN_FIELDS.password]: password }),
      ...common,
    }),
  );
}

function codeFrom(response: Response): LoggedIn {
  const location = response.headers.get('location');
  if (location === null) throw new LoginRefused(`The login returned status ${response.status}.`);
  const parameters = new URL(location).searchParams;
  const code = parameters.get('code');
  if (code === null) throw new LoginRefused(`The login ended with ${parameters.get('error') ?? 'no code'}.`);
  return { code, state: parameters.get('state') ?? undefined, redirectUrl: location };
}

/** The parameters of a Code Authorization grant. */
export interface CodeGrant {
  /** The base URL of the login host, without a trailing slash. */
  readonly loginUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
  readonly userName: string;
  readonly password: string;
  readonly scope?: string;
  /** Aborts the grant. */
  readonly signal?: AbortSignal;
}

/** The first tokens. */
export interface FirstTokens {
  readonly accessToken: string;
  /** Missing when the organisation has an inactivity timeout. */
  readonly refreshToken: string | undefined;
  readonly expiresInSeconds: number;
}

const tokenResponse = v.object({
  access_token: v.string(),
  refresh_token: v.optional(v.string()),
  expires_in: v.number(),
});

const tokenRefusal = v.object({ error: v.string() });

/**
 * Performs the whole Code Authorization grant with PKCE: login, then exchange of the code.
 *
 * @throws LoginRefused when the login or the exchange is refused
 */
export async function authorizeCode(grant: CodeGrant): Promise<FirstTokens> {
  const codeVerifier = randomBytes(32).toString('base64url');
  const state = randomBytes(16).toString('base64url');
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: grant.clientId,
    redirect_uri: grant.redirectUri,
    state,
    code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...(grant.scope !== undefined && { scope: grant.scope }),
  });
  const loggedIn = await logIn({
    authorizeUrl: `${grant.loginUrl}/oauth/authorize?${query}`,
    userName: grant.userName,
    password: grant.password,
    signal: grant.signal,
  });
  if (loggedIn.state !== state) throw new LoginRefused('The redirect carries another state.');
  const response = await fetch(`${grant.loginUrl}/oauth/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${grant.clientId}:${grant.clientSecret}`).toString('base64')}`,
    },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: loggedIn.code,
      redirect_uri: grant.redirectUri,
      code_verifier: codeVerifier,
    }),
    signal: grant.signal,
  });
  const body: unknown = await response.json();
  if (!response.ok) {
    const refusal = v.safeParse(tokenRefusal, body);
    const reason = refusal.success ? refusal.output.error : `status ${response.status}`;
    throw new LoginRefused(`The exchange of the code ended with ${reason}.`);
  }
  const parsed = v.safeParse(tokenResponse, body);
  // Not v.parse: its error contains the input, including tokens.
  if (!parsed.success) throw new LoginRefused('The exchange of the code returned no tokens.');
  return {
    accessToken: parsed.output.access_token,
    refreshToken: parsed.output.refresh_token,
    expiresInSeconds: parsed.output.expires_in,
  };
}

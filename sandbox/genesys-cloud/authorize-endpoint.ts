import type { AuthorizationCodes, CodeChallenge } from './authorization-codes.ts';
import type { Directory, OAuthClient } from './directory.ts';
import type { GenesysRequest, GenesysResponse } from './exchange.ts';
import { DENY, errorPage, LOGIN_FIELDS, loginPage } from './login-page.ts';
import { type OAuthParameters, readParameters } from './token-request.ts';

/** A `code_challenge` as RFC 7636 §4.2 allows it. */
const CHALLENGE = /^[A-Za-z0-9._~-]{43,128}$/;

/** An error that the client receives by a redirect (RFC 6749 §4.1.2.1). */
interface RedirectedError {
  readonly error: string;
  readonly description: string;
}

/**
 * `/oauth/authorize` of the Code Authorization grant, with PKCE: GET shows the login page, POST handles its form and
 * redirects to the client with a code. A request with an unknown client or redirect URI gets an error page and is never
 * redirected.
 */
export class AuthorizeEndpoint {
  readonly #directory: Directory;
  readonly #codes: AuthorizationCodes;

  constructor(directory: Directory, codes: AuthorizationCodes) {
    this.#directory = directory;
    this.#codes = codes;
  }

  /** Handles the request. */
  handle(request: GenesysRequest): GenesysResponse {
    if (request.method !== 'GET' && request.method !== 'POST') {
      const refusal = errorPage(405, 'invalid_request', 'Use GET to see the login page and POST to log in.');
      return { ...refusal, headers: { ...refusal.headers, Allow: 'GET, POST' } };
    }
    const query = readParameters(request.query);
    const client = this.#directory.client(query.values.client_id ?? '', request.region);
    if (client === undefined || query.repeated.includes('client_id'))
      return errorPage(400, 'invalid_client', 'There is no such OAuth client in this region.');
    const redirectUri = query.values.redirect_uri ?? '';
    if (!client.redirectUris.includes(redirectUri) || query.repeated.includes('redirect_uri'))
      return errorPage(400, 'invalid_request', 'The redirect URI is not registered for the OAuth client.');
    const state = query.values.state;

    const problem = problemOf(query);
    if (problem !== undefined)
      return redirect(redirectUri, {
        error: problem.error,
        error_description: problem.description,
        state,
      });
    if (request.method === 'GET') return loginPage(client.name);
    return this.#logIn(request, client, redirectUri, query);
  }

  #logIn(
    request: GenesysRequest,
    client: OAuthClient,
    redirectUri: string,
    query: OAuthParameters,
  ): GenesysResponse {
    const form = new URLSearchParams(request.body);
    const state = query.values.state;
    if (form.get(LOGIN_FIELDS.decision) === DENY)
      return redirect(redirectUri, {
        error: 'access_denied',
        error_description: 'The user declined the request.',
        state,
      });
    const userName = form.get(LOGIN_FIELDS.userName) ?? '';
    const user = this.#directory.userWithPassword(userName, form.get(LOGIN_FIELDS.password) ?? '');
    if (user === undefined) return loginPage(client.name, userName, 'Wrong e-mail or password.');
    const codeChallenge = codeChallengeOf(query);
    const code = this.#codes.issue({
      clientId: client.clientId,
      userId: user.userId,
      redirectUri,
      scope: query.values.scope?.split(' ') ?? [],
      codeChallenge,
    });
    return redirect(redirectUri, { code, state });
  }
}

function problemOf({ values, repeated }: OAuthParameters): RedirectedError | undefined {
  const invalid = (description: string): RedirectedError => ({ error: 'invalid_request', description });
  if (repeated.length > 0) return invalid(`Given more than once: ${repeated.join(', ')}.`);
  if (values.response_type === undefined) return invalid('The response_type is missing.');
  if (values.response_type !== 'code')
    return { error: 'unsupported_response_type', description: 'Only the response_type code is supported.' };
  const { code_challenge: challenge, code_challenge_method: method } = values;
  if (challenge === undefined)
    return method === undefined
      ? undefined
      : invalid('There is a code_challenge_method without code_challenge.');
  if (!CHALLENGE.test(challenge)) return invalid('The code_challenge is malformed.');
  if (method !== undefined && method !== 'S256' && method !== 'plain')
    return invalid('The code_challenge_method is neither S256 nor plain.');
  return undefined;
}

/** The challenge of a valid request; the default method is `plain` (RFC 7636 §4.3). */
function codeChallengeOf({ values }: OAuthParameters): CodeChallenge | undefined {
  if (values.code_challenge === undefined) return undefined;
  return {
    challenge: values.code_challenge,
    method: values.code_challenge_method === 'S256' ? 'S256' : 'plain',
  };
}

function redirect(
  redirectUri: string,
  parameters: Readonly<Record<string, string | undefined>>,
): GenesysResponse {
  const location = new URL(redirectUri);
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) location.searchParams.append(name, value);
  return {
    status: 302,
    headers: { Location: location.href, 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' },
    body: '',
  };
}

import * as oauth from 'oauth4webapi';
import type { TokenPair } from '../../functions/shared/secrets/secret-value.ts';
import { CliError } from '../shared/cli-error.ts';
import type { LoginResponse } from './login.ts';
import type { OAuthClient } from './oauth-client.ts';
import { interrupted } from './questions.ts';

/** The code is valid for about a minute. */
const EXCHANGE_TIMEOUT_MS = 30_000;

/**
 * Exchanges the authorization code for tokens.
 *
 * @throws CliError the login was declined or does not match, the client or the code was rejected, or the response has
 *         no refresh token; the message never quotes a response
 */
export async function exchangeCode(
  { clientId, clientSecret }: OAuthClient,
  loginUrl: string,
  { parameters, state, redirectUri, codeVerifier }: LoginResponse,
  signal: AbortSignal,
): Promise<TokenPair> {
  const server = {
    issuer: loginUrl,
    authorization_endpoint: `${loginUrl}/oauth/authorize`,
    token_endpoint: `${loginUrl}/oauth/token`,
  };
  const client = { client_id: clientId };
  const { protocol } = new URL(loginUrl);
  try {
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      basicAuthentication(clientId, clientSecret),
      oauth.validateAuthResponse(server, client, parameters, state ?? oauth.skipStateCheck),
      redirectUri,
      codeVerifier,
      {
        [oauth.allowInsecureRequests]: protocol === 'http:',
        signal: AbortSignal.any([signal, AbortSignal.timeout(EXCHANGE_TIMEOUT_MS)]),
      },
    );
    const receivedAtMs = Date.now();
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, response);
    return tokenPair(tokens, receivedAtMs);
  } catch (error) {
    if (signal.aborted) throw interrupted();
    throw error instanceof CliError ? error : explain(error, clientId, redirectUri);
  }
}

/**
 * `client_secret_basic` as Genesys Cloud expects it: id and secret are not form-encoded first, unlike in RFC 6749
 * section 2.3.1 and in the library. That encoding would change the hyphens of a client id.
 */
function basicAuthentication(clientId: string, clientSecret: string): oauth.ClientAuth {
  return (_server, _client, _body, headers) => {
    const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
    headers.set('authorization', `Basic ${basic}`);
  };
}

function tokenPair(tokens: oauth.TokenEndpointResponse, receivedAtMs: number): TokenPair {
  if (tokens.refresh_token === undefined) {
    throw new CliError(
      'failed',
      'Genesys Cloud issued an access token but no refresh token, so there is nothing to rotate. Nothing was written. Organisations with an automatic inactivity timeout get no refresh tokens: an administrator must disable it (Admin, Organization Settings), or the integration must use another grant type.',
    );
  }
  const lifetimeSeconds = tokens.expires_in;
  return {
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token,
    ...(lifetimeSeconds !== undefined && { expiresAt: new Date(receivedAtMs + lifetimeSeconds * 1000) }),
  };
}

/** The library's errors contain the responses. Only names and codes are printed. */
function explain(error: unknown, clientId: string, redirectUri: string): CliError {
  const failed = (what: string): CliError => new CliError('failed', `${what} Nothing was written.`);
  if (error instanceof oauth.AuthorizationResponseError) {
    return failed(
      error.error === 'access_denied'
        ? 'The login was declined (access_denied): you pressed Cancel, or may not use this OAuth client. Run the command again and allow access.'
        : `Genesys Cloud ended the login with ${codeOf(error.error)}. Check the OAuth client: its grant type must be Code Authorization.`,
    );
  }
  if (error instanceof oauth.WWWAuthenticateChallengeError) return failed(wrongClient(clientId));
  if (error instanceof oauth.ResponseBodyError) return failed(refusal(error, clientId, redirectUri));
  if (error instanceof oauth.OperationProcessingError) {
    return failed(
      error.code === oauth.INVALID_RESPONSE
        ? 'The address belongs to another login: its state does not match. Log in at the address that this command shows, and paste the address that you are redirected to.'
        : "Genesys Cloud's response to the exchange of the code is not an OAuth response. Run the command again later.",
    );
  }
  return failed(
    `Genesys Cloud's token endpoint did not respond to the exchange of the code (${reasonOf(error)}). Check the network and the proxy, then run the command again.`,
  );
}

function refusal(error: oauth.ResponseBodyError, clientId: string, redirectUri: string): string {
  const correlationId = error.response.headers.get('inin-correlation-id');
  const label = `HTTP ${error.status}${correlationId === null ? '' : `, correlation id ${correlationId}`}`;
  switch (error.error) {
    case 'invalid_client':
      return wrongClient(clientId);
    case 'invalid_grant':
      return `Genesys Cloud rejected the authorization code (invalid_grant, ${label}): it is older than a minute, was already used, or belongs to another client or to a redirect URI other than ${redirectUri}. Run the command again and log in again.`;
    case 'unauthorized_client':
      return `The OAuth client ${clientId} may not exchange a code (unauthorized_client, ${label}): its grant type must be Code Authorization.`;
    default:
      return `Genesys Cloud refused to exchange the code (${codeOf(error.error)}, ${label}).`;
  }
}

function wrongClient(clientId: string): string {
  return `Genesys Cloud rejected the client ${clientId} (invalid_client): the client secret is wrong, or the client was deleted or belongs to another region. Check it under Admin, Integrations, OAuth, and pass its current secret with --client-secret-stdin.`;
}

/** An OAuth error code is one word. Nothing else is printed. */
function codeOf(error: string): string {
  return /^[a-z_]{1,40}$/.test(error) ? error : 'an unknown error';
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { cause } = error;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return error.name === 'TimeoutError' ? `no response within ${EXCHANGE_TIMEOUT_MS / 1000} s` : error.name;
}

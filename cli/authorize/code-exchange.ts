import * as oauth from 'oauth4webapi';
import type { TokenPair } from '../../functions/shared/secret-value.ts';
import { CliError } from '../shared/cli-error.ts';
import type { LoginAnswer } from './login.ts';
import type { OAuthClient } from './oauth-client.ts';
import { interrupted } from './questions.ts';

/** A person waits for it, and the code lives for a minute or so. */
const EXCHANGE_TIMEOUT_MS = 30_000;

/**
 * Trades the code of a login for tokens.
 *
 * @throws CliError the login was refused or belongs to somebody else, the client or the code was rejected, or the
 *         answer has no refresh token; the message never quotes an answer
 */
export async function exchangeCode(
  { clientId, clientSecret }: OAuthClient,
  loginUrl: string,
  { parameters, state, redirectUri, codeVerifier }: LoginAnswer,
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
    const answer = await oauth.authorizationCodeGrantRequest(
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
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, answer);
    return tokenPair(tokens, receivedAtMs);
  } catch (error) {
    if (signal.aborted) throw interrupted();
    throw error instanceof CliError ? error : explain(error, clientId, redirectUri);
  }
}

/**
 * `client_secret_basic` as Genesys Cloud takes it: id and secret are not form-encoded first, unlike RFC 6749 section
 * 2.3.1 and the library's own; a client id has hyphens, which that encoding would change.
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
      'Genesys Cloud gave an access token but no refresh token, so there is nothing to rotate. Nothing was written. An organisation with an automatic inactivity timeout gives none: an administrator has to switch it off (Admin, Organization Settings), or the integration has to use another grant.',
    );
  }
  const lifeSeconds = tokens.expires_in;
  return {
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token,
    ...(lifeSeconds !== undefined && { expiresAt: new Date(receivedAtMs + lifeSeconds * 1000) }),
  };
}

/** The errors of the library carry the answers, so only names and codes go on from here. */
function explain(error: unknown, clientId: string, redirectUri: string): CliError {
  const failed = (what: string): CliError => new CliError('failed', `${what} Nothing was written.`);
  if (error instanceof oauth.AuthorizationResponseError) {
    return failed(
      error.error === 'access_denied'
        ? 'The login was declined (access_denied): the person pressed Cancel, or may not use this OAuth client. Run the command again and allow the access.'
        : `Genesys Cloud ended the login with ${codeOf(error.error)}. Look at the OAuth client: its grant type must be Code Authorization.`,
    );
  }
  if (error instanceof oauth.WWWAuthenticateChallengeError) return failed(wrongClient(clientId));
  if (error instanceof oauth.ResponseBodyError) return failed(refusal(error, clientId, redirectUri));
  if (error instanceof oauth.OperationProcessingError) {
    return failed(
      error.code === oauth.INVALID_RESPONSE
        ? 'The address belongs to another login: its state is not the one of this command. Log in at the address that this command shows, and paste where that leads to.'
        : 'Genesys Cloud gave an answer to the exchange of the code that is none of OAuth. Run the command again later.',
    );
  }
  return failed(
    `Genesys Cloud's token endpoint gave no answer to the exchange of the code (${reasonOf(error)}). Look at the network and the proxy, then run the command again.`,
  );
}

function refusal(error: oauth.ResponseBodyError, clientId: string, redirectUri: string): string {
  const correlationId = error.response.headers.get('inin-correlation-id');
  const label = `HTTP ${error.status}${correlationId === null ? '' : `, correlation id ${correlationId}`}`;
  switch (error.error) {
    case 'invalid_client':
      return wrongClient(clientId);
    case 'invalid_grant':
      return `Genesys Cloud rejected the code of the login (invalid_grant, ${label}): it is older than a minute, was used before, or was made for another client or redirect URI than ${redirectUri}. Run the command again and log in anew.`;
    case 'unauthorized_client':
      return `The OAuth client ${clientId} may not trade a code (unauthorized_client, ${label}): its grant type must be Code Authorization.`;
    default:
      return `Genesys Cloud refused the exchange of the code (${codeOf(error.error)}, ${label}).`;
  }
}

function wrongClient(clientId: string): string {
  return `Genesys Cloud rejected the client ${clientId} (invalid_client): the client secret is wrong, or the client was deleted or belongs to another region. Look at it under Admin, Integrations, OAuth, and give its present secret with --client-secret-stdin.`;
}

/** An error code of OAuth is a word; anything else could be anything. */
function codeOf(error: string): string {
  return /^[a-z_]{1,40}$/.test(error) ? error : 'an unknown error';
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { cause } = error;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return error.name === 'TimeoutError' ? `nothing within ${EXCHANGE_TIMEOUT_MS / 1000} s` : error.name;
}

import type { AuthorizationCodes } from './authorization-codes.ts';
import type { GenesysBehaviour } from './behaviour.ts';
import type { CallCounter } from './call-counts.ts';
import type { Directory, OAuthClient } from './directory.ts';
import { type GenesysRequest, type GenesysResponse, jsonResponse } from './exchange.ts';
import { readTokenRequest } from './token-request.ts';
import type { IssuedTokens, TokenStore } from './token-store.ts';

/** The dependencies of the token endpoint. */
export interface TokenEndpointParts {
  readonly directory: Directory;
  readonly codes: AuthorizationCodes;
  readonly tokens: TokenStore;
  readonly counter: CallCounter;
  readonly behaviour: () => GenesysBehaviour;
}

type Form = Readonly<Record<string, string | undefined>>;

/** A known client, and whether it authenticated with its secret (a public client has none). */
interface IdentifiedClient {
  readonly client: OAuthClient;
  readonly authenticated: boolean;
}

/** `/oauth/token`: the grants `authorization_code` and `refresh_token`. */
export class TokenEndpoint {
  readonly #parts: TokenEndpointParts;

  constructor(parts: TokenEndpointParts) {
    this.#parts = parts;
  }

  /** Handles the request; the effect is complete when it returns. */
  handle(request: GenesysRequest): GenesysResponse {
    if (request.method !== 'POST') return oauthError(405, 'invalid_request', 'use POST', { Allow: 'POST' });
    if (!/^application\/x-www-form-urlencoded *(;|$)/i.test(request.headers['content-type'] ?? ''))
      return oauthError(400, 'invalid_request', 'the body must be application/x-www-form-urlencoded');
    const { form, claim } = readTokenRequest(request);
    if (form.repeated.length > 0)
      return oauthError(400, 'invalid_request', `given more than once: ${form.repeated.join(', ')}`);
    if (claim === 'ambiguous')
      return oauthError(400, 'invalid_request', 'the client is authenticated in more than one way');

    const client = claim && this.#parts.directory.client(claim.clientId, request.region);
    const authenticated = claim?.clientSecret !== undefined;
    const isPublicExchange = !authenticated && form.values.grant_type === 'authorization_code';
    if (client === undefined || (claim?.clientSecret !== client.clientSecret && !isPublicExchange))
      return this.#invalidClient();
    return this.#grant({ client, authenticated }, form.values);
  }

  #grant(identified: IdentifiedClient, form: Form): GenesysResponse {
    switch (form.grant_type) {
      case 'refresh_token':
        return this.#refresh(identified.client, form);
      case 'authorization_code':
        return this.#exchangeCode(identified, form);
      case undefined:
        return missing('grant_type');
      default:
        return oauthError(400, 'unsupported_grant_type', 'the grant type is not supported');
    }
  }

  #refresh(client: OAuthClient, form: Form): GenesysResponse {
    if (form.refresh_token === undefined) return missing('refresh_token');
    const issued = this.#parts.tokens.refresh(client, form.refresh_token);
    this.#parts.counter.add(client.clientId, issued === undefined ? 'refusedRefreshes' : 'refreshes');
    return issued === undefined
      ? this.#invalidGrant('the refresh token is invalid')
      : this.#respond(client, issued);
  }

  #exchangeCode({ client, authenticated }: IdentifiedClient, form: Form): GenesysResponse {
    if (form.code === undefined) return missing('code');
    const { code } = form;
    const authorization = this.#parts.codes.redeem({
      code,
      clientId: client.clientId,
      redirectUri: form.redirect_uri,
      codeVerifier: form.code_verifier,
      authenticated,
    });
    // "If an authorization code is used more than once, the authorization server MUST deny the request and SHOULD
    // revoke (when possible) all tokens previously issued based on that authorization code." (RFC 6749 section 4.1.2)
    if (authorization === 'used') this.#parts.tokens.revokeLineages(lineage => lineage.code === code);
    if (authorization === undefined || authorization === 'used') {
      return this.#invalidGrant('the authorization code is invalid');
    }
    this.#parts.counter.add(client.clientId, 'codeExchanges');
    const issued = this.#parts.tokens.begin(client, {
      code,
      userId: authorization.userId,
      scope: authorization.scope,
      // Only confidential clients get refresh tokens.
      withRefreshToken: authenticated,
    });
    return this.#respond(client, issued);
  }

  #respond(client: OAuthClient, issued: IssuedTokens): GenesysResponse {
    return jsonResponse(
      200,
      {
        access_token: issued.accessToken,
        refresh_token: issued.refreshToken,
        token_type: 'bearer',
        // One less than the duration, as in the vendor's sample response (86399 for a day).
        expires_in: client.tokenDurationSeconds - 1,
        ...(this.#parts.behaviour().errorTextOnSuccess && { error: 'optional-error-message' }),
      },
      { Pragma: 'no-cache' },
    );
  }

  /** The same response for an unknown client, a wrong secret and the wrong region. */
  #invalidClient(): GenesysResponse {
    return oauthError(this.#parts.behaviour().invalidClientStatus, 'invalid_client', 'authentication failed');
  }

  #invalidGrant(description: string): GenesysResponse {
    return oauthError(this.#parts.behaviour().invalidGrantStatus, 'invalid_grant', description);
  }
}

function missing(parameter: string): GenesysResponse {
  return oauthError(400, 'invalid_request', `${parameter} is missing`);
}

/** RFC 6749 §5.2, with the second description that Genesys Cloud adds. */
function oauthError(
  status: number,
  error: string,
  description: string,
  headers: Readonly<Record<string, string>> = {},
): GenesysResponse {
  return jsonResponse(
    status,
    { error, description, error_description: description },
    { Pragma: 'no-cache', ...headers },
  );
}

import {
  ClientRejected,
  GenesysRateLimited,
  GenesysUnavailable,
  RefreshTokenRejected,
  type RotationError,
  TokenResponseLost,
} from '../errors.ts';
import { jsonObject } from '../input/parse.ts';
import type { TokenPair } from '../secrets/secret-value.ts';
import { type HttpResponse, httpExchange, responseLabel } from './http-exchange.ts';

/** A client and its refresh token. */
export interface RefreshGrant {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
}

/** Options of a refresh. */
export interface RefreshOptions {
  /** Named in the errors. */
  readonly secretArn: string;
  readonly loginUrl: string;
  /** Gives up after this long, in ms; must be shorter than the function's remaining time. */
  readonly timeoutMs: number;
  /** Whether the same refresh token was presented before and the response was lost. */
  readonly presentedBefore: boolean;
  readonly now: () => Date;
}

/** The errors of RFC 6749, section 5.2, that changing the client or the credential fixes. */
const CLIENT_ERRORS = new Set([
  'invalid_client',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
  'invalid_request',
]);

/** After 429 and 503 the request had no effect. After 408 and other 5xx that is not certain. */
const REQUEST_TIMEOUT = 408;
const TOO_MANY_REQUESTS = 429;
const SERVICE_UNAVAILABLE = 503;

/**
 * Exchanges a refresh token for a new pair. Sends one request and never repeats it, because the request may spend the
 * token. A response without `refresh_token` keeps the presented one (RFC 6749, section 6).
 *
 * @throws RefreshTokenRejected `invalid_grant`, by the body's `error`, whatever the status
 * @throws ClientRejected       `invalid_client` (also Genesys Cloud's response in a wrong region) and similar errors; the
 *                              request had no effect
 * @throws GenesysRateLimited   429; the request had no effect
 * @throws GenesysUnavailable   not reached, 503, a redirect or another 4xx; the request had no effect
 * @throws TokenResponseLost    the request was sent, and its effect is unknown
 */
export async function refreshTokens(grant: RefreshGrant, options: RefreshOptions): Promise<TokenPair> {
  const outcome = await requestRefresh(grant, options);
  switch (outcome.kind) {
    case 'not-sent':
      throw new GenesysUnavailable(
        `Genesys Cloud's token endpoint could not be reached for secret ${options.secretArn} (${outcome.reason}). Nothing was spent. Redrive the execution once it is reachable.`,
      );
    case 'response-lost':
      throw responseLost(options.secretArn, outcome.reason);
    case 'responded':
      return readTokenResponse(grant, options, outcome);
  }
}

/**
 * Checks that Genesys Cloud accepts the client, without spending a token: for a refresh token that was never issued, only
 * a known client gets `invalid_grant`.
 *
 * @throws as {@link refreshTokens}, except RefreshTokenRejected, which means success here, and TokenResponseLost, which
 *         becomes GenesysUnavailable: no token of the secret was presented
 */
export async function checkClient(
  client: Omit<RefreshGrant, 'refreshToken'>,
  options: Omit<RefreshOptions, 'presentedBefore' | 'now'>,
): Promise<void> {
  try {
    await refreshTokens(
      { ...client, refreshToken: 'configuration-check' },
      { ...options, presentedBefore: false, now: () => new Date() },
    );
  } catch (error) {
    if (error instanceof RefreshTokenRejected) return;
    if (!(error instanceof TokenResponseLost)) throw error;
    throw new GenesysUnavailable(
      `Genesys Cloud's token endpoint gave no usable response to the check of the client of secret ${options.secretArn}. Redrive the execution once it is available again.`,
    );
  }
}

function requestRefresh(grant: RefreshGrant, options: RefreshOptions): ReturnType<typeof httpExchange> {
  const basic = Buffer.from(`${grant.clientId}:${grant.clientSecret}`).toString('base64');
  return httpExchange(
    `${options.loginUrl}/oauth/token`,
    {
      method: 'POST',
      headers: { authorization: `Basic ${basic}`, accept: 'application/json' },
      body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: grant.refreshToken }),
    },
    options.timeoutMs,
  );
}

function readTokenResponse(grant: RefreshGrant, options: RefreshOptions, response: HttpResponse): TokenPair {
  const body = jsonObject(response.body);
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: expiresIn } = body ?? {};
  if (!isSuccess(response) || !isToken(accessToken)) throw refusal(options, response, body?.error);
  // If it is neither a token nor absent, the valid token is unknown.
  if (refreshToken !== undefined && refreshToken !== null && !isToken(refreshToken)) {
    throw unreadable(options, response, 'refresh_token');
  }
  const expiresAt = expiry(expiresIn, options.now());
  return {
    accessToken,
    refreshToken: refreshToken ?? grant.refreshToken,
    ...(expiresAt && { expiresAt }),
  };
}

/** An invalid lifetime counts as unknown, so that the tokens are sealed anyway. */
function expiry(lifetimeSeconds: unknown, now: Date): Date | undefined {
  if (typeof lifetimeSeconds !== 'number') return undefined;
  const end = new Date(now.getTime() + lifetimeSeconds * 1000);
  return Number.isNaN(end.getTime()) ? undefined : end;
}

/** The error for a response without tokens. `error` is compared but never quoted. */
function refusal(options: RefreshOptions, response: HttpResponse, error: unknown): RotationError {
  const { secretArn } = options;
  const { status } = response;
  const label = responseLabel(response);
  if (error === 'invalid_grant') {
    const probablySpent = options.presentedBefore
      ? ' An earlier attempt presented the same refresh token and probably spent it, but its response was lost.'
      : '';
    return new RefreshTokenRejected(
      `Genesys Cloud rejected the refresh token of secret ${secretArn} (${label}).${probablySpent} No newer one is recorded. AWSCURRENT is unchanged. Log in again (authorize), then redrive the execution.`,
    );
  }
  if (typeof error === 'string' && CLIENT_ERRORS.has(error)) {
    return new ClientRejected(
      `Genesys Cloud rejected the client of secret ${secretArn} (${label}, ${error}). Nothing was spent. Check clientId, clientSecret and region (a wrong region gets the same response) and the client's grant type, then redrive the execution.`,
    );
  }
  if (status === TOO_MANY_REQUESTS) {
    const retryAfterSeconds = wholeSeconds(response.retryAfter);
    const wait = retryAfterSeconds === undefined ? '' : ` and asked to wait ${retryAfterSeconds} s`;
    return new GenesysRateLimited(
      `Genesys Cloud rate-limited the token request for secret ${secretArn} (${label})${wait}. Nothing was spent. Redrive the execution later.`,
      retryAfterSeconds,
    );
  }
  if (isSuccess(response)) return unreadable(options, response, 'access_token');
  if (status === REQUEST_TIMEOUT || (status >= 500 && status !== SERVICE_UNAVAILABLE)) {
    return responseLost(secretArn, label);
  }
  return new GenesysUnavailable(
    `Genesys Cloud's token endpoint responded with ${label} to the refresh for secret ${secretArn}. Nothing was spent. Redrive the execution once it is available again.`,
  );
}

function unreadable(
  { secretArn }: RefreshOptions,
  response: HttpResponse,
  member: string,
): TokenResponseLost {
  return responseLost(secretArn, `${responseLabel(response)} without a usable ${member}`);
}

function responseLost(secretArn: string, reason: string): TokenResponseLost {
  return new TokenResponseLost(
    `The refresh request for secret ${secretArn} was sent, but no usable response arrived (${reason}). Its refresh token may be spent. Redrive the execution: if the token is still valid, the rotation continues; otherwise it fails with RefreshTokenRejected.`,
  );
}

/** Retry-After as a number of seconds; its other form, a date, is not used for rate limits. */
function wholeSeconds(retryAfter: string | null): number | undefined {
  return retryAfter !== null && /^\d{1,5}$/.test(retryAfter) ? Number(retryAfter) : undefined;
}

function isSuccess({ status }: HttpResponse): boolean {
  return status >= 200 && status <= 299;
}

function isToken(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

import {
  ClientRejected,
  GenesysAnswerLost,
  GenesysRateLimited,
  GenesysUnavailable,
  RefreshTokenRejected,
  type RotationError,
} from './errors.ts';
import { answerLabel, type HttpAnswer, httpExchange } from './http-exchange.ts';
import { jsonObject } from './json-object.ts';
import type { TokenPair } from './secret-value.ts';

/** A client and the refresh token that it presents. */
export interface RefreshGrant {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
}

/** The circumstances of a refresh. */
export interface RefreshOptions {
  /** Named in the errors. */
  readonly secretArn: string;
  readonly loginUrl: string;
  /** Gives up after this long, in ms; stays below the function's own time-out. */
  readonly timeoutMs: number;
  /** Whether this rotation may have presented the same refresh token before. */
  readonly repeated: boolean;
  readonly now: () => Date;
}

/** The errors of RFC 6749 section 5.2 that a change of the client or of the credential mends. */
const CLIENT_ERRORS = new Set([
  'invalid_client',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
  'invalid_request',
]);

/**
 * Trades a refresh token for a new pair. It sends one request and never repeats it: the refresh token may be spent
 * by it. An answer without `refresh_token` keeps the present one (RFC 6749 section 6).
 *
 * @throws RefreshTokenRejected `invalid_grant`, by the body's `error`, whatever the status
 * @throws ClientRejected       `invalid_client` (Genesys Cloud answers so for a wrong region, too) and its like
 * @throws GenesysRateLimited   429
 * @throws GenesysUnavailable   not reached, or answered without an effect: 5xx, a redirect, another status
 * @throws GenesysAnswerLost    the request left, no readable answer came
 */
export async function refreshTokens(grant: RefreshGrant, options: RefreshOptions): Promise<TokenPair> {
  const outcome = await requestRefresh(grant, options);
  switch (outcome.kind) {
    case 'not-sent':
      throw new GenesysUnavailable(
        `Genesys Cloud's token endpoint could not be reached for secret ${options.secretArn} (${outcome.reason}); nothing was spent. Redrive the execution once it can be.`,
      );
    case 'answer-lost':
      throw answerLost(options.secretArn, outcome.reason);
    case 'answered':
      return readTokenAnswer(grant, options, outcome);
  }
}

/**
 * Whether Genesys Cloud knows the client, found out without spending a token: a refresh token that was never issued
 * is answered `invalid_grant` to a known client only.
 *
 * @throws as {@link refreshTokens}, but for RefreshTokenRejected, which is the good answer here, and for
 *         GenesysAnswerLost, which is GenesysUnavailable here: no token of the secret was presented
 */
export async function checkClient(
  client: Omit<RefreshGrant, 'refreshToken'>,
  options: Omit<RefreshOptions, 'repeated' | 'now'>,
): Promise<void> {
  try {
    await refreshTokens(
      { ...client, refreshToken: 'configuration-check' },
      { ...options, repeated: false, now: () => new Date() },
    );
  } catch (error) {
    if (error instanceof RefreshTokenRejected) return;
    if (!(error instanceof GenesysAnswerLost)) throw error;
    throw new GenesysUnavailable(
      `Genesys Cloud's token endpoint gave no readable answer while the client of secret ${options.secretArn} was checked. Redrive the execution once it serves again.`,
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

function readTokenAnswer(grant: RefreshGrant, options: RefreshOptions, answer: HttpAnswer): TokenPair {
  const body = jsonObject(answer.body);
  const accessToken = body?.access_token;
  if (answer.status < 200 || answer.status > 299 || body === undefined || !isToken(accessToken)) {
    throw refusal(options, answer, body?.error);
  }
  const refreshToken = body.refresh_token;
  const expiresAt = endOfLife(body.expires_in, options.now());
  return {
    accessToken,
    refreshToken: isToken(refreshToken) ? refreshToken : grant.refreshToken,
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

/** A life that leads to no date counts as not told: it must not stand between the tokens and their seal. */
function endOfLife(lifeSeconds: unknown, now: Date): Date | undefined {
  if (typeof lifeSeconds !== 'number') return undefined;
  const end = new Date(now.getTime() + lifeSeconds * 1000);
  return Number.isNaN(end.getTime()) ? undefined : end;
}

/** Judges an answer that brought no tokens. `error` is compared only, never quoted. */
function refusal(options: RefreshOptions, answer: HttpAnswer, error: unknown): RotationError {
  const { secretArn } = options;
  const label = answerLabel(answer);
  if (error === 'invalid_grant') {
    const probablySpent = options.repeated
      ? ' This execution presented a refresh token before; if the answer to that attempt was lost, the token was probably spent by it.'
      : '';
    return new RefreshTokenRejected(
      `Genesys Cloud rejected the refresh token of secret ${secretArn} (${label}).${probablySpent} AWSCURRENT is untouched. Log in again, store the new tokens, then redrive the execution.`,
    );
  }
  if (typeof error === 'string' && CLIENT_ERRORS.has(error)) {
    return new ClientRejected(
      `Genesys Cloud rejected the client of secret ${secretArn} (${label}, ${error}). Check clientId, clientSecret and region (a wrong region is answered the same way) and the client's grant type, then redrive the execution.`,
    );
  }
  if (answer.status === 429) {
    const wait = answer.retryAfter === null ? '' : ` and asks to wait ${answer.retryAfter.slice(0, 32)} s`;
    return new GenesysRateLimited(
      `Genesys Cloud limits the rate of token requests for secret ${secretArn} (${label})${wait}. Nothing was spent; redrive the execution later.`,
    );
  }
  if (answer.status >= 200 && answer.status <= 299) {
    return answerLost(secretArn, `${label} without a readable access_token`);
  }
  return new GenesysUnavailable(
    `Genesys Cloud's token endpoint answered ${label} to the refresh for secret ${secretArn}; nothing was spent. Redrive the execution once it serves again.`,
  );
}

function answerLost(secretArn: string, reason: string): GenesysAnswerLost {
  return new GenesysAnswerLost(
    `The refresh request for secret ${secretArn} was sent, but no readable answer came (${reason}). Its refresh token may be spent. Redrive the execution: if the token still lives, the rotation goes on; if not, the next error says so.`,
  );
}

function isToken(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

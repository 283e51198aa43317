import type { Clock } from '../clock.ts';
import { apiError } from './api-error.ts';
import type { CallCounter } from './call-counts.ts';
import type { Directory } from './directory.ts';
import { type GenesysRequest, type GenesysResponse, jsonResponse } from './exchange.ts';
import type { Lineage, Token } from './lineage.ts';
import type { TokenStore } from './token-store.ts';

/** The dependencies of the Platform API. */
export interface PlatformApiParts {
  readonly directory: Directory;
  readonly tokens: TokenStore;
  readonly counter: CallCounter;
  readonly rateLimit: RateLimit;
  readonly organization: { readonly id: string; readonly name: string };
}

/** A call that passed authentication and the rate limit. */
interface AcceptedCall {
  readonly request: GenesysRequest;
  readonly lineage: Lineage;
  readonly token: Token;
}

/** The Platform API's operations on the caller's own user and token. */
export class PlatformApi {
  readonly #parts: PlatformApiParts;

  constructor(parts: PlatformApiParts) {
    this.#parts = parts;
  }

  /** The client that the request's access token was issued to, while the token is valid. */
  clientIdOf(request: GenesysRequest): string | undefined {
    const check = this.#parts.tokens.check(bearerToken(request) ?? '', request.region);
    return check.outcome === 'accepted' ? check.lineage.clientId : undefined;
  }

  /** `/api/v2/users/me`. */
  usersMe(request: GenesysRequest): GenesysResponse {
    return this.#accept(request, ['GET'], [], call => this.#user(call));
  }

  /** `/api/v2/tokens/me`. */
  tokensMe(request: GenesysRequest): GenesysResponse {
    return this.#accept(request, ['GET', 'HEAD', 'DELETE'], ['preserveIdleTTL'], call => {
      if (request.method === 'GET') return jsonResponse(200, this.#tokenInfo(call));
      if (request.method === 'HEAD') return { status: 200, headers: {}, body: '' };
      this.#parts.tokens.deleteAccessToken(call.token);
      return { status: 204, headers: {}, body: '' };
    });
  }

  #accept(
    request: GenesysRequest,
    methods: readonly string[],
    parameters: readonly string[],
    operation: (call: AcceptedCall) => GenesysResponse,
  ): GenesysResponse {
    if (!methods.includes(request.method))
      return apiError(request, 'method.not.allowed', {}, { Allow: methods.join(', ') });
    const unknown = [...request.query.keys()].find(name => !parameters.includes(name));
    if (unknown !== undefined)
      return apiError(request, 'not.emulated', { feature: `the query parameter ${unknown}` });

    const accessToken = bearerToken(request);
    if (accessToken === undefined) return apiError(request, 'authentication.required');
    const check = this.#parts.tokens.check(accessToken, request.region);
    if (check.outcome !== 'accepted')
      return apiError(request, check.outcome === 'expired' ? 'credentials.expired' : 'bad.credentials');
    const { lineage, token } = check;

    const { count, resetSeconds } = this.#parts.rateLimit.take(`${lineage.userId}/${lineage.clientId}`);
    const headers = {
      'inin-ratelimit-count': `${count}`,
      'inin-ratelimit-allowed': `${API_CALLS_PER_WINDOW}`,
      'inin-ratelimit-reset': `${resetSeconds}`,
    };
    if (count > API_CALLS_PER_WINDOW)
      return apiError(
        request,
        'too.many.requests',
        { maximum: `${API_CALLS_PER_WINDOW}`, seconds: `${RATE_WINDOW_SECONDS}` },
        { ...headers, 'Retry-After': `${resetSeconds}` },
      );
    if (request.query.get('preserveIdleTTL') !== 'true') this.#parts.tokens.touch(token);
    const response = operation({ request, lineage, token });
    return { ...response, headers: { ...response.headers, ...headers } };
  }

  #user({ request, lineage }: AcceptedCall): GenesysResponse {
    this.#parts.counter.add(lineage.clientId, 'usersMeCalls');
    const user = this.#parts.directory.user(lineage.userId);
    const access = this.#parts.directory.userAccess(user.userId);
    if (access === 'not.authorized') return apiError(request, access);
    if (access === 'missing.permissions')
      return apiError(request, access, { permissions: 'directory:user:view' });
    return jsonResponse(200, {
      id: user.userId,
      name: user.name,
      email: user.userName,
      primaryContactInfo: [{ address: user.userName, mediaType: 'EMAIL', type: 'PRIMARY' }],
      addresses: [],
      state: 'active',
      username: user.userName,
      version: 1,
      acdAutoAnswer: false,
      selfUri: `/api/v2/users/${user.userId}`,
    });
  }

  /** The model TokenInfo. */
  #tokenInfo({ request, lineage, token }: AcceptedCall): object {
    const { organization } = this.#parts;
    const client = this.#parts.directory.client(lineage.clientId, request.region);
    return {
      organization,
      homeOrganization: organization,
      authorizedScope: lineage.scope,
      dateTokenIdles: this.#parts.tokens.idlesAt(token),
      OAuthClient: { id: lineage.clientId, name: client?.name, organization },
    };
  }
}

function bearerToken(request: GenesysRequest): string | undefined {
  return /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
}

/**
 * The maximum number of API calls per minute, user and OAuth client; more return 429 (Genesys Cloud, "Rate limits").
 */
const API_CALLS_PER_WINDOW = 300;

/** The length of the rate limit's window, in seconds. */
const RATE_WINDOW_SECONDS = 60;

/** A caller's use of its window after a call. */
export interface RateUsage {
  /** Calls in this window, including this one. */
  readonly count: number;
  /** Whole seconds until the window ends. */
  readonly resetSeconds: number;
}

/** Counts calls in windows of a minute that begin with a caller's first call. */
export class RateLimit {
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #windows = new Map<string, { endsAtMs: number; count: number }>();

  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock;
  }

  /** Counts a call. */
  take(caller: string): RateUsage {
    const nowMs = this.#clock.nowMs();
    let window = this.#windows.get(caller);
    if (window === undefined || nowMs >= window.endsAtMs) {
      window = { endsAtMs: nowMs + RATE_WINDOW_SECONDS * 1000, count: 0 };
      this.#windows.set(caller, window);
    }
    window.count += 1;
    return { count: window.count, resetSeconds: Math.ceil((window.endsAtMs - nowMs) / 1000) };
  }
}

import { apiError } from './api-error.ts';
import type { AuthorizeEndpoint } from './authorize-endpoint.ts';
import type { GenesysRequest, GenesysResponse } from './exchange.ts';
import type { GenesysInterceptor, InterceptedRequest } from './interceptor.ts';
import type { PlatformApi } from './platform-api.ts';
import type { TokenEndpoint } from './token-endpoint.ts';
import { readTokenRequest } from './token-request.ts';

/** An endpoint and its description for interceptors. */
interface Route {
  describe(request: GenesysRequest): InterceptedRequest;
  handle(request: GenesysRequest): GenesysResponse;
}

/** Passes each request through the interceptors to its endpoint. */
export class Router {
  readonly #routes: ReadonlyMap<string, Route>;
  readonly #interceptors = new Set<GenesysInterceptor>();

  constructor(authorize: AuthorizeEndpoint, token: TokenEndpoint, api: PlatformApi) {
    this.#routes = new Map<string, Route>([
      ['/oauth/authorize', { describe: describeAuthorize, handle: request => authorize.handle(request) }],
      ['/oauth/token', { describe: describeToken, handle: request => token.handle(request) }],
      [
        '/api/v2/users/me',
        {
          describe: request => describeCall('users/me', request, api),
          handle: request => api.usersMe(request),
        },
      ],
      [
        '/api/v2/tokens/me',
        {
          describe: request => describeCall('tokens/me', request, api),
          handle: request => api.tokensMe(request),
        },
      ],
    ]);
  }

  /** Adds an interceptor inside the existing ones; the returned function removes it. */
  intercept(interceptor: GenesysInterceptor): () => void {
    this.#interceptors.add(interceptor);
    return () => void this.#interceptors.delete(interceptor);
  }

  /** Handles a request; rejects with the error of an interceptor. */
  async route(request: GenesysRequest): Promise<GenesysResponse> {
    const route = this.#routes.get(request.path);
    if (route === undefined) return apiError(request, 'not.found');
    const described = route.describe(request);
    const response = async (): Promise<GenesysResponse> => route.handle(request);
    const chain = [...this.#interceptors].reduceRight<() => Promise<GenesysResponse>>(
      (next, interceptor) => () => interceptor(described, next),
      response,
    );
    return chain();
  }
}

function describeAuthorize(request: GenesysRequest): InterceptedRequest {
  const clientId = request.query.get('client_id');
  return { endpoint: 'authorize', method: request.method, clientId: clientId ?? undefined };
}

function describeToken(request: GenesysRequest): InterceptedRequest {
  const { form, claim } = readTokenRequest(request);
  const grantType = form.values.grant_type;
  return {
    endpoint: 'token',
    method: request.method,
    clientId: typeof claim === 'object' ? claim.clientId : undefined,
    grantType,
  };
}

function describeCall(
  endpoint: 'users/me' | 'tokens/me',
  request: GenesysRequest,
  api: PlatformApi,
): InterceptedRequest {
  const clientId = api.clientIdOf(request);
  return { endpoint, method: request.method, clientId };
}

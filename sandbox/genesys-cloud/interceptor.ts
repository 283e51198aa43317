import type { GenesysResponse } from './exchange.ts';

/** The endpoints that can be interfered with. */
type GenesysEndpoint = 'authorize' | 'token' | 'users/me' | 'tokens/me';

/** What an interceptor knows of a request. */
export interface InterceptedRequest {
  readonly endpoint: GenesysEndpoint;
  readonly method: string;
  /** As the request states it, not yet proved; for API calls the client that the access token was issued to. */
  readonly clientId?: string;
  /** The `grant_type` of a token request. */
  readonly grantType?: string;
}

/**
 * Stands around every request to a known endpoint. `next` has the effect and gives Genesys Cloud's own answer;
 * an interceptor may replace that answer, wait before or after it (with `Sandbox.pause`), or throw
 * {@link GenesysConnectionDropped} before `next` (the request had no effect) or after it (the effect stands, the answer
 * is lost).
 */
export type GenesysInterceptor = (
  request: InterceptedRequest,
  next: () => Promise<GenesysResponse>,
) => Promise<GenesysResponse>;

/** Thrown by an interceptor: the connection is cut without an answer. */
export class GenesysConnectionDropped extends Error {
  override readonly name = 'GenesysConnectionDropped';

  constructor() {
    super('The connection to Genesys Cloud was dropped.');
  }
}

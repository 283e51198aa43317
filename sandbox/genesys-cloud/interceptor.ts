import type { GenesysResponse } from './exchange.ts';

/** The endpoints that interceptors can wrap. */
type GenesysEndpoint = 'authorize' | 'token' | 'users/me' | 'tokens/me';

/** A request as interceptors receive it. */
export interface InterceptedRequest {
  readonly endpoint: GenesysEndpoint;
  readonly method: string;
  /** As the request states it, not verified; for API calls the client that the access token was issued to. */
  readonly clientId?: string;
  /** The `grant_type` of a token request. */
  readonly grantType?: string;
}

/**
 * Wraps every request to a known endpoint. `next` handles the request and returns Genesys Cloud's response. An
 * interceptor may replace that response, wait before or after it (with `Sandbox.pause`), or throw {@link
 * GenesysConnectionDropped} before `next` (no effect) or after it (the response is lost).
 */
export type GenesysInterceptor = (
  request: InterceptedRequest,
  next: () => Promise<GenesysResponse>,
) => Promise<GenesysResponse>;

/** Thrown by an interceptor to cut the connection without a response. */
export class GenesysConnectionDropped extends Error {
  override readonly name = 'GenesysConnectionDropped';

  constructor() {
    super('The connection to Genesys Cloud was dropped.');
  }
}

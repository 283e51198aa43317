import type { WireResponse } from './wire-protocol.ts';

/**
 * Thrown by an interceptor to close the connection without a response. Before `next()`, the call has no effect; after
 * it, the call took effect and its response is lost.
 */
export class ConnectionDropped extends Error {
  override readonly name = 'ConnectionDropped';
}

/**
 * Thrown by an interceptor to send this response unchanged, regardless of the service's protocol. Before `next()`, the
 * call has no effect; after it, the call took effect.
 */
export class RawResponse extends Error {
  override readonly name = 'RawResponse';
  readonly response: WireResponse;

  constructor(response: WireResponse) {
    super(`The response was replaced (HTTP ${response.statusCode}).`);
    this.response = response;
  }
}

import type { WireResponse } from './wire-protocol.ts';

/**
 * Thrown by an interceptor to end the connection without an answer: before `next()` the call never happened,
 * after it the call took effect and its answer is lost.
 */
export class ConnectionDropped extends Error {
  override readonly name = 'ConnectionDropped';
}

/**
 * Thrown by an interceptor to answer with these very bytes, whatever the service's protocol is: before `next()` the
 * call never happened, after it the call took effect.
 */
export class RawResponse extends Error {
  override readonly name = 'RawResponse';
  readonly answer: WireResponse;

  constructor(answer: WireResponse) {
    super(`The answer was replaced by another one (HTTP ${answer.statusCode}).`);
    this.answer = answer;
  }
}

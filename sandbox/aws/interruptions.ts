import type { WireAnswer } from './wire-protocol.ts';

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
export class RawAnswer extends Error {
  override readonly name = 'RawAnswer';
  readonly answer: WireAnswer;

  constructor(answer: WireAnswer) {
    super(`The answer was replaced by another one (HTTP ${answer.statusCode}).`);
    this.answer = answer;
  }
}

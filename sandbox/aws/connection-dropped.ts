/**
 * Thrown by an interceptor to end the connection without an answer: before `next()` the call never happened,
 * after it the call took effect and its answer is lost.
 */
export class ConnectionDropped extends Error {
  override readonly name = 'ConnectionDropped';
}

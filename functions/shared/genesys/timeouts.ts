/**
 * How long the token endpoint may take, in ms: longer than the 16 s of Genesys' own SDK. A response that comes later
 * is lost, and with it the refresh token.
 */
export const TOKEN_TIMEOUT_MS = 20_000;

/** How long an API call may take, in ms. It can be repeated. */
export const API_TIMEOUT_MS = 10_000;

/** How much time an invocation has left, in ms, as the context of a Lambda function tells it. */
export interface RemainingTime {
  getRemainingTimeInMillis(): number;
}

/**
 * The timeout for a call that starts now: `timeoutMs`, or less where the function would have less than `reserveMs`
 * left to deal with the outcome.
 */
export function timeoutWithin(timeoutMs: number, remainingMs: number, reserveMs: number): number {
  return Math.max(1, Math.min(timeoutMs, remainingMs - reserveMs));
}

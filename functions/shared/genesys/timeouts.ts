/**
 * Timeout of the token endpoint, in ms: longer than the 16 s of Genesys' own SDK. A later response is lost, and with it
 * the refresh token.
 */
export const TOKEN_TIMEOUT_MS = 20_000;

/** Timeout of an API call, in ms. The call can be repeated. */
export const API_TIMEOUT_MS = 10_000;

/** The remaining time of an invocation, in ms, from the context of a Lambda function. */
export interface RemainingTime {
  getRemainingTimeInMillis(): number;
}

/**
 * The timeout for a call that starts now: `timeoutMs`, or less if the function needs the time to keep `reserveMs` for
 * handling the outcome.
 */
export function timeoutWithin(timeoutMs: number, remainingMs: number, reserveMs: number): number {
  return Math.max(1, Math.min(timeoutMs, remainingMs - reserveMs));
}

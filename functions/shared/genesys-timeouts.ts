/**
 * How long the token endpoint may take, in ms. As long as the function's own time allows: an answer that comes after
 * it is lost, and with it the refresh token.
 */
export const TOKEN_TIMEOUT_MS = 5_000;

/** How long an API call may take, in ms; it can be repeated. */
export const API_TIMEOUT_MS = 2_000;

/** What a function needs to report a call that has timed out, in ms. */
const TIME_TO_REPORT_MS = 300;

/** How much time an invocation has left, in ms, as the context of a Lambda function tells it. */
export interface RemainingTime {
  getRemainingTimeInMillis(): number;
}

/** The time-out for a call that starts now: `timeoutMs`, or less where the function has less time left. */
export function timeoutWithin(timeoutMs: number, context: RemainingTime): number {
  return Math.max(1, Math.min(timeoutMs, context.getRemainingTimeInMillis() - TIME_TO_REPORT_MS));
}

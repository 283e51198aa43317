/**
 * The configuration of every AWS client. A call ends before the function does, and the state machine retries after the
 * second failed attempt. Without `throwOnRequestTimeout`, a timeout is only a warning.
 */
export const AWS_CLIENT_LIMITS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 500, requestTimeout: 800, throwOnRequestTimeout: true },
} as const;

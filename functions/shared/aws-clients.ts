/**
 * What every AWS client here is made with: a call ends before the function does, and a fault that outlasts the two
 * attempts is the state machine's to retry. `throwOnRequestTimeout` is what makes the time-out more than a warning.
 */
export const AWS_CLIENT_LIMITS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 500, requestTimeout: 800, throwOnRequestTimeout: true },
} as const;

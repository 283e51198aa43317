/** What a soak counts, and how each figure is meant. */
export const FIGURES = {
  rotations:
    'rotations that Secrets Manager began; a retry counts only when it has another ClientRequestToken',
  faultsInjected: 'faults that befell a call',
  executionsFailed: 'how often an execution closed as FAILED, TIMED_OUT or ABORTED, after a redrive again',
  redrives: 'redrives of failed executions, by the retries of Secrets Manager and by the operator',
  reauthorisations: 'logins by the operator, after an execution had failed with RefreshTokenRejected',
  refreshTokensLost:
    'live refresh tokens that a login had to replace because a fault kept the answer with them from the rotation: lost on the wire, or with a killed function; nobody can save these',
  unrecoverable:
    'refresh tokens that a login had to replace although they were stored or sealed, or were lost without such a fault; and secrets whose credential does not work after the day without faults that ends a run. Must be 0',
  consumerCalls: 'hourly calls of GET /api/v2/users/me with the access token of AWSCURRENT, one per secret',
  consumerFailures: 'of these, those that were refused even after AWSCURRENT had been read again',
  longestOutageSeconds: 'the longest time in which the access token in AWSCURRENT of a secret was dead',
  leaks:
    'log lines, history events, inputs, answers and errors with a token, client secret or key in them. Must be 0',
} as const;

/** The outcome of a soak. */
export type SoakFigures = Readonly<Record<keyof typeof FIGURES, number>>;

/** Whether a soak shows what it has to. */
export function holds({ unrecoverable, leaks }: SoakFigures): boolean {
  return unrecoverable === 0 && leaks === 0;
}

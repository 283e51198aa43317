/** The figures of a soak and their meanings. */
export const FIGURES = {
  rotations:
    'rotations that Secrets Manager started; a retry counts only if it has another ClientRequestToken',
  faultsInjected: 'faults that were injected',
  executionsFailed:
    'number of times an execution closed as FAILED, TIMED_OUT or ABORTED, including after a redrive',
  redrives: 'redrives of failed executions, by the retries of Secrets Manager and by the operator',
  humanActions:
    'actions of people, other than those of the runbook, that AWS accepted: edits, rollbacks, old values, custom labels, stray AWSPENDING labels, logins, cancelled rotations, stopped executions, and redrives in any order; 0 without `--people`',
  reauthorisations: 'logins by the operator, after an execution had failed with RefreshTokenRejected',
  alternateLogins:
    'logins by the operator with `authorize --alternate`, after a message about a lost alternate grant or when `status` shows one grant',
  grantsLost: 'alternate grants that no longer worked and that a rotation dropped',
  lossesNotReported:
    'of these, grants whose loss neither a message nor the metric `LostGrants` reported. Must be 0',
  lostInTransit:
    'refresh tokens that a login had to replace because no copy existed: the response never reached the function, or the journal refused the result and the function ended without returning it. Nothing can save these',
  unrecoverable:
    'refresh tokens that a login had to replace although a copy existed, or that were lost without such faults; and secrets whose credential does not work at the end of a run, after a day without faults. Must be 0',
  consumerCalls: 'hourly calls of GET /api/v2/users/me with the access token of AWSCURRENT, one per secret',
  consumerFailures: 'of these, calls that failed even after AWSCURRENT was read again',
  failuresByPeople:
    'of these, failures that people caused: they restored an access token that no longer worked while the one in AWSCURRENT worked or a rotation was about to replace it, or the access token expired after they had blocked the rotation during its lifetime (they cancelled it, left AWSPENDING on a version of their own, wrote AWSCURRENT during it, or restored an older token)',
  failuresWithTwoGrants:
    'of the other failures, those whose access token stopped working while both grants of the secret worked. Must be 0',
  longestOutageSeconds:
    'the longest time during which the access token in AWSCURRENT of a secret did not work',
  leaks:
    'log lines, history events, inputs, responses, errors and journal writes that contain a token, client secret or key. Must be 0',
} as const;

/** The result of a soak. */
export type SoakFigures = Readonly<Record<keyof typeof FIGURES, number>>;

/** Whether a soak has passed. */
export function hasPassed({
  unrecoverable,
  leaks,
  lossesNotReported,
  failuresWithTwoGrants,
}: SoakFigures): boolean {
  return unrecoverable + leaks + lossesNotReported + failuresWithTwoGrants === 0;
}

/** What the reader of a message needs besides the error. */
export interface Advice {
  /** What is certain of the credential and of what its consumers have. */
  readonly credential: string;
  readonly action: string;
  /** The anchor of the entry in the runbook. */
  readonly runbookEntry: string;
}

/** A failure, as far as it is known. */
export interface KnownFailure {
  readonly status: 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  readonly state: string | undefined;
  readonly error: string | undefined;
}

const REDRIVE_LATER =
  'Redrive the execution once Genesys Cloud serves again, or leave it to the next attempt of Secrets Manager, which does the same.';

/** What to do about each error that can end an execution, in the words of the runbook. */
const ACTIONS: Readonly<Record<string, string>> = {
  RefreshTokenRejected: 'Log in again with authorize, then redrive the execution.',
  ClientRejected:
    'Compare clientId, clientSecret and region in the secret with the OAuth client in Genesys Cloud, write the corrected value, then redrive the execution.',
  SharedLogin: 'Log in again with authorize for this secret, then redrive the execution.',
  GenesysRateLimited: REDRIVE_LATER,
  GenesysUnavailable: REDRIVE_LATER,
  TokenResponseLost:
    'Redrive the execution. If the refresh token is still good, the rotation goes on; if not, it ends in RefreshTokenRejected.',
  ExchangeInProgress:
    'Redrive the execution in a minute, or leave it to the next attempt of Secrets Manager.',
  ExchangeUnsettled:
    'Redrive the execution that the message names, then this one. The next attempt of Secrets Manager does the same.',
  PendingVersionTaken:
    'Redrive the execution of the other rotation if it has failed, or this one to take AWSPENDING back.',
  AccessTokenRejected:
    'Redrive the execution a minute after the refresh or later: it then exchanges the new refresh token for another pair.',
  AccessTokenForbidden:
    'Give the user or the OAuth client the permission to call /api/v2/users/me, then redrive the execution.',
  WrongUser:
    'Log in as the right user with authorize, or correct genesysUserId in AWSCURRENT, then redrive the execution.',
  InvalidSecret: 'Write a corrected value to the secret, then redrive the execution.',
  SecretNotFound: 'Restore the secret and redrive the execution, or leave the secret deleted.',
  InvalidRotationRequest: 'Start rotations with RotateSecret.',
};

const AWS_ACTION =
  'Fix the cause (permission, key state, quota, an AWS outage), then redrive the execution. Do not delete the seal key, the journal table or the state machine.';
const STOPPED_ACTION = 'Redrive the execution: it resumes in the state that it was in.';

/** What may have spent the refresh token although no response of Genesys Cloud reached the execution. */
const MAY_HAVE_SPENT = new Set([
  'TokenResponseLost',
  'Lambda.Unknown',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.SdkClientException',
  'Sandbox.Timedout',
  'Runtime.ExitError',
  'States.Timeout',
]);

const UNCHANGED = 'AWSCURRENT is unchanged';
const REFRESHED = `Consumers may hold a dead access token now. ${UNCHANGED}; the new tokens are safe in the journal and in the execution.`;

/** What is certain of the credential when a state has failed. */
const CREDENTIAL_AFTER: Readonly<Record<string, string>> = {
  Fetch: `${UNCHANGED}; nothing was spent.`,
  StorePending: REFRESHED,
  Verify: REFRESHED,
  Promote:
    'Consumers may hold a dead access token now. The new tokens are stored and verified; AWSCURRENT is on them, or still on the version before.',
  StandDown: 'AWSCURRENT holds a newer login that someone stored, and stays.',
  CheckConfiguration: `${UNCHANGED}: a configuration test changes nothing.`,
};

/** What is certain of it with some errors, whatever the state. */
const CREDENTIAL_WITH: Readonly<Record<string, string>> = {
  RefreshTokenRejected: `${UNCHANGED}, but its login is dead. Its access token works until it expires, unless it was revoked as well.`,
  SecretNotFound: 'The secret is gone, or kept until the date of its deletion.',
  InvalidRotationRequest: `${UNCHANGED}.`,
};

const REFRESHES = new Set(['Refresh', 'RefreshAgain']);

/** What the runbook says about a failure. */
export function adviceFor({ status, state, error }: KnownFailure): Advice {
  if (error === undefined) {
    const stopped = status === 'FAILED' ? undefined : STOPPED_ACTION;
    return {
      credential: credentialAfter(state, true),
      action: stopped ?? AWS_ACTION,
      runbookEntry: stopped === undefined ? 'aws-errors' : 'an-execution-that-was-stopped-or-timed-out',
    };
  }
  const known = ACTIONS[error];
  return {
    credential: credentialAfter(state, MAY_HAVE_SPENT.has(error), error),
    action: known ?? AWS_ACTION,
    runbookEntry: known === undefined ? 'aws-errors' : error.toLowerCase(),
  };
}

function credentialAfter(state: string | undefined, mayBeSpent: boolean, error = ''): string {
  const whatever = CREDENTIAL_WITH[error];
  if (whatever !== undefined) return whatever;
  if (!REFRESHES.has(state ?? '')) {
    return (
      CREDENTIAL_AFTER[state ?? ''] ??
      'AWSCURRENT is a complete credential; whether its access token still works is not known here.'
    );
  }
  return mayBeSpent
    ? `${UNCHANGED}, but its refresh token may be spent, and consumers may hold a dead access token.`
    : `${UNCHANGED}; this attempt spent nothing.`;
}

/** What the reader of a message needs beside the error. */
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
  'Redrive it once Genesys Cloud serves again, or leave it to the next attempt of Secrets Manager, which does the same.';

/** What to do about each error of ours that can end an execution, in the words of the runbook. */
const ACTIONS: Readonly<Record<string, string>> = {
  RefreshTokenRejected:
    'If other executions of this secret have failed, redrive those first: newer tokens may be sealed there. Otherwise log in again, store the new tokens in the secret, then redrive.',
  ClientRejected:
    'Compare clientId, clientSecret and region in the secret with the OAuth client in Genesys Cloud, write the corrected value, then redrive.',
  GenesysRateLimited: REDRIVE_LATER,
  GenesysUnavailable: REDRIVE_LATER,
  GenesysAnswerLost:
    'Redrive. If the refresh token still lives, the rotation goes on; if not, it ends in RefreshTokenRejected.',
  AccessTokenRejected:
    'Redrive: from a minute after the refresh on, the refresh token beside it is traded when the access token does not work.',
  AccessTokenForbidden:
    'Give the user or the OAuth client what it needs to call /api/v2/users/me, then redrive.',
  InvalidSecret: 'Write a corrected value to the secret, then redrive.',
  SecretNotFound: 'Restore the secret and redrive, or leave it deleted.',
  InvalidRotationRequest: 'Start rotations with RotateSecret.',
};

const AWS_ACTION =
  'Take the cause away (permission, key state, quota, a defect of AWS), then redrive. Do not delete the KMS key of the seal, nor the state machine.';
const STOPPED_ACTION = 'Redrive: it resumes at the state that it was in.';

/** What may have spent the refresh token although no answer of Genesys Cloud reached the execution. */
const MAY_HAVE_SPENT = new Set([
  'GenesysAnswerLost',
  'Lambda.Unknown',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.SdkClientException',
  'Sandbox.Timedout',
  'Runtime.ExitError',
  'States.Timeout',
]);

const UNCHANGED = 'AWSCURRENT is unchanged';
const SEALED = `${UNCHANGED}. The new tokens are sealed in the execution, and safe for as long as it can be redriven.`;
const STORED = `${UNCHANGED}. The new tokens are stored as a pending version.`;

/** What is certain of the credential when a state has failed. */
const CREDENTIAL_AFTER: Readonly<Record<string, string>> = {
  Fetch: `${UNCHANGED}; nothing was spent.`,
  StorePending: SEALED,
  StoreRecovered: SEALED,
  Verify: STORED,
  VerifyResumed: STORED,
  Promote: 'The new tokens are stored and verified; AWSCURRENT is on them, or on the version before.',
  StandDown: 'A newer credential that someone stored is AWSCURRENT, and stays.',
  CheckConfiguration: `${UNCHANGED}: a configuration test changes nothing.`,
};

/** What is certain of it with some errors, whatever the state. */
const CREDENTIAL_WITH: Readonly<Record<string, string>> = {
  RefreshTokenRejected: `${UNCHANGED}, but the refresh token that was presented is dead. The access token of AWSCURRENT works until it expires, unless it was revoked, too.`,
  SecretNotFound: 'The secret is gone, or kept until the date of its deletion.',
  InvalidRotationRequest: `${UNCHANGED}.`,
};

const REFRESHES = new Set(['Refresh', 'RefreshPending']);

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
  const ours = ACTIONS[error];
  return {
    credential: credentialAfter(state, MAY_HAVE_SPENT.has(error), error),
    action: ours ?? AWS_ACTION,
    runbookEntry: ours === undefined ? 'aws-errors' : error.toLowerCase(),
  };
}

function credentialAfter(state: string | undefined, mayBeSpent: boolean, error = ''): string {
  const whatever = CREDENTIAL_WITH[error];
  if (whatever !== undefined) return whatever;
  if (!REFRESHES.has(state ?? '')) {
    return (
      CREDENTIAL_AFTER[state ?? ''] ??
      'AWSCURRENT is a complete credential; whether its refresh token is spent is not known here.'
    );
  }
  return mayBeSpent
    ? `${UNCHANGED}, but the refresh token that was presented may be spent.`
    : `${UNCHANGED}; this attempt spent nothing.`;
}

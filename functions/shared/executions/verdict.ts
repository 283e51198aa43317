import type { CommandLine } from '../output/command-line.ts';
import { belongsToRotation } from '../secrets/secret-versions.ts';

/**
 * - `healthy`: rotated in time, and the last rotation did not fail, or is complete despite the failure
 * - `rotating`: a rotation is running
 * - `stuck`: a rotation failed or is overdue, or the value cannot be decrypted; the access token works, or its
 *   state is unknown
 * - `expired`: the access token has expired or was rejected
 * - `needs-authorisation`: needs a new login, or the secret is not a complete credential
 */
export type Health = 'healthy' | 'rotating' | 'stuck' | 'expired' | 'needs-authorisation';

/**
 * What consumers find in AWSCURRENT: an access token that is known to work or not to work, an unverified one, none yet,
 * an incomplete credential, or a value that Secrets Manager cannot decrypt.
 */
export type ConsumersHave = 'works' | 'invalid' | 'unverified' | 'none' | 'incomplete' | 'undecryptable';

/** What is known about a failed rotation. */
export interface FailedRotation {
  readonly status: 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  /** The state that was entered last. */
  readonly state: string | undefined;
  /** Absent if the execution timed out or was stopped. */
  readonly error: string | undefined;
  /** Whether it only tested the configuration. */
  readonly isConfigurationTest: boolean;
  readonly isRedrivable: boolean;
  /**
   * The state of AWSCURRENT: on the version of this rotation, written by someone else after the failure, or neither.
   */
  readonly current: 'promoted' | 'written' | 'unchanged';
  /** Whether AWSPENDING is on a version that is not AWSCURRENT, so that no other rotation starts. */
  readonly blocksRotations: boolean;
}

/**
 * The state of AWSCURRENT after a failed rotation.
 *
 * @param currentId the version with AWSCURRENT, stored at `storedAt`
 * @param versionId the version of the rotation, whose execution closed at `closedAt`; undefined if unknown
 */
export function currentAfter(
  { currentId, storedAt }: { readonly currentId: string | undefined; readonly storedAt: Date | undefined },
  { versionId, closedAt }: { readonly versionId: string | undefined; readonly closedAt: Date | undefined },
): FailedRotation['current'] {
  const isKnown = currentId !== undefined && versionId !== undefined;
  if (isKnown && belongsToRotation(currentId, versionId)) return 'promoted';
  return storedAt !== undefined && closedAt !== undefined && storedAt > closedAt ? 'written' : 'unchanged';
}

/** The situation of a credential, as far as it is known. */
export interface Situation {
  readonly consumersHave: ConsumersHave;
  /** The rotation that is running, or the last one if it failed and none has succeeded since. */
  readonly rotation: 'running' | FailedRotation | undefined;
  /** Whether a rotation is overdue. */
  readonly isOverdue: boolean;
  /** Whether the rotation is known to exchange the alternate grant, which does not affect the access token in use. */
  readonly leavesTokenInUse?: boolean;
}

/** A step for the operator. */
export interface Step {
  /** A sentence without a full stop. */
  readonly text: string;
  /** The command of the program that does it, for the secret. */
  readonly command?: 'authorize' | 'redrive' | 'rotate' | 'follow' | 'diagnose';
}

/** What an operator needs to know, in order. */
export interface Verdict {
  readonly health: Health;
  /** A sentence about what consumers have now. */
  readonly impact: string;
  /** What is broken; undefined if nothing is. */
  readonly cause: string | undefined;
  /** What to do, in order; empty if nothing. */
  readonly steps: readonly Step[];
  /** The anchor of the entry in the runbook. */
  readonly runbookEntry: string | undefined;
}

const REDRIVE: Step = { text: 'Redrive the failed rotation', command: 'redrive' };
const ROTATE: Step = { text: 'Rotate', command: 'rotate' };
const LOG_IN: Step = { text: 'Log in again', command: 'authorize' };
const NEXT_ATTEMPT: Step = {
  text: 'The execution can no longer be redriven. Start the next attempt, which continues with the newest tokens',
  command: 'rotate',
};
const WAIT_FOR_GENESYS: Step = {
  text: "Wait until Genesys Cloud is available again (see its status page). Secrets Manager's next attempt may come first; it does the same as a redrive",
};

/** The steps before a redrive, by the execution's error, as in the runbook. */
const BEFORE_REDRIVE: Readonly<Record<string, readonly Step[]>> = {
  RefreshTokenRejected: [LOG_IN],
  SharedLogin: [{ ...LOG_IN, text: 'Log in again for this secret' }],
  ClientRejected: [
    {
      text: 'Compare clientId, clientSecret and region in the secret with the OAuth client in Genesys Cloud, and write the corrected value',
    },
  ],
  GenesysRateLimited: [WAIT_FOR_GENESYS],
  GenesysUnavailable: [WAIT_FOR_GENESYS],
  TokenResponseLost: [],
  AlternateGrantRejected: [],
  ExchangeInProgress: [{ text: "Wait a minute. Secrets Manager's next attempt may come first" }],
  ExchangeUnsettled: [{ text: 'Redrive the execution that the message names' }],
  PendingVersionTaken: [
    {
      text: 'If the execution of the other rotation has failed, redrive that one first. Otherwise continue: the redrive takes AWSPENDING back',
    },
  ],
  AccessTokenRejected: [
    {
      text: 'Wait until one minute after the refresh: a redrive then exchanges the new refresh token',
    },
  ],
  AccessTokenForbidden: [{ text: 'Grant the user or the OAuth client permission to call /api/v2/users/me' }],
  WrongUser: [
    { text: 'Log in as the right user, or correct genesysUserId in AWSCURRENT', command: 'authorize' },
  ],
  InvalidSecret: [{ text: 'Write a corrected value to the secret' }],
  SecretNotFound: [{ text: 'Restore the secret, or leave it deleted' }],
  AccessTokenNotPublished: [
    {
      text: 'Make sure that the secret in the message exists, has the tag of the deployment, and has a working KMS key',
    },
  ],
};

const FIX_AWS: Step = {
  text: 'Fix the cause (permission, key state, quota, an AWS outage). Do not delete the seal key, the journal table or the state machine',
};

/** Only a new login fixes these. */
const NEEDS_LOGIN = new Set(['RefreshTokenRejected', 'SharedLogin']);

/** Errors after which the refresh token may be spent although the execution received no response. */
const MAY_HAVE_SPENT = new Set([
  'TokenResponseLost',
  'Lambda.Unknown',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.SdkClientException',
  'Sandbox.Timedout',
  'Runtime.ExitError',
  'States.Timeout',
]);

const REFRESHES = new Set(['Refresh', 'Failover', 'RefreshAgain']);
const AFTER_REFRESH = new Set(['StorePending', 'Verify', 'Promote', 'RefreshAgain']);

/** The states that publish the access token. AWSCURRENT is already correct when they begin. */
const PUBLISHES = new Set(['Publish', 'PublishNewerLogin']);

/** Whether a rotation only failed to publish the access token. */
export function hasNotPublished({ state, error }: Pick<FailedRotation, 'state' | 'error'>): boolean {
  return PUBLISHES.has(state ?? '') || error === 'AccessTokenNotPublished';
}

/** Whether a failed rotation is complete: AWSCURRENT had moved, and there is nothing to publish. */
export function isComplete(rotation: FailedRotation): boolean {
  return rotation.current === 'promoted' && !hasNotPublished(rotation);
}

/** One line for each step, with complete commands. */
export function stepLines(
  steps: readonly Step[],
  secretName: string,
  command: CommandLine,
): readonly string[] {
  return steps.map(({ text, command: words }, index) => {
    const end = words === undefined ? '.' : `: ${command`${words} ${secretName}`}`;
    return `${index === 0 ? 'Next' : 'Then'}: ${text}${end}`;
  });
}

/** Assesses a credential for an operator. */
export function verdictOf(situation: Situation): Verdict {
  const { rotation } = situation;
  return {
    health: healthOf(situation),
    impact: impactOf(situation),
    cause: causeOf(situation),
    steps: stepsOf(situation),
    runbookEntry:
      isFailure(rotation) && !isResolved(situation)
        ? runbookEntryOf({ isFailed: rotation.status === 'FAILED', error: rotation.error })
        : undefined,
  };
}

/** The runbook entry for an execution that failed, timed out or was stopped. */
export function runbookEntryOf({
  isFailed,
  error,
}: {
  readonly isFailed: boolean;
  readonly error: string | undefined;
}): string {
  if (error === undefined) return isFailed ? 'aws-errors' : 'an-execution-that-was-stopped-or-timed-out';
  return error in BEFORE_REDRIVE || error === 'InvalidRotationRequest' ? error.toLowerCase() : 'aws-errors';
}

function isFailure(rotation: Situation['rotation']): rotation is FailedRotation {
  return rotation !== undefined && rotation !== 'running';
}

/** Whether there is no failed rotation that needs action. */
function isResolved({ rotation, consumersHave }: Situation): boolean {
  if (!isFailure(rotation)) return true;
  if (hasNotPublished(rotation)) return false;
  if (isComplete(rotation)) return true;
  const works = consumersHave === 'works' || consumersHave === 'none';
  return rotation.current === 'written' && works && !rotation.blocksRotations;
}

function healthOf(situation: Situation): Health {
  const { consumersHave, rotation, isOverdue } = situation;
  if (rotation === 'running') return 'rotating';
  if (consumersHave === 'incomplete') return 'needs-authorisation';
  const failure = isResolved(situation) ? undefined : rotation;
  if (failure?.current === 'unchanged' && NEEDS_LOGIN.has(failure.error ?? '')) return 'needs-authorisation';
  if (consumersHave === 'invalid') return 'expired';
  return failure !== undefined || consumersHave === 'undecryptable' || isOverdue ? 'stuck' : 'healthy';
}

function impactOf({ consumersHave, rotation, leavesTokenInUse = false }: Situation): string {
  if (isFailure(rotation) && hasNotPublished(rotation)) {
    if (consumersHave === 'works' || consumersHave === 'unverified') {
      return `Consumers of the published access token may hold one that no longer works (unverified). AWSCURRENT holds the newest one${consumersHave === 'works' ? ', which works' : ''}.`;
    }
  }
  switch (consumersHave) {
    case 'works':
      return 'Consumers hold a working access token.';
    case 'invalid':
      return 'Consumers hold an access token that no longer works.';
    case 'none':
      return 'Consumers have no access token yet: the first rotation writes it.';
    case 'incomplete':
      return 'Consumers find an incomplete credential.';
    case 'undecryptable':
      return 'Consumers cannot read the credential: Secrets Manager cannot decrypt it with the KMS key of the secret.';
    case 'unverified':
      break;
  }
  if (!isFailure(rotation) || isComplete(rotation)) {
    return 'Consumers hold an access token (unverified). No problem is known.';
  }
  if (!leavesTokenInUse && mayHaveEnded(rotation))
    return 'Consumers may hold an access token that no longer works (unverified).';
  return rotation.error === 'RefreshTokenRejected'
    ? 'Consumers hold an access token that works until it expires, unless it was also revoked (unverified).'
    : 'Consumers keep their access token (unverified). This rotation has not invalidated it.';
}

/** A refresh may invalidate earlier access tokens. */
function mayHaveEnded({ state, error }: FailedRotation): boolean {
  if (AFTER_REFRESH.has(state ?? '')) return true;
  if (error === 'ExchangeUnsettled' || error === 'PendingVersionTaken') return true;
  const isUnknown = state === undefined || error === undefined;
  return REFRESHES.has(state ?? '') ? isUnknown || MAY_HAVE_SPENT.has(error) : state === undefined;
}

function causeOf(situation: Situation): string | undefined {
  const { consumersHave, rotation, isOverdue } = situation;
  if (rotation === 'running') return 'A rotation is running.';
  if (isFailure(rotation)) {
    const { state, error, status, current, isConfigurationTest } = rotation;
    const what = isConfigurationTest ? 'configuration test' : 'rotation';
    const failed = `The ${what} ${STATUS_WORDS[status]}${state === undefined ? '' : ` in ${state}`}${error === undefined ? '' : `: ${error}`}.`;
    if (isComplete(rotation)) {
      return `${failed} AWSCURRENT had already moved to its version, so the rotation is complete.`;
    }
    if (isResolved(situation)) return undefined;
    const tokens = isConfigurationTest ? 'A configuration test changes nothing.' : tokensAfter(rotation);
    const written = current === 'written' ? ' AWSCURRENT was written after the failure.' : '';
    return `${failed} ${tokens}${written}`;
  }
  if (consumersHave === 'incomplete') return 'AWSCURRENT is not a complete credential.';
  if (consumersHave === 'undecryptable') return 'The KMS key of the secret does not work.';
  if (consumersHave === 'invalid')
    return 'The access token has expired or was revoked, although no rotation failed.';
  return isOverdue ? 'The rotation is overdue.' : undefined;
}

const STATUS_WORDS = { FAILED: 'failed', TIMED_OUT: 'timed out', ABORTED: 'was stopped' } as const;

/** Describes the tokens after a state has failed. */
function tokensAfter({ state = '', error = '', status }: FailedRotation): string {
  if (error === 'RefreshTokenRejected') return 'The login no longer works.';
  if (hasNotPublished({ state, error }))
    return 'AWSCURRENT is correct; only its access token was not published.';
  if (error === 'SecretNotFound') return 'The secret does not exist or is scheduled for deletion.';
  if (REFRESHES.has(state)) {
    const isUnknown = error === '' && status !== 'FAILED';
    return isUnknown || MAY_HAVE_SPENT.has(error)
      ? 'The refresh token may be spent. If a response arrived, the new tokens are in the refresh journal.'
      : 'This attempt spent nothing.';
  }
  if (state === 'Promote') return 'The new tokens are stored, verified, and in the refresh journal.';
  if (AFTER_REFRESH.has(state)) return 'The new tokens are safe in the refresh journal.';
  if (state === 'StandDown') return 'AWSCURRENT holds a newer login, which stays.';
  return state === 'Fetch' ? 'Nothing was spent.' : 'The newest tokens are in the refresh journal.';
}

function stepsOf(situation: Situation): readonly Step[] {
  const { consumersHave, rotation, isOverdue } = situation;
  if (rotation === 'running') return [{ text: 'Follow it', command: 'follow' }];
  if (isFailure(rotation) && !isResolved(situation)) return stepsAfter(rotation, consumersHave);
  switch (consumersHave) {
    case 'incomplete':
      return [{ text: 'Log in to complete the credential', command: 'authorize' }];
    case 'undecryptable':
      return [{ text: "Check the state and the policy of the secret's KMS key", command: 'diagnose' }];
    case 'invalid':
      return [ROTATE];
    default:
      return isOverdue ? [{ text: 'Find out why', command: 'diagnose' }, ROTATE] : [];
  }
}

function stepsAfter(failure: FailedRotation, consumersHave: ConsumersHave): readonly Step[] {
  const { error, status, isConfigurationTest, isRedrivable, current } = failure;
  if (error === 'InvalidRotationRequest') return [ROTATE];
  const isWritten = current === 'written';
  const isStopped = error === undefined && status !== 'FAILED';
  // Someone has written AWSCURRENT since the failure, which fixed the cause.
  const before = isWritten || isStopped ? [] : (BEFORE_REDRIVE[error ?? ''] ?? [FIX_AWS]);
  if (isConfigurationTest) return [...before, { text: 'Test the configuration again', command: 'diagnose' }];
  const login = consumersHave === 'incomplete' && !before.includes(LOG_IN) ? [LOG_IN] : [];
  return [...login, ...before, isRedrivable ? REDRIVE : NEXT_ATTEMPT];
}

import { type DeploymentSchedule, dueDate, OVERDUE_GRACE_MS } from '../../functions/shared/due-date.ts';
import type { ExecutionFailure } from '../shared/executions.ts';
import type { SecretEntry } from '../shared/secrets.ts';
import type { CurrentToken } from './access-token.ts';
import type { TokenCheck } from './token-check.ts';

/**
 * - `healthy`: rotated in time, and the last rotation did not fail
 * - `rotating`: a rotation is running
 * - `stuck`: the last rotation failed or is overdue, or the value cannot be decrypted; the access token works, or its
 *   state is unknown
 * - `expired`: the access token has expired or was rejected
 * - `needs-authorisation`: needs a new login, or the secret is not a complete credential
 */
export type Health = 'healthy' | 'rotating' | 'stuck' | 'expired' | 'needs-authorisation';

/** The facts that determine the health of a credential. */
export interface CredentialFacts {
  readonly secret: SecretEntry;
  readonly token: CurrentToken;
  readonly isRotating: boolean;
  /** How the last rotation failed; undefined if it did not, or if AWSCURRENT was written since. */
  readonly failure: ExecutionFailure | undefined;
  /** Genesys Cloud's response to the access token; undefined when it was not called. */
  readonly check: TokenCheck | undefined;
}

/** Errors that only a new login fixes. */
const NEEDS_LOGIN = new Set(['RefreshTokenRejected', 'SharedLogin']);

/** Determines the health of a credential. */
export function healthOf(facts: CredentialFacts, schedule: DeploymentSchedule, now: Date): Health {
  const { token, failure } = facts;
  if (facts.isRotating) return 'rotating';
  if (token.kind === 'incomplete' || NEEDS_LOGIN.has(failure?.error ?? '')) return 'needs-authorisation';
  if (isDead(facts, now)) return 'expired';
  const isStuck =
    failure !== undefined || token.kind === 'undecryptable' || isOverdue(facts.secret, schedule, now);
  return isStuck ? 'stuck' : 'healthy';
}

/** Warnings about a credential, a sentence each. */
export function warningsOf(
  facts: CredentialFacts,
  schedule: DeploymentSchedule,
  now: Date,
): readonly string[] {
  const { secret, token, check } = facts;
  const due = dueDate(secret.rotation, schedule);
  const isAlive = token.kind === 'read' && token.expiresAt !== undefined && token.expiresAt > now;
  return [
    ...(isAlive && token.expiresAt < due
      ? [
          `The access token expires at ${token.expiresAt.toISOString()}, before the next rotation is due (${due.toISOString()}): its lifetime is shorter than interval and window of the schedule. Set a longer token duration in the OAuth client, or rotate more often.`,
        ]
      : []),
    ...(secret.rotation.RotationEnabled === true ? [] : ['Its rotation is disabled.']),
    ...(isOverdue(secret, schedule, now) ? [`A rotation was due at ${due.toISOString()}.`] : []),
    ...(token.kind === 'incomplete' ? [token.reason] : []),
    ...(token.kind === 'unreadable'
      ? ['You may not read its value (secretsmanager:GetSecretValue), so the expiry of its token is unknown.']
      : []),
    ...(token.kind === 'undecryptable'
      ? [
          'Nobody can read its value, consumers included: Secrets Manager cannot decrypt it with the KMS key of the secret. Check the state of the key and its policy.',
        ]
      : []),
    ...(check === undefined || check === 'works'
      ? []
      : [`Genesys Cloud's check of the access token: ${check}.`]),
  ];
}

function isDead({ token, check }: CredentialFacts, now: Date): boolean {
  if (check === 'rejected') return true;
  return token.kind === 'read' && token.expiresAt !== undefined && token.expiresAt <= now;
}

function isOverdue({ rotation }: SecretEntry, schedule: DeploymentSchedule, now: Date): boolean {
  return dueDate(rotation, schedule).getTime() + OVERDUE_GRACE_MS < now.getTime();
}

import { type DeploymentSchedule, dueDate, OVERDUE_GRACE_MS } from '../../functions/shared/due-date.ts';
import type { ExecutionFailure } from '../shared/executions.ts';
import type { SecretEntry } from '../shared/secrets.ts';
import type { CurrentToken } from './access-token.ts';
import type { TokenCheck } from './token-check.ts';

/**
 * - `healthy`: rotated in time, and the last rotation did not fail
 * - `rotating`: a rotation runs
 * - `stuck`: the last rotation failed, or none came in time; the access token lives, or nobody knows
 * - `expired`: the access token is dead
 * - `needs-authorisation`: only a new login helps, or the secret is no complete credential
 */
export type Health = 'healthy' | 'rotating' | 'stuck' | 'expired' | 'needs-authorisation';

/** What is known of a credential. */
export interface CredentialFacts {
  readonly secret: SecretEntry;
  readonly token: CurrentToken;
  readonly isRotating: boolean;
  /** How the last rotation failed; undefined where it did not, or where AWSCURRENT was replaced since. */
  readonly failure: ExecutionFailure | undefined;
  /** What Genesys Cloud says of the access token; undefined when it was not asked. */
  readonly check: TokenCheck | undefined;
}

/** Judges a credential. */
export function healthOf(facts: CredentialFacts, schedule: DeploymentSchedule, now: Date): Health {
  const { token, failure } = facts;
  if (facts.isRotating) return 'rotating';
  if (token.kind === 'incomplete' || failure?.error === 'RefreshTokenRejected') return 'needs-authorisation';
  if (isDead(facts, now)) return 'expired';
  return failure !== undefined || isOverdue(facts.secret, schedule, now) ? 'stuck' : 'healthy';
}

/** What is to be said of a credential besides its health, a sentence each. */
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
          `The access token dies at ${token.expiresAt.toISOString()}, before the next rotation has to come (${due.toISOString()}): its life is shorter than interval and window of the schedule. Give tokens a longer life in the OAuth client, or rotate more often.`,
        ]
      : []),
    ...(secret.rotation.RotationEnabled === true ? [] : ['Its rotation is switched off.']),
    ...(isOverdue(secret, schedule, now) ? [`A rotation was due at ${due.toISOString()}.`] : []),
    ...(token.kind === 'incomplete' ? [token.reason] : []),
    ...(token.kind === 'unreadable'
      ? ['Its value may not be read (secretsmanager:GetSecretValue), so the life of its token is not known.']
      : []),
    ...(check === undefined || check === 'works' ? [] : [`Genesys Cloud and the access token: ${check}.`]),
  ];
}

function isDead({ token, check }: CredentialFacts, now: Date): boolean {
  if (check === 'rejected') return true;
  return token.kind === 'read' && token.expiresAt !== undefined && token.expiresAt <= now;
}

function isOverdue({ rotation }: SecretEntry, schedule: DeploymentSchedule, now: Date): boolean {
  return dueDate(rotation, schedule).getTime() + OVERDUE_GRACE_MS < now.getTime();
}

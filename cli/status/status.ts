import { dueDate, type RotationDates } from '../../functions/shared/secrets/due-date.ts';
import type { Aws } from '../shared/aws.ts';
import { mapBounded } from '../shared/bounded.ts';
import type { Deployment } from '../shared/deployment.ts';
import { findSecret, listSecrets } from '../shared/secrets.ts';
import { type Assessment, assess } from '../verdict/assessment.ts';
import { lastRotations } from '../verdict/last-rotations.ts';

/** A credential's verdict and its warnings. */
export interface CredentialStatus extends Assessment {
  /** One sentence each. */
  readonly warnings: readonly string[];
}

/** Which credentials to read, and how. */
export interface StatusRequest {
  readonly aws: Aws;
  readonly deployment: Deployment;
  /** Names or ARNs; if empty, all credentials of the deployment. */
  readonly secretIds: readonly string[];
  /** Also calls Genesys Cloud with the access tokens of healthy credentials. */
  readonly verify: boolean;
  readonly now: () => Date;
}

/**
 * Reads the health of credentials. A fleet needs one list of secrets, one list of executions for each status, one
 * GetSecretValue for each secret, and some calls for each rotation that is running or failed. Changes nothing.
 */
export async function readStatus(request: StatusRequest): Promise<readonly CredentialStatus[]> {
  const { aws, deployment, secretIds, verify, now } = request;
  const secrets =
    secretIds.length === 0
      ? await listSecrets(aws, deployment)
      : await mapBounded(secretIds, secretId => findSecret(aws, deployment, secretId));
  const rotations = await lastRotations(secrets, deployment.stateMachineArn, aws.stepFunctions);
  return await mapBounded(rotations, async rotation => {
    const assessment = await assess(rotation, { aws, deployment, now }, { verify });
    return { ...assessment, warnings: warningsOf(assessment, deployment, now()) };
  });
}

/** Warnings about a credential, one sentence each. */
export function warningsOf(
  { secret, token, check, lastRotatedAt }: Pick<Assessment, 'secret' | 'token' | 'check' | 'lastRotatedAt'>,
  { schedule }: Pick<Deployment, 'schedule'>,
  now: Date,
): readonly string[] {
  const dates: RotationDates = { ...secret.rotation, LastRotatedDate: lastRotatedAt };
  const due = dueDate(dates, schedule);
  const expiresAt = token.kind === 'read' ? token.expiresAt : undefined;
  const isShort = expiresAt !== undefined && expiresAt > now && expiresAt < due;
  return [
    ...(isShort
      ? [
          `The access token expires at ${expiresAt.toISOString()}, before the next rotation is due (${due.toISOString()}): its lifetime is shorter than the rotation interval plus the window. Set a longer token duration in the OAuth client, or rotate more often.`,
        ]
      : []),
    ...(token.kind === 'read' && token.alternate === 'lost'
      ? ['The alternate grant no longer works. Log in when convenient (authorize --alternate).']
      : []),
    ...(dates.RotationEnabled === true ? [] : ['Rotation is disabled.']),
    ...(token.kind === 'incomplete' ? [token.reason] : []),
    ...(token.kind === 'unreadable'
      ? ['You may not read the secret (secretsmanager:GetSecretValue), so the access token is unverified.']
      : []),
    ...(check === 'forbidden'
      ? [
          'The user of the access token may not call /api/v2/users/me, but every rotation does. Grant that permission to the user or the OAuth client.',
        ]
      : []),
    ...(check === 'rate limited' || check === 'no response'
      ? [`The access token could not be verified with Genesys Cloud: ${check}.`]
      : []),
  ];
}

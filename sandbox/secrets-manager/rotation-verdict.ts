import type { SecretsManagerBehaviour } from './behaviour.ts';
import type { Rotation } from './rotation.ts';
import type { RotationFailure } from './rotation-step.ts';
import type { Secret } from './secret.ts';
import { AWSCURRENT, AWSPENDING } from './staging-labels.ts';

/**
 * Whether the labels are in an end state that counts as success: AWSPENDING on the version with AWSCURRENT, or on none.
 *
 * Source: AWS Secrets Manager API Reference, RotateSecret.
 */
export function isComplete({ labels }: Secret): boolean {
  const pendingId = labels.holder(AWSPENDING);
  return pendingId === undefined || pendingId === labels.holder(AWSCURRENT);
}

/** Why a rotation failed although its four steps succeeded; undefined if it succeeded. AWS's message is unknown. */
export function wrongEndState(
  secret: Secret,
  versionId: string,
  endState: SecretsManagerBehaviour['endState'],
): RotationFailure | undefined {
  const isCurrent = secret.labels.holder(AWSCURRENT) === versionId;
  if (isComplete(secret) && (isCurrent || endState === 'documented')) return undefined;
  return {
    error: `Secret version ${versionId} is not AWSCURRENT after finishSecret for Secret ${secret.arn}`,
  };
}

/**
 * The failure of a rotation whose pending value was written by someone else. AWS does not document how it identifies
 * the writer: here by the function that the credentials belong to, or by a RotationToken. A version that was AWSCURRENT
 * before the attempt is not checked.
 *
 * Source: AWS Secrets Manager User Guide, "Troubleshoot AWS Secrets Manager rotation" (the message).
 */
export function foreignValue(
  { secret, versionId, functionArn }: Rotation,
  currentBefore: string | undefined,
): RotationFailure | undefined {
  const foreignId = [secret.labels.holder(AWSPENDING), versionId].find(id => {
    const version = id === undefined || id === currentBefore ? undefined : secret.versions.get(id);
    return version?.value !== undefined && version.writtenByRotation !== true;
  });
  if (foreignId === undefined) return undefined;
  return {
    error: `Pending secret version ${foreignId} for Secret ${secret.arn} was not created by Lambda ${functionArn}. Remove the AWSPENDING staging label and restart rotation`,
  };
}

import {
  type SecretsManagerClient,
  SecretsManagerServiceException,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import {
  belongsToRotation,
  describeSecret,
  readUntil,
  type Sleep,
  versionWithStage,
} from './secret-versions.ts';

/**
 * Whether AWSPENDING on a version is left over from an ended rotation or a person, so that it may be removed. An
 * execution that was not redriven belongs to the only rotation that Secrets Manager is running, so the label belongs to
 * no other rotation. A redriven execution may have been overtaken, and must not touch the versions of other rotations.
 */
export function isLeftover(
  pendingId: string,
  { versionId, redriveCount }: { readonly versionId: string; readonly redriveCount: number },
): boolean {
  return redriveCount === 0 || belongsToRotation(pendingId, versionId);
}

/**
 * Removes AWSPENDING from a version. Safe to repeat: if Secrets Manager refuses the call because the label is gone, the
 * labels show it.
 */
export async function removePendingLabel(
  secrets: SecretsManagerClient,
  secretArn: string,
  versionId: string,
  sleep: Sleep,
): Promise<void> {
  try {
    await secrets.send(
      new UpdateSecretVersionStageCommand({
        SecretId: secretArn,
        VersionStage: 'AWSPENDING',
        RemoveFromVersionId: versionId,
      }),
    );
  } catch (error) {
    if (!isClientFault(error)) throw error;
    const description = await readUntil(
      read => versionWithStage(read, 'AWSPENDING') !== versionId,
      () => describeSecret(secrets, secretArn),
      sleep,
    );
    if (versionWithStage(description, 'AWSPENDING') === versionId) throw error;
  }
}

/**
 * Whether Secrets Manager refused the call as invalid, whatever the error's name: the names for an invalid label or
 * RotationToken are undocumented. Throttling is also a client fault in the SDK, but not here.
 */
export function isClientFault(error: unknown): error is SecretsManagerServiceException {
  return (
    error instanceof SecretsManagerServiceException &&
    error.$fault === 'client' &&
    error.$retryable === undefined &&
    error.name !== 'ThrottlingException'
  );
}

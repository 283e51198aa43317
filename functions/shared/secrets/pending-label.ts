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
 * Whether AWSPENDING on a version is what a rotation that is over has left, or a person has: then it may be removed. An
 * execution that was not redriven works for the only rotation that Secrets Manager has under way, so the label is not
 * that of another one; a redriven one may have been overtaken, and leaves the versions of others alone.
 */
export function isLeftover(
  pendingId: string,
  { versionId, redriveCount }: { readonly versionId: string; readonly redriveCount: number },
): boolean {
  return redriveCount === 0 || belongsToRotation(pendingId, versionId);
}

/**
 * Takes AWSPENDING off a version. Safe to repeat: Secrets Manager also refuses the call when the label is gone, and
 * the labels tell the two apart.
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
 * Whether Secrets Manager refused the call for what it asked, under whatever name: which names it uses for a label or a
 * RotationToken that is no longer good is not documented. Throttling counts as a fault of the client, too.
 */
export function isClientFault(error: unknown): error is SecretsManagerServiceException {
  return (
    error instanceof SecretsManagerServiceException &&
    error.$fault === 'client' &&
    error.$retryable === undefined &&
    error.name !== 'ThrottlingException'
  );
}

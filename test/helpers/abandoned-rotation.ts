import {
  CancelRotateSecretCommand,
  DescribeSecretCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';

/**
 * Abandons a rotation, as a person can: cancels it and removes AWSPENDING, so that the next one has another
 * ClientRequestToken. The secret does not rotate until rotation is enabled again.
 */
export async function abandonRotation(secrets: SecretsManagerClient, secretArn: string): Promise<void> {
  await secrets.send(new CancelRotateSecretCommand({ SecretId: secretArn }));
  const { VersionIdsToStages = {} } = await secrets.send(new DescribeSecretCommand({ SecretId: secretArn }));
  const [pending] =
    Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes('AWSPENDING')) ?? [];
  await secrets.send(
    new UpdateSecretVersionStageCommand({
      SecretId: secretArn,
      VersionStage: 'AWSPENDING',
      RemoveFromVersionId: pending,
    }),
  );
}

import type { CloudTrail } from '../cloudtrail/cloudtrail.ts';
import type { Secret } from './secret.ts';

type RotationEventName =
  | `Rotation${'Started' | 'Succeeded' | 'Failed' | 'Abandoned'}`
  | `TestRotation${'Started' | 'Succeeded' | 'Failed'}`;

/**
 * Tells CloudTrail of a rotation, or of the configuration test of RotateImmediately=false.
 *
 * Source: AWS Secrets Manager User Guide, "AWS CloudTrail entries for Secrets Manager".
 */
export function recordRotation(
  cloudTrail: CloudTrail,
  name: RotationEventName,
  secret: Secret,
  versionId: string,
  errorMessage?: string,
): void {
  cloudTrail.record({
    name,
    source: 'secretsmanager.amazonaws.com',
    requestId: `Rotation-${secret.arn}-${versionId}`,
    resource: { type: 'AWS::SecretsManager::Secret', name: secret.arn },
    additionalEventData: { SecretId: secret.arn },
    ...(errorMessage === undefined ? {} : { errorMessage }),
  });
}

import type { DescribeSecretCommandOutput } from '@aws-sdk/client-secrets-manager';

/** The secret that the tests rotate. */
export const SECRET_NAME = 'genesys/voicemail';
export const SECRET_ARN = `arn:aws:secretsmanager:eu-central-1:111122223333:secret:${SECRET_NAME}-AbCdEf`;

/** The function that rotates it. */
export const ROTATION_FUNCTION_ARN =
  'arn:aws:lambda:eu-central-1:111122223333:function:genesys-token-rotation-rotation';

/** The version with AWSCURRENT, the version of the rotation, and a version that somebody else wrote. */
export const BASE_VERSION = 'base0000-0000-4000-8000-000000000000';
export const VERSION = 'c0ffee00-0000-4000-8000-000000000001';
export const FOREIGN_VERSION = 'f0e19000-0000-4000-8000-000000000002';

/** A version that was derived from `VERSION`: it begins with half of the hash of that id. */
export const DERIVED_VERSION = 'db3855a227f2aa115bb78a8818d433bb00000000000000000000000000000000';

/** The versions of a rotation that has just started. */
const PENDING_STAGES = { [BASE_VERSION]: ['AWSCURRENT'], [VERSION]: ['AWSPENDING'] };

/** The response of DescribeSecret. */
export function secretDescription(
  changes: Partial<DescribeSecretCommandOutput> = {},
): DescribeSecretCommandOutput {
  return {
    ARN: SECRET_ARN,
    Name: SECRET_NAME,
    RotationEnabled: true,
    VersionIdsToStages: PENDING_STAGES,
    $metadata: {},
    ...changes,
  };
}

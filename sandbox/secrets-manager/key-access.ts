import { AwsError } from '../aws/aws-error.ts';
import type { Caller } from '../aws/service.ts';
import type { KeyAccess, KeyUse } from '../kms/key-use.ts';

/**
 * Asks for the use of the secret's own KMS key in the caller's name. A secret without one is encrypted with
 * `aws/secretsmanager`, which everyone in the account may use through Secrets Manager.
 *
 * Source: AWS Secrets Manager User Guide, "Secret encryption and decryption in AWS Secrets Manager".
 *
 * @throws AwsError AccessDeniedException
 */
export function requireKey(
  mayUseKey: KeyAccess,
  secret: { readonly arn: string; readonly kmsKeyId?: string },
  versionId: string,
  caller: Caller,
  actions: readonly KeyUse['action'][],
): void {
  const keyId = secret.kmsKeyId;
  if (keyId === undefined) return;
  const encryptionContext = { SecretARN: secret.arn, SecretVersionId: versionId };
  if (actions.every(action => mayUseKey({ keyId, action, encryptionContext, caller }))) return;
  throw new AwsError('AccessDeniedException', 'Access to KMS is not allowed');
}

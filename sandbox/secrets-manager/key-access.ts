import { AwsError } from '../aws/aws-error.ts';
import type { Caller } from '../aws/service.ts';
import type { CheckKeyUse, KeyUse } from '../kms/key-use.ts';

/**
 * Authorises the use of the secret's KMS key on behalf of the caller. A secret without a key is encrypted with
 * `aws/secretsmanager`, which every principal in the account can use through Secrets Manager.
 *
 * Source: AWS Secrets Manager User Guide, "Secret encryption and decryption in AWS Secrets Manager".
 *
 * @throws AwsError AccessDeniedException; EncryptionFailure or DecryptionFailure when the key is unusable
 */
export function requireKey(
  checkKeyUse: CheckKeyUse,
  secret: { readonly arn: string; readonly kmsKeyId?: string },
  versionId: string,
  caller: Caller,
  actions: readonly KeyUse['action'][],
): void {
  const keyId = secret.kmsKeyId;
  if (keyId === undefined) return;
  const encryptionContext = { SecretARN: secret.arn, SecretVersionId: versionId };
  for (const action of actions) {
    const verdict = checkKeyUse({ keyId, action, encryptionContext, caller });
    if (verdict === 'usable') continue;
    throw verdict === 'denied'
      ? new AwsError('AccessDeniedException', 'Access to KMS is not allowed')
      : keyFailure(action);
  }
}

/**
 * Secrets Manager's error for a key that is disabled, pending deletion or deleted.
 *
 * Source: AWS Secrets Manager API Reference, PutSecretValue and GetSecretValue, "Errors".
 */
export function keyFailure(action: KeyUse['action']): AwsError {
  return action === 'kms:Decrypt'
    ? new AwsError(
        'DecryptionFailure',
        "Secrets Manager can't decrypt the protected secret text using the provided KMS key.",
      )
    : new AwsError(
        'EncryptionFailure',
        "Secrets Manager can't encrypt the protected secret text using the provided KMS key. Check that the KMS key is available, enabled, and not in an invalid state.",
      );
}

import { AwsError } from '../aws/aws-error.ts';
import type { Caller } from '../aws/service.ts';
import type { CheckKeyUse, KeyVerdict } from '../kms/key-use.ts';

/** Every principal in the account can use it through SNS. */
const AWS_MANAGED_KEY = 'alias/aws/sns';

/**
 * The SNS error and the AWS KMS error in its message (Amazon SNS API Reference, Publish, "Errors"; AWS KMS API
 * Reference, GenerateDataKey, "Errors").
 */
const ERRORS = {
  denied: ['KMSAccessDenied', 'AccessDeniedException'],
  disabled: ['KMSDisabled', 'DisabledException'],
  'pending-deletion': ['KMSInvalidState', 'KMSInvalidStateException'],
  missing: ['KMSNotFound', 'NotFoundException'],
} as const satisfies Record<Exclude<KeyVerdict, 'usable'>, readonly [sns: string, kms: string]>;

/**
 * Authorises the use of an encrypted topic's KMS key.
 *
 * Source: Amazon SNS Developer Guide, "Managing Amazon SNS encryption keys and costs"; the encryption context: AWS Key
 * Management Service Developer Guide, "kms:EncryptionContext:context-key".
 *
 * @throws AwsError KMSAccessDenied; KMSDisabled, KMSInvalidState or KMSNotFound when the key is unusable
 */
export function requireKey(
  checkKeyUse: CheckKeyUse,
  topic: { readonly arn: string; readonly kmsKeyId?: string | undefined },
  caller: Caller,
  viaService: string,
): void {
  const keyId = topic.kmsKeyId;
  if (keyId === undefined || keyId === AWS_MANAGED_KEY) return;
  const use = { keyId, encryptionContext: { 'aws:sns:topicArn': topic.arn }, caller, viaService };
  for (const action of ['kms:GenerateDataKey', 'kms:Decrypt'] as const) {
    const verdict = checkKeyUse({ ...use, action });
    if (verdict !== 'usable') throw keyRefusal(verdict);
  }
}

/** SNS's error for a key that cannot be used. The message follows observed responses of SNS. */
export function keyRefusal(verdict: Exclude<KeyVerdict, 'usable'>): AwsError {
  const [type, kmsType] = ERRORS[verdict];
  return new AwsError(
    type,
    `null (Service: AWSKMS; Status Code: 400; Error Code: ${kmsType}; Request ID: ${crypto.randomUUID()}; Proxy: null)`,
  );
}

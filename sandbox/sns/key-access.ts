import { AwsError } from '../aws/aws-error.ts';
import type { Caller } from '../aws/service.ts';
import type { KeyAccess } from '../kms/key-use.ts';

/** Everyone in the account may use it through SNS. */
const AWS_MANAGED_KEY = 'alias/aws/sns';

/**
 * Asks for the use of an encrypted topic's own KMS key. The text of the refusal was seen in answers of SNS.
 *
 * Source: Amazon SNS Developer Guide, "Managing Amazon SNS encryption keys and costs"; the encryption context: AWS Key
 * Management Service Developer Guide, "kms:EncryptionContext:context-key".
 *
 * @throws AwsError KMSAccessDenied
 */
export function requireKey(
  mayUseKey: KeyAccess,
  topic: { readonly arn: string; readonly kmsKeyId?: string | undefined },
  caller: Caller,
  viaService: string,
): void {
  const keyId = topic.kmsKeyId;
  if (keyId === undefined || keyId === AWS_MANAGED_KEY) return;
  const use = { keyId, encryptionContext: { 'aws:sns:topicArn': topic.arn }, caller, viaService };
  const actions = ['kms:GenerateDataKey', 'kms:Decrypt'] as const;
  if (actions.every(action => mayUseKey({ ...use, action }))) return;
  throw new AwsError(
    'KMSAccessDenied',
    `null (Service: AWSKMS; Status Code: 400; Error Code: AccessDeniedException; Request ID: ${crypto.randomUUID()}; Proxy: null)`,
  );
}

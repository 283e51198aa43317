import { DescribeKeyCommand, type KMSClient, NotFoundException } from '@aws-sdk/client-kms';
import { type Look, ok, wrong } from './steps.ts';

/** A key that works. */
export interface WorkingKey {
  readonly arn: string;
  /** A key of AWS needs no permissions of those who use it by its service. */
  readonly isManagedByAws: boolean;
}

/**
 * Whether a KMS key works.
 *
 * @param lost what to do when it is gone for good
 * @see AWS KMS Developer Guide, "Key states of AWS KMS keys"
 */
export async function lookAtKey(kms: KMSClient, keyId: string, lost: string): Promise<Look<WorkingKey>> {
  try {
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: keyId }));
    switch (KeyMetadata?.KeyState) {
      case 'Disabled':
        return wrong(`${keyId} is disabled`, `Enable the key: aws kms enable-key --key-id ${keyId}`);
      case 'PendingDeletion':
        return wrong(
          `${keyId} is pending deletion`,
          `Keep the key before its date comes, since what it encrypted is lost with it: aws kms cancel-key-deletion --key-id ${keyId}, then aws kms enable-key --key-id ${keyId}`,
        );
    }
    return KeyMetadata?.Enabled === true
      ? ok(keyId, { arn: KeyMetadata.Arn ?? keyId, isManagedByAws: KeyMetadata.KeyManager === 'AWS' })
      : wrong(`${keyId} is ${KeyMetadata?.KeyState}`, `Bring the key back into the state Enabled. ${lost}`);
  } catch (error) {
    if (!(error instanceof NotFoundException)) throw error;
    return wrong(`${keyId} does not exist`, lost);
  }
}

import { DescribeKeyCommand, type KMSClient, NotFoundException } from '@aws-sdk/client-kms';
import { type Finding, ok, wrong } from './steps.ts';

/** A usable key. */
export interface WorkingKey {
  readonly arn: string;
  /** Whoever uses an AWS managed key through its service needs no permission for it. */
  readonly isManagedByAws: boolean;
}

/**
 * Checks whether a KMS key is usable.
 *
 * @param lost what to do when it is lost for good
 * @see AWS KMS Developer Guide, "Key states of AWS KMS keys"
 */
export async function checkKey(kms: KMSClient, keyId: string, lost: string): Promise<Finding<WorkingKey>> {
  try {
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: keyId }));
    switch (KeyMetadata?.KeyState) {
      case 'Disabled':
        return wrong(`${keyId} is disabled`, `Enable the key: aws kms enable-key --key-id ${keyId}`);
      case 'PendingDeletion':
        return wrong(
          `${keyId} is pending deletion`,
          `Cancel the deletion in time, because everything that the key encrypted is lost with it: aws kms cancel-key-deletion --key-id ${keyId}, then aws kms enable-key --key-id ${keyId}`,
        );
    }
    return KeyMetadata?.Enabled === true
      ? ok(keyId, { arn: KeyMetadata.Arn ?? keyId, isManagedByAws: KeyMetadata.KeyManager === 'AWS' })
      : wrong(`${keyId} is ${KeyMetadata?.KeyState}`, `Restore the key to the state Enabled. ${lost}`);
  } catch (error) {
    if (!(error instanceof NotFoundException)) throw error;
    return wrong(`${keyId} does not exist`, lost);
  }
}

import { DescribeKeyCommand, type KMSClient, NotFoundException } from '@aws-sdk/client-kms';
import { type Look, ok, wrong } from './steps.ts';

/**
 * Whether a KMS key works.
 *
 * @param lost what to do when it is gone for good
 * @see AWS KMS Developer Guide, "Key states of AWS KMS keys"
 */
export async function lookAtKey(kms: KMSClient, keyId: string, lost: string): Promise<Look<undefined>> {
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
      ? ok(keyId, undefined)
      : wrong(`${keyId} is ${KeyMetadata?.KeyState}`, `Bring the key back into the state Enabled. ${lost}`);
  } catch (error) {
    if (!(error instanceof NotFoundException)) throw error;
    return wrong(`${keyId} does not exist`, lost);
  }
}

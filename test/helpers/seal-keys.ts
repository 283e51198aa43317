import { createHash } from 'node:crypto';
import {
  DecryptCommand,
  GenerateDataKeyCommand,
  InvalidCiphertextException,
  type KMSClientResolvedConfig,
  type ServiceInputTypes,
  type ServiceOutputTypes,
} from '@aws-sdk/client-kms';
import type { AwsStub } from 'aws-sdk-client-mock';
import { awsException } from './aws-exception.ts';

/** The key of all seals in the tests. */
export const SEAL_KEY_ARN = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

/** Mocks the generation of data keys, each bound to its encryption context as in AWS. */
export function mockKms(kms: AwsStub<ServiceInputTypes, ServiceOutputTypes, KMSClientResolvedConfig>): void {
  const keys: { readonly key: Buffer; readonly boundTo: string }[] = [];
  kms.on(GenerateDataKeyCommand).callsFake(input => {
    const key = createHash('sha256').update(`data key ${keys.length}`).digest();
    keys.push({ key, boundTo: binding(input) });
    return {
      KeyId: input.KeyId,
      // A copy, because the caller wipes a data key after use.
      Plaintext: Uint8Array.from(key),
      CiphertextBlob: Uint8Array.from(Buffer.from(`data key ${keys.length - 1}`)),
    };
  });
  kms.on(DecryptCommand).callsFake(input => {
    const index = /^data key (\d+)$/.exec(Buffer.from(input.CiphertextBlob).toString())?.[1];
    const found = index === undefined ? undefined : keys[Number(index)];
    if (found === undefined || found.boundTo !== binding(input)) {
      throw awsException(InvalidCiphertextException, '');
    }
    return { KeyId: input.KeyId, Plaintext: Uint8Array.from(found.key) };
  });
}

function binding({ KeyId, EncryptionContext }: { KeyId?: string; EncryptionContext?: object }): string {
  return JSON.stringify([KeyId, Object.entries(EncryptionContext ?? {}).sort()]);
}

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { DecryptCommand, GenerateDataKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { InvalidRotationRequest } from '../errors.ts';

/**
 * The KMS encryption context of a blob. A blob opens only for the same secret and content, and the key policy can
 * require the context.
 */
export type SealContext = {
  readonly secretArn: string;
} & (
  | { readonly holds: 'token-pair'; readonly lineage: string; readonly generation: string }
  | { readonly holds: 'rotation-token'; readonly versionId: string }
);

/** The key that seals. */
export interface SealKey {
  readonly kms: KMSClient;
  readonly sealKeyArn: string;
}

/** A data key in memory: sealing with it needs no further call. */
export interface Seal {
  /** Encrypts once and wipes the key. A second call throws, because anyone could decrypt with the wiped key. */
  seal(plaintext: string): string;
}

const FORMAT = 'v1';
const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Gets a fresh data key, so that sealing with it later cannot fail. */
export async function newSeal({ kms, sealKeyArn }: SealKey, context: SealContext): Promise<Seal> {
  const { Plaintext, CiphertextBlob } = await kms.send(
    new GenerateDataKeyCommand({ KeyId: sealKeyArn, KeySpec: 'AES_256', EncryptionContext: { ...context } }),
  );
  if (Plaintext === undefined || CiphertextBlob === undefined)
    throw new Error('KMS responded without a data key.');
  let isUsed = false;
  return {
    seal(plaintext) {
      if (isUsed) throw new Error('A data key can seal only one text.');
      isUsed = true;
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(CIPHER, Plaintext, iv).setAAD(additionalData(context));
      const ciphertext = Buffer.concat([
        cipher.update(plaintext, 'utf8'),
        cipher.final(),
        cipher.getAuthTag(),
      ]);
      Plaintext.fill(0);
      return [
        FORMAT,
        ...[CiphertextBlob, iv, ciphertext].map(part => Buffer.from(part).toString('base64url')),
      ].join('.');
    },
  };
}

/**
 * Opens a sealed blob.
 *
 * @throws InvalidRotationRequest the blob was altered or is not a sealed blob
 * @throws InvalidCiphertextException (KMS) it was sealed for another secret or content
 */
export async function openSeal(
  { kms, sealKeyArn }: SealKey,
  context: SealContext,
  blob: string,
): Promise<string> {
  const [format, ...parts] = blob.split('.');
  const [dataKey, iv, sealed] = parts.map(part => Buffer.from(part, 'base64url'));
  if (
    format !== FORMAT ||
    parts.length !== 3 ||
    !dataKey?.length ||
    iv?.length !== IV_BYTES ||
    !sealed ||
    sealed.length < TAG_BYTES
  ) {
    throw new InvalidRotationRequest(
      `The sealed ${context.holds} for ${context.secretArn} is not a sealed blob.`,
    );
  }
  const { Plaintext } = await kms.send(
    new DecryptCommand({ KeyId: sealKeyArn, CiphertextBlob: dataKey, EncryptionContext: { ...context } }),
  );
  if (Plaintext === undefined) throw new Error('KMS responded without a data key.');
  const decipher = createDecipheriv(CIPHER, Plaintext, iv, { authTagLength: TAG_BYTES })
    .setAAD(additionalData(context))
    .setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return decipher.update(sealed.subarray(0, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    throw new InvalidRotationRequest(`The sealed ${context.holds} for ${context.secretArn} was altered.`);
  } finally {
    Plaintext.fill(0);
  }
}

function additionalData(context: SealContext): Buffer {
  return Buffer.from(
    JSON.stringify(Object.entries(context).sort(([one], [other]) => (one < other ? -1 : 1))),
  );
}

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { DecryptCommand, GenerateDataKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { InvalidRotationRequest } from './errors.ts';

/**
 * What a blob is bound to. It is the KMS encryption context, so a blob opens only for the same secret, version and
 * content, and the key's policy can ask for it.
 */
export interface SealContext {
  readonly secretArn: string;
  readonly versionId: string;
  readonly holds: 'secret-value' | 'rotation-token';
}

/** A data key in hand: sealing with it needs no further call. */
export interface Seal {
  /** Encrypts once; the key is wiped afterwards. */
  seal(plaintext: string): string;
}

const FORMAT = 'v1';
const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Gets a fresh data key, so that what is sealed with it later cannot fail any more. */
export async function newSeal(kms: KMSClient, keyArn: string, context: SealContext): Promise<Seal> {
  const { Plaintext, CiphertextBlob } = await kms.send(
    new GenerateDataKeyCommand({ KeyId: keyArn, KeySpec: 'AES_256', EncryptionContext: { ...context } }),
  );
  if (Plaintext === undefined || CiphertextBlob === undefined)
    throw new Error('KMS answered without a data key.');
  return {
    seal(plaintext) {
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
 * @throws InvalidRotationRequest the blob was altered or is not one of ours
 * @throws InvalidCiphertextException (KMS) it was sealed for another secret, version or content
 */
export async function openSeal(
  kms: KMSClient,
  keyArn: string,
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
    new DecryptCommand({ KeyId: keyArn, CiphertextBlob: dataKey, EncryptionContext: { ...context } }),
  );
  if (Plaintext === undefined) throw new Error('KMS answered without a data key.');
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
  return Buffer.from(JSON.stringify([context.secretArn, context.versionId, context.holds]));
}

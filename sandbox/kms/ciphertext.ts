import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Key material; each rotation of a key adds one. */
export interface KeyMaterial {
  /** 64 hexadecimal digits. */
  readonly id: string;
  /** 256 bits. */
  readonly secret: Buffer;
}

/** The encryption context: additional authenticated data of a ciphertext. */
export type EncryptionContext = Readonly<Record<string, string>>;

/** A parsed ciphertext blob; like AWS KMS's, it identifies its key. */
export interface Ciphertext {
  readonly keyId: string;
  readonly materialId: string;
  /** The bytes before the nonce, authenticated together with the encryption context. */
  readonly header: Buffer;
  readonly nonce: Buffer;
  readonly tag: Buffer;
  readonly encrypted: Buffer;
}

const FORMAT_VERSION = 1;
const MATERIAL_ID_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts with AES-256-GCM and a new nonce. */
export function encrypt(
  keyId: string,
  material: KeyMaterial,
  plaintext: Buffer,
  context: EncryptionContext,
): Buffer {
  const name = Buffer.from(keyId, 'utf8');
  const header = Buffer.concat([
    Buffer.of(FORMAT_VERSION, name.length),
    name,
    Buffer.from(material.id, 'hex'),
  ]);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', material.secret, nonce);
  cipher.setAAD(Buffer.concat([header, encodeContext(context)]));
  const encrypted = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([header, nonce, cipher.getAuthTag(), encrypted]);
}

/** Parses a blob; undefined for any other format. */
export function parseCiphertext(blob: Buffer): Ciphertext | undefined {
  const nameLength = blob[1];
  if (blob[0] !== FORMAT_VERSION || nameLength === undefined) return undefined;
  const nameEnd = 2 + nameLength;
  const headerEnd = nameEnd + MATERIAL_ID_BYTES;
  const tagStart = headerEnd + NONCE_BYTES;
  if (blob.length < tagStart + TAG_BYTES) return undefined;
  return {
    keyId: blob.toString('utf8', 2, nameEnd),
    materialId: blob.toString('hex', nameEnd, headerEnd),
    header: blob.subarray(0, headerEnd),
    nonce: blob.subarray(headerEnd, tagStart),
    tag: blob.subarray(tagStart, tagStart + TAG_BYTES),
    encrypted: blob.subarray(tagStart + TAG_BYTES),
  };
}

/** Decrypts; undefined when the blob was modified or the context differs. */
export function decrypt(
  ciphertext: Ciphertext,
  material: KeyMaterial,
  context: EncryptionContext,
): Buffer | undefined {
  const decipher = createDecipheriv('aes-256-gcm', material.secret, ciphertext.nonce);
  decipher.setAAD(Buffer.concat([ciphertext.header, encodeContext(context)]));
  decipher.setAuthTag(ciphertext.tag);
  try {
    return Buffer.concat([decipher.update(ciphertext.encrypted), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** Sorts the pairs, because their order is irrelevant; prefixes lengths to distinguish `a`+`bc` from `ab`+`c`. */
function encodeContext(context: EncryptionContext): Buffer {
  const pairs = Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.concat(pairs.flat().map(withLength));
}

function withLength(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

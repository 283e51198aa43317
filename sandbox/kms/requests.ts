import {
  base64,
  type InferOutput,
  integer,
  literal,
  maxLength,
  maxValue,
  minLength,
  minValue,
  never,
  number,
  object,
  optional,
  picklist,
  pipe,
  record,
  string,
  transform,
} from 'valibot';
import { enumeration } from '../aws/enumeration.ts';

const keyId = pipe(string(), minLength(1), maxLength(2048));
const encryptionContext = optional(record(string(), string()), {});
const encryptionAlgorithm = optional(
  enumeration(['SYMMETRIC_DEFAULT'], ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256', 'SM2PKE']),
);
/** Members that are not emulated: rejected, not ignored. */
const notEmulated = {
  GrantTokens: optional(never()),
  DryRun: optional(literal(false)),
  DryRunModifiers: optional(never()),
};

function blob(maxBytes: number) {
  return pipe(
    string(),
    base64(),
    transform(text => Buffer.from(text, 'base64')),
    minLength(1),
    maxLength(maxBytes),
  );
}

/** AWS KMS API Reference, GenerateDataKey. */
export const generateDataKeyRequest = object({
  KeyId: keyId,
  EncryptionContext: encryptionContext,
  KeySpec: optional(picklist(['AES_256', 'AES_128'])),
  NumberOfBytes: optional(pipe(number(), integer(), minValue(1), maxValue(1024))),
  Recipient: optional(never()),
  ...notEmulated,
});

/** AWS KMS API Reference, Decrypt. */
export const decryptRequest = object({
  CiphertextBlob: blob(6144),
  KeyId: optional(keyId),
  EncryptionContext: encryptionContext,
  EncryptionAlgorithm: encryptionAlgorithm,
  Recipient: optional(never()),
  ...notEmulated,
});

/** AWS KMS API Reference, DescribeKey. */
export const describeKeyRequest = object({ KeyId: keyId, GrantTokens: optional(never()) });

const policyName = optional(literal('default'), 'default');

/** AWS KMS API Reference, GetKeyPolicy. */
export const getKeyPolicyRequest = object({ KeyId: keyId, PolicyName: policyName });

/** AWS KMS API Reference, PutKeyPolicy. */
export const putKeyPolicyRequest = object({
  KeyId: keyId,
  PolicyName: policyName,
  Policy: pipe(string(), minLength(1), maxLength(131_072)),
  BypassPolicyLockoutSafetyCheck: optional(literal(false)),
});

/** AWS KMS API Reference, ScheduleKeyDeletion. */
export const scheduleKeyDeletionRequest = object({
  KeyId: keyId,
  PendingWindowInDays: optional(pipe(number(), integer(), minValue(7), maxValue(30)), 30),
});

export type PutKeyPolicyRequest = InferOutput<typeof putKeyPolicyRequest>;
export type ScheduleKeyDeletionRequest = InferOutput<typeof scheduleKeyDeletionRequest>;
export type GenerateDataKeyRequest = InferOutput<typeof generateDataKeyRequest>;
export type DecryptRequest = InferOutput<typeof decryptRequest>;

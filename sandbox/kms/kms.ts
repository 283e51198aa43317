import { randomBytes } from 'node:crypto';
import { AwsError } from '../aws/aws-error.ts';
import { epochSeconds } from '../aws/json-protocol.ts';
import { type AccessRequest, type AwsCall, type AwsService, type Caller, operation } from '../aws/service.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import { decrypt, encrypt, parseCiphertext } from './ciphertext.ts';
import type { Key } from './key.ts';
import { KeyRing, type KeyRingOptions } from './key-ring.ts';
import { keyRequest } from './key-use.ts';
import {
  type DecryptRequest,
  decryptRequest,
  describeKeyRequest,
  type GenerateDataKeyRequest,
  generateDataKeyRequest,
  getKeyPolicyRequest,
  type PutKeyPolicyRequest,
  putKeyPolicyRequest,
  type ScheduleKeyDeletionRequest,
  scheduleKeyDeletionRequest,
} from './requests.ts';

/** A new key's properties. */
export interface KeyProperties {
  /** A UUID by default. */
  readonly keyId?: string;
  readonly description?: string;
  /** New key material every 365 days. */
  readonly enableKeyRotation?: boolean;
}

/** Stores the policies of the keys. */
export interface KeyPolicies {
  readonly policyOf: (keyArn: string) => JsonObject;
  /** @throws AwsError MalformedPolicyDocumentException */
  readonly replacePolicy: (keyArn: string, policy: JsonObject, caller: Caller) => void;
}

/** The dependencies of the emulated KMS. */
export interface KmsOptions extends KeyRingOptions {
  readonly policies: KeyPolicies;
}

/**
 * AWS Key Management Service, as far as sealing needs it: symmetric keys, data keys and the states in which a key is
 * unusable. The endpoint authorises calls; grants are not emulated. Methods accept a key id, key ARN, alias or alias
 * ARN, and throw AwsError NotFoundException for an unknown key.
 *
 * @see AWS KMS API Reference, GenerateDataKey, Decrypt, DescribeKey, GetKeyPolicy, PutKeyPolicy,
 *      ScheduleKeyDeletion
 */
export class Kms implements AwsService {
  readonly id = 'kms';
  readonly #accountId: string;
  readonly #keys: KeyRing;
  readonly #policies: KeyPolicies;

  readonly operations = {
    GenerateDataKey: operation(
      generateDataKeyRequest,
      request => this.#generateDataKey(request),
      (request, { caller }) => [
        keyRequest('kms:GenerateDataKey', this.keyArn(request.KeyId), caller.accountId, {
          encryptionContext: request.EncryptionContext,
        }),
      ],
    ),
    Decrypt: operation(
      decryptRequest,
      request => this.#decrypt(request),
      (request, { caller }) => this.#decryptAccess(request, caller.accountId),
    ),
    DescribeKey: operation(
      describeKeyRequest,
      request => this.#describe(this.#keys.find(request.KeyId)),
      (request, { caller }) => [
        keyRequest('kms:DescribeKey', this.keyArn(request.KeyId), caller.accountId, {}),
      ],
    ),
    GetKeyPolicy: operation(
      getKeyPolicyRequest,
      ({ KeyId, PolicyName }) => ({
        Policy: JSON.stringify(this.#policies.policyOf(this.keyArn(KeyId)), null, 2),
        PolicyName,
      }),
      (request, { caller }) => [
        keyRequest('kms:GetKeyPolicy', this.keyArn(request.KeyId), caller.accountId, {}),
      ],
    ),
    PutKeyPolicy: operation(
      putKeyPolicyRequest,
      (request, call) => this.#putKeyPolicy(request, call),
      (request, { caller }) => [
        keyRequest('kms:PutKeyPolicy', this.keyArn(request.KeyId), caller.accountId, {}),
      ],
    ),
    ScheduleKeyDeletion: operation(
      scheduleKeyDeletionRequest,
      request => this.#scheduleKeyDeletion(request),
      (request, { caller }) => [
        keyRequest('kms:ScheduleKeyDeletion', this.keyArn(request.KeyId), caller.accountId, {}),
      ],
    ),
  };

  constructor(options: KmsOptions) {
    this.#accountId = options.accountId;
    this.#keys = new KeyRing(options);
    this.#policies = options.policies;
  }

  /** Creates an enabled symmetric encryption key. */
  createKey(properties: KeyProperties = {}): { keyId: string; arn: string } {
    const key = this.#keys.create(properties);
    return { keyId: key.id, arn: key.arn };
  }

  /** Adds an alias, `alias/…`, to a key. */
  createAlias(alias: string, key: string): void {
    this.#keys.addAlias(alias, key);
  }

  keyArn(key: string): string {
    return this.#keys.find(key).arn;
  }

  /** The ARN and state of a key; undefined for an unknown key. */
  findKey(key: string): Pick<Key, 'arn' | 'state'> | undefined {
    try {
      return this.#keys.find(key);
    } catch (error) {
      if (error instanceof AwsError) return undefined;
      throw error;
    }
  }

  enableKey(key: string): void {
    this.#keys.find(key).enable();
  }

  /** Every use of the key fails with DisabledException. */
  disableKey(key: string): void {
    this.#keys.find(key).disable();
  }

  /**
   * Every use of the key fails with KMSInvalidStateException. After the waiting period the key is deleted, and its
   * ciphertexts can no longer be decrypted.
   */
  scheduleKeyDeletion(key: string, pendingWindowInDays = 30): void {
    this.#keys.find(key).scheduleDeletion(pendingWindowInDays);
  }

  /** Leaves the key disabled, as AWS does. */
  cancelKeyDeletion(key: string): void {
    this.#keys.find(key).disable();
  }

  /** Adds key material immediately; existing ciphertexts can still be decrypted. */
  rotateKey(key: string): void {
    this.#keys.find(key).rotate();
  }

  /** Requires nothing for a ciphertext of an unknown key: the operation rejects it with a different error. */
  #decryptAccess(request: DecryptRequest, callerAccount: string): AccessRequest[] {
    const arn =
      request.KeyId === undefined
        ? this.#keyArnOfCiphertext(request.CiphertextBlob)
        : this.keyArn(request.KeyId);
    if (arn === undefined) return [];
    return [keyRequest('kms:Decrypt', arn, callerAccount, { encryptionContext: request.EncryptionContext })];
  }

  /** Undefined when the key does not exist or the blob is not a ciphertext. */
  #keyArnOfCiphertext(blob: Uint8Array): string | undefined {
    const ciphertext = parseCiphertext(Buffer.from(blob));
    return ciphertext === undefined ? undefined : this.#keys.byId(ciphertext.keyId)?.arn;
  }

  #generateDataKey(request: GenerateDataKeyRequest): object {
    const { KeySpec, NumberOfBytes } = request;
    if ((KeySpec === undefined) === (NumberOfBytes === undefined))
      throw new AwsError('ValidationException', 'Please specify either number of bytes or key spec.');
    const key = usable(this.#keys.find(request.KeyId));
    const plaintext = randomBytes(NumberOfBytes ?? (KeySpec === 'AES_128' ? 16 : 32));
    const { material } = key;
    return {
      CiphertextBlob: encrypt(key.id, material, plaintext, request.EncryptionContext).toString('base64'),
      Plaintext: plaintext.toString('base64'),
      KeyId: key.arn,
      KeyMaterialId: material.id,
    };
  }

  #decrypt(request: DecryptRequest): object {
    const named = request.KeyId === undefined ? undefined : this.#keys.find(request.KeyId);
    const ciphertext = parseCiphertext(request.CiphertextBlob);
    if (ciphertext === undefined) throw invalidCiphertext();
    if (named !== undefined && named.id !== ciphertext.keyId)
      throw new AwsError(
        'IncorrectKeyException',
        'The key ID in the request does not identify a CMK that can perform this operation.',
      );
    const key = named ?? this.#keys.byId(ciphertext.keyId);
    if (key === undefined)
      throw new AwsError(
        'AccessDeniedException',
        'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
      );
    const material = usable(key).materialById(ciphertext.materialId);
    const plaintext =
      material === undefined ? undefined : decrypt(ciphertext, material, request.EncryptionContext);
    if (plaintext === undefined) throw invalidCiphertext();
    return {
      KeyId: key.arn,
      Plaintext: plaintext.toString('base64'),
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      KeyMaterialId: ciphertext.materialId,
    };
  }

  #putKeyPolicy({ KeyId, Policy }: PutKeyPolicyRequest, { caller }: AwsCall): object {
    let policy: unknown;
    try {
      policy = JSON.parse(Policy);
    } catch {
      policy = undefined;
    }
    if (!isJsonObject(policy)) throw new AwsError('MalformedPolicyDocumentException', 'Invalid JSON');
    this.#policies.replacePolicy(this.keyArn(KeyId), policy, caller);
    return {};
  }

  #scheduleKeyDeletion({ KeyId, PendingWindowInDays }: ScheduleKeyDeletionRequest): object {
    const key = this.#keys.find(KeyId);
    if (key.state === 'PendingDeletion')
      throw new AwsError('KMSInvalidStateException', `${key.arn} is pending deletion.`);
    key.scheduleDeletion(PendingWindowInDays);
    return {
      KeyId: key.arn,
      KeyState: key.state,
      PendingWindowInDays,
      DeletionDate: (key.deletionDate?.getTime() ?? 0) / 1000,
    };
  }

  #describe(key: Key): object {
    return {
      KeyMetadata: {
        AWSAccountId: this.#accountId,
        KeyId: key.id,
        Arn: key.arn,
        CreationDate: epochSeconds(key.createdAt),
        Enabled: key.state === 'Enabled',
        Description: key.description,
        KeyUsage: 'ENCRYPT_DECRYPT',
        KeyState: key.state,
        DeletionDate: key.deletionDate && epochSeconds(key.deletionDate),
        Origin: 'AWS_KMS',
        KeyManager: 'CUSTOMER',
        CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
        KeySpec: 'SYMMETRIC_DEFAULT',
        EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
        MultiRegion: false,
        CurrentKeyMaterialId: key.material.id,
      },
    };
  }
}

/** @throws AwsError DisabledException, KMSInvalidStateException */
function usable(key: Key): Key {
  if (key.state === 'Disabled') throw new AwsError('DisabledException', `${key.arn} is disabled.`);
  if (key.state === 'PendingDeletion')
    throw new AwsError('KMSInvalidStateException', `${key.arn} is pending deletion.`);
  return key;
}

/** AWS returns no message, whether the blob or the encryption context is wrong. */
function invalidCiphertext(): AwsError {
  return new AwsError('InvalidCiphertextException', '');
}

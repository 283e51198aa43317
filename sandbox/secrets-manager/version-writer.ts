import { AwsError } from '../aws/aws-error.ts';
import type { Caller } from '../aws/service.ts';
import type { Clock } from '../clock.ts';
import type { CheckKeyUse } from '../kms/key-use.ts';
import type { SecretsManagerBehaviour } from './behaviour.ts';
import { requireKey } from './key-access.ts';
import { type Secret, type SecretValue, type SecretVersion, sameValue } from './secret.ts';
import type { SecretStore } from './secret-store.ts';
import { AWSCURRENT, AWSPENDING } from './staging-labels.ts';

/** A value to write into a version. */
export interface VersionWrite {
  readonly versionId: string;
  readonly value: SecretValue;
  /** The labels for the version; the API's default is AWSCURRENT. */
  readonly stages: readonly string[];
  /** See {@link SecretVersion.writtenByRotation}. */
  readonly writtenByRotation: boolean;
  readonly caller: Caller;
}

/** Writes that affect a rotation; see RotationRunner. */
export interface WriteListener {
  /** A write removed AWSPENDING from this version. */
  readonly pendingReplaced: (secret: Secret, pendingVersionId: string) => void;
  /** A new version became AWSCURRENT without a rotation; the next rotation is scheduled from this write. */
  readonly writtenManually: (secret: Secret) => void;
}

/**
 * The error for a token that already belongs to another value: a written version never changes.
 *
 * @param type RotateSecret does not have the default error (AWS Secrets Manager API Reference, RotateSecret)
 */
export function tokenInUse(
  secret: Secret,
  token: string,
  type: 'ResourceExistsException' | 'InvalidRequestException' = 'ResourceExistsException',
): AwsError {
  return new AwsError(
    type,
    `You can't use ClientRequestToken ${token} because that value is already in use for a version of secret ${secret.arn}.`,
  );
}

/**
 * Writes the values of versions and moves their labels.
 *
 * Source: AWS Secrets Manager API Reference, PutSecretValue and UpdateSecret.
 */
export class VersionWriter {
  readonly #clock: Clock;
  readonly #store: SecretStore;
  readonly #behaviour: SecretsManagerBehaviour;
  readonly #checkKeyUse: CheckKeyUse;
  readonly #listener: WriteListener;

  constructor(options: {
    clock: Clock;
    store: SecretStore;
    behaviour: SecretsManagerBehaviour;
    checkKeyUse: CheckKeyUse;
    listener: WriteListener;
  }) {
    this.#clock = options.clock;
    this.#store = options.store;
    this.#behaviour = options.behaviour;
    this.#checkKeyUse = options.checkKeyUse;
    this.#listener = options.listener;
  }

  /**
   * Whether the version already has this value, in which case a write has no effect. Decrypts the stored value for the
   * comparison.
   *
   * @throws AwsError ResourceExistsException when it has a different value
   */
  alreadyHasValue(secret: Secret, { versionId, value, caller }: VersionWrite): boolean {
    const present = secret.versions.get(versionId)?.value;
    if (present === undefined) return false;
    requireKey(this.#checkKeyUse, secret, versionId, caller, ['kms:Decrypt']);
    if (!sameValue(present, value)) throw tokenInUse(secret, versionId);
    return true;
  }

  /**
   * Writes a new version, or the value of a rotation's empty AWSPENDING version.
   *
   * @throws AwsError ResourceExistsException, LimitExceededException, or the error of {@link requireKey}
   */
  write(secret: Secret, { versionId, value, writtenByRotation, caller, ...write }: VersionWrite): void {
    const { labels } = secret;
    const existing = secret.versions.get(versionId);
    if (existing !== undefined && (existing.value !== undefined || labels.holder(AWSPENDING) !== versionId)) {
      throw tokenInUse(secret, versionId);
    }
    requireKey(this.#checkKeyUse, secret, versionId, caller, ['kms:GenerateDataKey', 'kms:Decrypt']);
    // The first value always becomes AWSCURRENT, even with AWSPENDING.
    const stages = new Set(secret.hasValue ? write.stages : [...write.stages, AWSCURRENT]);
    labels.requireRoomFor(stages);
    const pending = labels.holder(AWSPENDING);
    const replacesPending =
      stages.has(AWSCURRENT) &&
      !stages.has(AWSPENDING) &&
      pending !== undefined &&
      pending !== versionId &&
      (this.#behaviour.pendingAfterForeignWrite === 'removed' || pending === labels.holder(AWSCURRENT));
    const now = this.#clock.now();

    this.#store.change(secret, versionId, () => {
      const version: SecretVersion = existing ?? { id: versionId, createdAt: now };
      if (existing === undefined) secret.addVersion(version, this.#behaviour.versionQuota);
      version.value = value;
      version.writtenByRotation = writtenByRotation;
      if (replacesPending) labels.detach(AWSPENDING);
      for (const stage of stages) labels.attach(stage, versionId);
    });

    if (replacesPending) this.#listener.pendingReplaced(secret, pending);
    if (existing === undefined && stages.has(AWSCURRENT)) this.#listener.writtenManually(secret);
  }
}

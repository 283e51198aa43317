import { AwsError } from '../aws/aws-error.ts';
import { DAY_MS } from '../durations.ts';
import type { RotationRules } from './rotation-rules.ts';
import { StagingLabels } from './staging-labels.ts';

/** The value of a version, as in the API; `SecretBinary` is base64. */
export type SecretValue = { readonly SecretString: string } | { readonly SecretBinary: string };

/** One version of a secret. */
export interface SecretVersion {
  /** The ClientRequestToken of the call that created it. */
  readonly id: string;
  /** Absent in a pending version that has not been written yet. */
  value?: SecretValue;
  /** Whether the rotation function wrote the value, or a caller with a valid RotationToken. */
  writtenByRotation?: boolean;
  createdAt: Date;
  /** The day (UTC) of the last GetSecretValue. */
  lastAccessedOn?: Date;
}

/** How a secret is rotated. */
export interface RotationSettings {
  readonly functionArn: string;
  readonly rules?: RotationRules;
  /** False after CancelRotateSecret, which does not remove the function. */
  readonly enabled: boolean;
}

/** A tag as in the API. */
export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** Whether two values are equal. */
export function sameValue(a: SecretValue, b: SecretValue): boolean {
  return 'SecretString' in a
    ? 'SecretString' in b && a.SecretString === b.SecretString
    : 'SecretBinary' in b && a.SecretBinary === b.SecretBinary;
}

/** The properties of a new secret. */
export type NewSecret = Pick<Secret, 'arn' | 'name' | 'createdAt' | 'tags' | 'description' | 'kmsKeyId'>;

/** The properties of a secret that can change, other than versions and labels. */
export type SecretProperties = Pick<
  Secret,
  | 'description'
  | 'kmsKeyId'
  | 'rotation'
  | 'deletionDate'
  | 'lastChangedAt'
  | 'lastAccessedOn'
  | 'lastRotatedAt'
  | 'nextRotationDate'
>;

/** A secret at one point in time. */
export type SecretState = SecretProperties &
  Pick<Secret, 'arn' | 'name' | 'createdAt' | 'tags'> & {
    readonly versions: ReadonlyMap<string, Readonly<SecretVersion>>;
    readonly labels: Pick<StagingLabels, 'holder' | 'of'>;
  };

/** A secret with its versions and their labels. */
export class Secret {
  readonly arn: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly versions = new Map<string, SecretVersion>();
  readonly labels = new StagingLabels();
  readonly lastChangedAt: Date;
  readonly description?: string;
  readonly kmsKeyId?: string;
  readonly tags: readonly Tag[];
  readonly lastAccessedOn?: Date;
  /** When the recovery window ends; set while the secret is scheduled for deletion. */
  readonly deletionDate: Date | undefined;
  readonly rotation?: RotationSettings;
  readonly lastRotatedAt?: Date;
  /** The end of the next rotation window; in the past if that rotation has not succeeded. */
  readonly nextRotationDate: Date | undefined;

  constructor({ arn, name, createdAt, tags, description, kmsKeyId }: NewSecret) {
    this.arn = arn;
    this.name = name;
    this.createdAt = createdAt;
    this.lastChangedAt = createdAt;
    this.tags = tags;
    if (description !== undefined) this.description = description;
    if (kmsKeyId !== undefined) this.kmsKeyId = kmsKeyId;
  }

  /** Call this only from the secret store, which must record every change. */
  update(changes: Partial<SecretProperties>): void {
    Object.assign(this, changes);
  }

  /** A copy of the secret's current state. */
  snapshot(): SecretState {
    const versions = new Map([...this.versions].map(([id, version]) => [id, { ...version }]));
    return { ...this, versions, labels: this.labels.copy() };
  }

  /** Whether any version has a value. */
  get hasValue(): boolean {
    return [...this.versions.values()].some(version => version.value !== undefined);
  }

  /**
   * Adds a version. To stay within the quota, removes the oldest deprecated versions that are at least a day old.
   *
   * Source: AWS Secrets Manager API Reference, PutSecretValue; User Guide, "Secrets Manager quotas".
   *
   * @throws AwsError LimitExceededException when no version can be removed
   */
  addVersion(version: SecretVersion, quota: number): void {
    const removable = [...this.versions.values()]
      .filter(each => this.labels.of(each.id).length === 0)
      .filter(each => version.createdAt.getTime() - each.createdAt.getTime() >= DAY_MS)
      .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
    for (const each of removable) {
      if (this.versions.size < quota) break;
      this.versions.delete(each.id);
    }
    if (this.versions.size >= quota) {
      throw new AwsError('LimitExceededException', `The secret already has ${quota} versions.`);
    }
    this.versions.set(version.id, version);
  }
}

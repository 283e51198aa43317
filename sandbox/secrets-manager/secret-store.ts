import type { Account } from '../aws/account.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { Clock } from '../clock.ts';
import type { Secret, SecretProperties } from './secret.ts';
import type { LabelMove } from './staging-labels.ts';

const SUFFIX_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const DAY_MS = 86_400_000;
const RANDOM_SUFFIX = /^-[A-Za-z0-9]{6}$/;

/** A version of a secret was written, or labels moved. */
export interface SecretChange {
  readonly secretArn: string;
  /** The version that the change is about. */
  readonly versionId: string;
  readonly labelMoves: readonly LabelMove[];
  readonly at: Date;
}

/** All secrets of the account in one region. */
export class SecretStore {
  readonly #clock: Clock;
  readonly #arnPrefix: string;
  readonly #secrets = new Map<string, Secret>();
  readonly #reservedArns = new Map<string, string>();
  readonly #listeners = new Set<(change: SecretChange) => void>();

  constructor(clock: Clock, { partition, region, accountId }: Account) {
    this.#clock = clock;
    this.#arnPrefix = `arn:${partition}:secretsmanager:${region}:${accountId}:secret:`;
  }

  /** The next secret of this name gets this ARN. */
  reserveArn(name: string, arn: string): void {
    this.#reservedArns.set(name, arn);
  }

  /** An ARN for a secret of this name: the name, a hyphen and six random characters. */
  newArn(name: string): string {
    const reserved = this.#reservedArns.get(name);
    this.#reservedArns.delete(name);
    if (reserved !== undefined) return reserved;
    const bytes = crypto.getRandomValues(new Uint8Array(6));
    const suffix = [...bytes].map(byte => SUFFIX_CHARACTERS[byte % SUFFIX_CHARACTERS.length]).join('');
    return `${this.#arnPrefix}${name}-${suffix}`;
  }

  /** The ARN, without the random characters, that a secret of this name would have; an ARN is given back. */
  wouldBeArn(secretId: string): string {
    return secretId.startsWith('arn:') ? secretId : `${this.#arnPrefix}${secretId}`;
  }

  add(secret: Secret): void {
    this.#secrets.set(secret.arn, secret);
  }

  remove(secret: Secret): void {
    this.#secrets.delete(secret.arn);
  }

  all(): Secret[] {
    return [...this.#secrets.values()];
  }

  /** The secret of this name, ARN, or ARN without the hyphen and the six random characters. */
  find(secretId: string): Secret | undefined {
    return (
      this.#secrets.get(secretId) ??
      this.all().find(
        ({ name, arn }) =>
          name === secretId || (arn.startsWith(secretId) && RANDOM_SUFFIX.test(arn.slice(secretId.length))),
      )
    );
  }

  /** @throws AwsError ResourceNotFoundException */
  get(secretId: string): Secret {
    const secret = this.find(secretId);
    if (secret === undefined) {
      throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    }
    return secret;
  }

  /**
   * A secret whose value may be read and changed.
   *
   * @throws AwsError ResourceNotFoundException, or InvalidRequestException while it is scheduled for deletion
   */
  usable(secretId: string): Secret {
    const secret = this.get(secretId);
    if (secret.deletionDate !== undefined) {
      throw new AwsError(
        'InvalidRequestException',
        "You can't perform this operation on the secret because it was marked for deletion.",
      );
    }
    return secret;
  }

  /** Changes what a secret has besides its versions and labels. */
  update(secret: Secret, changes: Partial<SecretProperties>): void {
    secret.update(changes);
  }

  /** Notes that a value was read. AWS keeps the day of it (UTC). */
  noteAccess(arn: string, versionId: string): void {
    const secret = this.#secrets.get(arn);
    const version = secret?.versions.get(versionId);
    if (secret === undefined || version === undefined) return;
    const today = new Date(Math.floor(this.#clock.nowMs() / DAY_MS) * DAY_MS);
    version.lastAccessedOn = today;
    this.update(secret, { lastAccessedOn: today });
  }

  /** Changes a version or the labels, and notifies the listeners. */
  change(secret: Secret, versionId: string, change: () => void): void {
    const labelMoves = secret.labels.moves(change);
    const at = this.#clock.now();
    this.update(secret, { lastChangedAt: at });
    for (const listener of this.#listeners) listener({ secretArn: secret.arn, versionId, labelMoves, at });
  }

  /** Calls the listener after each change until the function that it answers is called. */
  onChange(listener: (change: SecretChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

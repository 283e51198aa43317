import type { Account } from '../aws/account.ts';
import type { Clock } from '../clock.ts';
import { DAY_MS } from '../durations.ts';
import { Listeners } from '../listeners.ts';
import type { SecretsManagerBehaviour } from './behaviour.ts';
import type { Secret, SecretProperties, SecretState } from './secret.ts';
import { SecretHistory } from './secret-history.ts';
import { SecretLookup } from './secret-lookup.ts';
import type { LabelMove } from './staging-labels.ts';

const SUFFIX_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A written version or moved labels. */
export interface SecretChange {
  readonly secretArn: string;
  /** The changed version. */
  readonly versionId: string;
  readonly labelMoves: readonly LabelMove[];
  readonly at: Date;
}

/** All secrets of one account and region. */
export class SecretStore extends SecretLookup<Secret> {
  readonly #clock: Clock;
  readonly #behaviour: SecretsManagerBehaviour;
  readonly #arnPrefix: string;
  readonly #secrets: Map<string, Secret>;
  readonly #history: SecretHistory;
  readonly #reservedArns = new Map<string, string>();
  readonly #listeners = new Listeners<SecretChange>();

  readonly onChange = this.#listeners.add;

  constructor(clock: Clock, behaviour: SecretsManagerBehaviour, { partition, region, accountId }: Account) {
    const secrets = new Map<string, Secret>();
    super(secrets);
    this.#secrets = secrets;
    this.#history = new SecretHistory(clock);
    this.#clock = clock;
    this.#behaviour = behaviour;
    this.#arnPrefix = `arn:${partition}:secretsmanager:${region}:${accountId}:secret:`;
  }

  /** Sets the ARN of the next secret with this name. */
  reserveArn(name: string, arn: string): void {
    this.#reservedArns.set(name, arn);
  }

  /** A new ARN for a secret with this name; it ends in the name, a hyphen and six random characters. */
  newArn(name: string): string {
    const reserved = this.#reservedArns.get(name);
    this.#reservedArns.delete(name);
    if (reserved !== undefined) return reserved;
    const bytes = crypto.getRandomValues(new Uint8Array(6));
    const suffix = [...bytes].map(byte => SUFFIX_CHARACTERS[byte % SUFFIX_CHARACTERS.length]).join('');
    return `${this.#arnPrefix}${name}-${suffix}`;
  }

  /** The ARN of a secret with this name, without the random characters; returns an ARN unchanged. */
  partialArn(secretId: string): string {
    return secretId.startsWith('arn:') ? secretId : `${this.#arnPrefix}${secretId}`;
  }

  add(secret: Secret): void {
    this.#secrets.set(secret.arn, secret);
    this.#record(secret.arn);
  }

  remove(secret: Secret): void {
    this.#secrets.delete(secret.arn);
    this.#record(secret.arn);
  }

  /**
   * The secrets as reads see them: without the writes of the last `readLagMs`.
   *
   * Source: AWS Secrets Manager API Reference, ListSecrets: "All Secrets Manager operations are eventually consistent."
   *
   * @throws RangeError when `readLagMs` exceeds 300,000
   */
  get readable(): SecretLookup<SecretState> {
    const { readLagMs } = this.#behaviour;
    return readLagMs === 0 ? this : new SecretLookup(this.#history.before(readLagMs));
  }

  /** Changes a secret's properties other than versions and labels. */
  update(secret: Secret, changes: Partial<SecretProperties>): void {
    secret.update(changes);
    this.#record(secret.arn);
  }

  /** Records that a value was read. As in AWS, only the day (UTC) is stored. */
  recordAccess(arn: string, versionId: string): void {
    const secret = this.#secrets.get(arn);
    const version = secret?.versions.get(versionId);
    const today = new Date(Math.floor(this.#clock.nowMs() / DAY_MS) * DAY_MS);
    if (secret === undefined || version === undefined) return;
    if (version.lastAccessedOn?.getTime() === today.getTime()) return;
    version.lastAccessedOn = today;
    this.update(secret, { lastAccessedOn: today });
  }

  /** Changes a version or the labels, and notifies the listeners. */
  change(secret: Secret, versionId: string, change: () => void): void {
    const labelMoves = secret.labels.moves(change);
    const at = this.#clock.now();
    this.update(secret, { lastChangedAt: at });
    this.#listeners.notify({ secretArn: secret.arn, versionId, labelMoves, at });
  }

  /** Looks up the secret by its ARN, so that a change does not restore a deleted secret. */
  #record(arn: string): void {
    this.#history.record(arn, this.#secrets.get(arn)?.snapshot());
  }
}

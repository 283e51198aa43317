import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { DAY_MS } from '../durations.ts';
import type { KeyMaterial } from './ciphertext.ts';

/** The emulated states of a key. */
export type KeyState = 'Enabled' | 'Disabled' | 'PendingDeletion';

/** The default period of automatic rotation (AWS KMS API Reference, EnableKeyRotation). */
const ROTATION_PERIOD_MS = 365 * DAY_MS;

/** A symmetric encryption key with all its key material. */
export class Key {
  readonly id: string;
  readonly arn: string;
  readonly description: string;
  readonly createdAt: Date;
  readonly #clock: Clock;
  readonly #rotatesYearly: boolean;
  readonly #materials: (KeyMaterial & { readonly createdAtMs: number })[] = [];
  #state: KeyState = 'Enabled';
  #deletionDate: Date | undefined;

  constructor(options: {
    clock: Clock;
    id: string;
    arn: string;
    description: string;
    enableKeyRotation: boolean;
  }) {
    this.#clock = options.clock;
    this.id = options.id;
    this.arn = options.arn;
    this.description = options.description;
    this.#rotatesYearly = options.enableKeyRotation;
    this.createdAt = options.clock.now();
    this.rotate();
  }

  get state(): KeyState {
    return this.#state;
  }

  /** When the key is deleted; set only in the state `PendingDeletion`. */
  get deletionDate(): Date | undefined {
    return this.#deletionDate;
  }

  /** Whether its deletion date has passed. */
  get isDeleted(): boolean {
    return this.#deletionDate !== undefined && this.#clock.now() >= this.#deletionDate;
  }

  /** The material for encryption; rotates it first if automatic rotation is due. */
  get material(): KeyMaterial {
    const latest = this.#materials.at(-1);
    const isDue =
      latest === undefined ||
      (this.#rotatesYearly && this.#clock.nowMs() - latest.createdAtMs >= ROTATION_PERIOD_MS);
    return isDue ? this.rotate() : latest;
  }

  /** The material with this id, current or not. */
  materialById(id: string): KeyMaterial | undefined {
    return this.#materials.find(material => material.id === id);
  }

  /** Adds key material; existing ciphertexts can still be decrypted. */
  rotate(): KeyMaterial {
    const material = {
      id: randomBytes(32).toString('hex'),
      secret: randomBytes(32),
      createdAtMs: this.#clock.nowMs(),
    };
    this.#materials.push(material);
    return material;
  }

  enable(): void {
    this.#state = 'Enabled';
    this.#deletionDate = undefined;
  }

  /** Also the result of a cancelled deletion. */
  disable(): void {
    this.#state = 'Disabled';
    this.#deletionDate = undefined;
  }

  scheduleDeletion(pendingWindowInDays: number): void {
    this.#state = 'PendingDeletion';
    this.#deletionDate = new Date(this.#clock.nowMs() + pendingWindowInDays * DAY_MS);
  }
}

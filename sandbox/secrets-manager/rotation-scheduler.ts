import type { Clock, ScheduledTask } from '../clock.ts';
import type { SecretsManagerBehaviour } from './behaviour.ts';
import type { RotationWindow } from './rotation-rules.ts';
import type { Secret } from './secret.ts';
import type { SecretStore } from './secret-store.ts';

interface Plan {
  readonly window: RotationWindow;
  readonly at: Date;
  readonly task: ScheduledTask;
}

/**
 * Starts scheduled rotations, each within its window.
 *
 * Source: AWS Secrets Manager User Guide, "Rotation schedules".
 */
export class RotationScheduler {
  readonly #clock: Clock;
  readonly #store: SecretStore;
  readonly #behaviour: SecretsManagerBehaviour;
  readonly #onDue: (secret: Secret, functionArn: string) => void;
  readonly #plans = new Map<string, Plan>();
  #chosenMoments = 0;

  /** @param onDue is called when a rotation of the secret is due */
  constructor({
    clock,
    store,
    behaviour,
    onDue,
  }: {
    readonly clock: Clock;
    readonly store: SecretStore;
    readonly behaviour: SecretsManagerBehaviour;
    readonly onDue: (secret: Secret, functionArn: string) => void;
  }) {
    this.#clock = clock;
    this.#store = store;
    this.#behaviour = behaviour;
    this.#onDue = onDue;
  }

  /**
   * Schedules the next rotation after a rotation, a manual write, or the start of the schedule. Does nothing while
   * rotation is disabled.
   *
   * @param keepEarlier keeps a rotation that is already scheduled
   */
  plan(secret: Secret, { keepEarlier = false } = {}): void {
    const existing = keepEarlier ? this.#plans.get(secret.arn) : undefined;
    this.cancel(secret);
    const next = this.#next(secret, this.#clock.now());
    const isExistingEarlier =
      existing !== undefined && (next === undefined || existing.at.getTime() < next.at.getTime());
    const chosen = isExistingEarlier ? existing : next;
    this.#store.update(secret, { nextRotationDate: chosen?.window.end });
    if (chosen !== undefined) this.#startAt(secret, chosen.window, chosen.at);
  }

  /** Cancels the scheduled rotation. */
  cancel(secret: Secret): void {
    this.#plans.get(secret.arn)?.task.cancel();
    this.#plans.delete(secret.arn);
    this.#store.update(secret, { nextRotationDate: undefined });
  }

  #next(secret: Secret, after: Date): { window: RotationWindow; at: Date } | undefined {
    const window = secret.rotation?.enabled === true ? secret.rotation.rules?.nextWindow(after) : undefined;
    return window === undefined ? undefined : { window, at: this.#startTime(window) };
  }

  #startAt(secret: Secret, window: RotationWindow, at: Date): void {
    const task = this.#clock.schedule(Math.max(0, at.getTime() - this.#clock.nowMs()), () => {
      // Schedule the next window first: it opens even if this rotation fails, but NextRotationDate then remains in the
      // past.
      const next = this.#next(secret, window.start);
      this.#plans.delete(secret.arn);
      if (next !== undefined) this.#startAt(secret, next.window, next.at);
      if (secret.rotation !== undefined) this.#onDue(secret, secret.rotation.functionArn);
    });
    this.#plans.set(secret.arn, { window, at, task });
  }

  #startTime({ start, end }: RotationWindow): Date {
    const lastMs = end.getTime() - start.getTime() - 1000;
    const { rotationMoment } = this.#behaviour;
    if (rotationMoment === 'windowStart') return start;
    this.#chosenMoments += 1;
    return new Date(
      start.getTime() + Math.floor(fraction(rotationMoment.seed, this.#chosenMoments) * lastMs),
    );
  }
}

/** The number at `index` in the seed's pseudo-random sequence, in [0, 1) (one round of SplitMix32). */
function fraction(seed: number, index: number): number {
  let bits = (seed + Math.imul(index, 0x9e3779b9)) | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
  bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
  return ((bits ^ (bits >>> 15)) >>> 0) / 2 ** 32;
}

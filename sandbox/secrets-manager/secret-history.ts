import type { Clock } from '../clock.ts';
import { MINUTE_MS } from '../durations.ts';
import type { SecretState } from './secret.ts';

/** The maximum staleness of a read. AWS documents only that of ListSecrets: five minutes. */
const MAX_LAG_MS = 5 * MINUTE_MS;

/** A secret after a change. */
interface Entry {
  readonly atMs: number;
  readonly arn: string;
  /** Undefined once the secret is deleted. */
  readonly state: SecretState | undefined;
}

/** The history of all secrets over the last five minutes. */
export class SecretHistory {
  readonly #clock: Clock;
  /** The secrets as they were before the first entry, by ARN. */
  readonly #base = new Map<string, SecretState>();
  /** Oldest first. */
  readonly #entries: Entry[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Records a secret's new state, which must not change afterwards; undefined if the secret was deleted. */
  record(arn: string, state: SecretState | undefined): void {
    const atMs = this.#clock.nowMs();
    this.#entries.push({ atMs, arn, state });
    const needed = this.#entries.findIndex(entry => entry.atMs > atMs - MAX_LAG_MS);
    for (const entry of this.#entries.splice(0, needed)) apply(entry, this.#base);
  }

  /**
   * The secrets as they were `lagMs` ago, by ARN.
   *
   * @throws RangeError when `lagMs` exceeds 300,000
   */
  before(lagMs: number): ReadonlyMap<string, SecretState> {
    if (lagMs > MAX_LAG_MS) throw new RangeError(`readLagMs is ${lagMs}; the maximum is ${MAX_LAG_MS}.`);
    const atMs = this.#clock.nowMs() - lagMs;
    const secrets = new Map(this.#base);
    for (const entry of this.#entries) if (entry.atMs <= atMs) apply(entry, secrets);
    return secrets;
  }
}

function apply({ arn, state }: Entry, secrets: Map<string, SecretState>): void {
  if (state === undefined) secrets.delete(arn);
  else secrets.set(arn, state);
}

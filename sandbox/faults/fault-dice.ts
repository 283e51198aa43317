import { seededRandom, seedOf } from '../seeded-random.ts';
import type { FaultTiming } from './fault-rule.ts';

/**
 * Decides which of a rule's calls it befalls. The dice of a share are thrown apart for each target and caller, so
 * that the outcome does not hang on the order in which calls happen to arrive that are made at the same time.
 */
export class FaultDice {
  readonly #when: FaultTiming;
  readonly #seed: string;
  readonly #dice = new Map<string, () => number>();
  #count = 0;

  /** @param seed the same one gives the same outcome for the same calls */
  constructor(when: FaultTiming, seed: string) {
    this.#when = when;
    this.#seed = seed;
  }

  /** Counts a call and tells whether it is befallen. */
  befalls(target: string, caller: string): boolean {
    this.#count += 1;
    if (this.#when === 'always') return true;
    if ('nth' in this.#when) return this.#count === this.#when.nth;
    if ('from' in this.#when) return this.#count >= this.#when.from;
    return this.#throw(`${target} ${caller}`) < this.#when.share;
  }

  #throw(of: string): number {
    const dice = this.#dice.get(of) ?? seededRandom(seedOf(`${this.#seed} ${of}`));
    this.#dice.set(of, dice);
    return dice();
  }
}

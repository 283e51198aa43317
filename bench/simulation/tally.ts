import type { FunctionName } from '../../infra/function-list.ts';
import type { Operation } from './operations.ts';
import type { QuotaName } from './quotas.ts';

/**
 * What requests are refused by: a quota of AWS, Lambda's concurrency or its scaling rate, or a limit of Genesys Cloud.
 */
export type Limit =
  | QuotaName
  | 'Lambda concurrency'
  | 'Lambda scaling rate'
  | 'Genesys Cloud API'
  | 'token endpoint';

/** A count by name. */
class Counter<Name extends string> {
  readonly #counts = new Map<Name, number>();

  add(name: Name): void {
    this.#counts.set(name, this.of(name) + 1);
  }

  of(name: Name): number {
    return this.#counts.get(name) ?? 0;
  }

  /** All that were counted, the largest first. */
  entries(): readonly (readonly [Name, number])[] {
    return [...this.#counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  }
}

/** What happened in a run. */
export class Tally {
  /** Requests that were let through; a call that was refused and repeated counts once. */
  readonly calls = new Counter<Operation>();
  readonly refused = new Counter<Limit>();
  readonly invocations = new Counter<FunctionName>();
  readonly coldStarts = new Counter<FunctionName>();
  /** Attempts of Secrets Manager that failed, by what the rotation function reported. */
  readonly failedAttempts = new Counter<string>();
  /** Where executions failed: state and error. */
  readonly failedExecutions = new Counter<string>();
  /** From the moment at which a rotation was due to the end of its last step, in ms. */
  readonly rotationMs: number[] = [];
  /** What executions that succeeded at once took, in ms. */
  readonly executionMs: number[] = [];
  transitions = 0;
  looks = 0;
  /** What the rotation function waited between looks, in ms. */
  waitedMs = 0;
  /** Rotations that were not done when the window closed and Secrets Manager had no retry left in it. */
  unfinished = 0;
  lostNotifications = 0;
  peakConcurrency = 0;
}

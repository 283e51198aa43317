import type { FunctionName } from '../../infra/function-list.ts';
import type { Operation } from './operations.ts';
import type { QuotaName } from './quotas.ts';

/** A limit that refuses requests: a quota of AWS, Lambda's concurrency or scaling rate, or a limit of Genesys Cloud. */
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

  /** All counts, the largest first. */
  entries(): readonly (readonly [Name, number])[] {
    return [...this.#counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  }
}

/** What happened in a run. */
export class Tally {
  /** Requests that were let through; a call that was refused and retried counts once. */
  readonly calls = new Counter<Operation>();
  readonly refused = new Counter<Limit>();
  readonly invocations = new Counter<FunctionName>();
  readonly coldStarts = new Counter<FunctionName>();
  /** Attempts of Secrets Manager that failed, by the error of the rotation function. */
  readonly failedAttempts = new Counter<string>();
  /** Executions that failed, by state and error. */
  readonly failedExecutions = new Counter<string>();
  /** From the moment a rotation was due to the end of its last step, in ms. */
  readonly rotationMs: number[] = [];
  /** Durations of executions that succeeded without a redrive, in ms. */
  readonly executionMs: number[] = [];
  transitions = 0;
  /** Looks of the rotation function at the labels, while it waits. */
  polls = 0;
  /** How long the rotation function waited between polls, in ms. */
  waitedMs = 0;
  /** Rotations that were not done when the window closed or Secrets Manager had no retry left. */
  unfinished = 0;
  lostNotifications = 0;
  peakConcurrency = 0;
}

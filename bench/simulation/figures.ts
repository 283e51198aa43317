import type { FunctionName } from '../../infra/function-list.ts';
import type { Operation } from './operations.ts';
import type { SimulatedSecret } from './simulated-secret.ts';
import type { Limit, Tally } from './tally.ts';

/** How long something took, in ms. */
interface Quantiles {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** The result of a run. */
export interface FleetFigures {
  readonly secrets: number;
  readonly rotated: number;
  /** Not rotated in the window. */
  readonly unfinished: number;
  /** From the moment a rotation was due to the end of its last step, retries of Secrets Manager included. */
  readonly rotation: Quantiles;
  /** An execution that succeeded without a redrive. */
  readonly execution: Quantiles;
  readonly failedAttempts: Readonly<Record<string, number>>;
  readonly failedExecutions: Readonly<Record<string, number>>;
  readonly refused: Readonly<Partial<Record<Limit, number>>>;
  readonly lostNotifications: number;
  /** How often the refresh token of one secret was exchanged, at most. */
  readonly mostRefreshesOfASecret: number;
  readonly calls: Readonly<Partial<Record<Operation, number>>>;
  readonly invocations: Readonly<Partial<Record<FunctionName, number>>>;
  readonly coldStarts: Readonly<Partial<Record<FunctionName, number>>>;
  readonly transitions: number;
  readonly peakConcurrency: number;
  /** How often the rotation function looks at the labels while it waits, for each secret. */
  readonly pollsPerRotation: number;
  /** How long it waits between the polls, for each secret, in s. */
  readonly waitedSecondsPerRotation: number;
}

/** Adds a run up. */
export function figuresOf(tally: Tally, secrets: readonly SimulatedSecret[]): FleetFigures {
  return {
    secrets: secrets.length,
    rotated: tally.rotationMs.length,
    unfinished: tally.unfinished,
    rotation: quantiles(tally.rotationMs),
    execution: quantiles(tally.executionMs),
    failedAttempts: Object.fromEntries(tally.failedAttempts.entries()),
    failedExecutions: Object.fromEntries(tally.failedExecutions.entries()),
    refused: Object.fromEntries(tally.refused.entries()),
    lostNotifications: tally.lostNotifications,
    mostRefreshesOfASecret: secrets.reduce((most, { refreshes }) => Math.max(most, refreshes), 0),
    calls: Object.fromEntries(tally.calls.entries()),
    invocations: Object.fromEntries(tally.invocations.entries()),
    coldStarts: Object.fromEntries(tally.coldStarts.entries()),
    transitions: tally.transitions,
    peakConcurrency: tally.peakConcurrency,
    pollsPerRotation: tally.polls / secrets.length,
    waitedSecondsPerRotation: tally.waitedMs / 1000 / secrets.length,
  };
}

/** The sum of the counts. */
export function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function quantiles(timesMs: readonly number[]): Quantiles {
  const sorted = Float64Array.from(timesMs).sort();
  const at = (share: number): number => Math.round(sorted[Math.ceil(share * sorted.length) - 1] ?? 0);
  return { p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), maxMs: at(1) };
}

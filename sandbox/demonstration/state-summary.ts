import { readRuns, type StateRun, workedMs } from '../console/state-runs.ts';
import type { HistoryEvent } from '../step-functions/history.ts';

/** One stay of an execution in a state. */
export interface StateSummary {
  readonly name: string;
  readonly status: StateRun['status'];
  /** From entry to exit or to the execution's end, with retries, their delays, and redrives. */
  readonly durationMs: number;
  /** 1 plus the retries. */
  readonly attempts: number;
}

/** Sums up an execution's history by state, in the order of entry. */
export function summarizeStates(history: readonly HistoryEvent[]): StateSummary[] {
  const now = history.at(-1)?.at ?? new Date(0);
  return readRuns(history).states.map(({ name, status, periods, attempts }) => ({
    name,
    status,
    durationMs: workedMs(periods, now),
    attempts: Math.max(1, attempts.length),
  }));
}

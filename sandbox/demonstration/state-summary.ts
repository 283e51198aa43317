import { readRuns, type StateRun, workedMs } from '../console/state-runs.ts';
import type { HistoryEvent } from '../step-functions/history.ts';

/** What became of a state that an execution entered. */
export interface StateSummary {
  readonly name: string;
  readonly status: StateRun['status'];
  /** From its entry to its exit or to the execution's end, retries and their delays included; redrives add theirs. */
  readonly durationMs: number;
  /** How often its work was begun: 1 plus the retries. */
  readonly attempts: number;
}

/** Sums an execution's history up, state by state in the order of entry. */
export function summarizeStates(history: readonly HistoryEvent[]): StateSummary[] {
  const now = history.at(-1)?.at ?? new Date(0);
  return readRuns(history).states.map(({ name, status, periods, attempts }) => ({
    name,
    status,
    durationMs: workedMs(periods, now),
    attempts: Math.max(1, attempts.length),
  }));
}

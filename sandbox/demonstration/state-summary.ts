import type { HistoryEvent } from '../step-functions/history.ts';

/** What became of a state that an execution entered. */
export interface StateSummary {
  readonly name: string;
  readonly status: 'running' | 'succeeded' | 'caught' | 'failed';
  /** From its entry to its exit or to the execution's end, retries and their delays included. */
  readonly durationMs: number;
  /** How often its work was begun: 1 plus the retries. */
  readonly attempts: number;
}

const FAILURES = new Set(['TaskFailed', 'TaskTimedOut']);

/** Sums an execution's history up, state by state in the order of entry. */
export function summarizeStates(history: readonly HistoryEvent[]): StateSummary[] {
  const states: {
    name: string;
    enteredAt: Date;
    lastAt: Date;
    attempts: number;
    open: boolean;
    failed: boolean;
  }[] = [];
  for (const { type, at, details } of history) {
    const present = states.at(-1);
    if (type.endsWith('StateEntered')) {
      states.push({
        name: String(details?.name),
        enteredAt: at,
        lastAt: at,
        attempts: 0,
        open: true,
        failed: false,
      });
      continue;
    }
    if (present === undefined) continue;
    present.lastAt = at;
    if (type === 'TaskScheduled') {
      present.attempts++;
      present.failed = false;
    }
    if (FAILURES.has(type)) present.failed = true;
    if (type.endsWith('StateExited')) present.open = false;
  }
  return states.map(({ name, enteredAt, lastAt, attempts, open, failed }) => ({
    name,
    status: failed ? (open ? 'failed' : 'caught') : open ? 'running' : 'succeeded',
    durationMs: lastAt.getTime() - enteredAt.getTime(),
    attempts: Math.max(1, attempts),
  }));
}

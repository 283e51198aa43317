import type { ExecutionStep } from './execution-steps.ts';

/** One visit to a state, for `--json`. */
export interface StateRecord {
  readonly state: string;
  /** Absent while it is running, and for the state that failed. */
  readonly durationMs?: number;
  readonly attempts: number;
  /** The errors of its failed attempts. */
  readonly errors: readonly string[];
}

/** Summarises the steps of an execution by state, in order of entry. */
export function recordOf(steps: readonly ExecutionStep[]): readonly StateRecord[] {
  const records: StateRecord[] = [];
  for (const step of steps) {
    const last = records.at(-1);
    if (step.kind === 'entered') records.push({ state: step.state, attempts: 1, errors: [] });
    else if (last === undefined) continue;
    else if (step.kind === 'attemptFailed') {
      records[records.length - 1] = { ...last, errors: [...last.errors, step.error] };
    } else if (step.kind === 'retried') records[records.length - 1] = { ...last, attempts: step.attempt };
    else if (step.kind === 'left') {
      records[records.length - 1] = { ...last, durationMs: step.durationMs };
    }
  }
  return records;
}

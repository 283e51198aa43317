import {
  type Attempt,
  type ExecutionRuns,
  type StateRun,
  workedMs,
} from '../../../step-functions/state-runs.ts';
import { type Extent, TimeAxis, type TimelineGap, type TimelineTick } from './time-axis.ts';

/** One attempt, or a visit to a state without attempts. */
export interface TimelineBar extends Extent {
  readonly status: StateRun['status'] | Attempt['status'];
  /** From 1; undefined for a state without attempts. */
  readonly attempt?: number;
  readonly durationMs: number;
  readonly error?: string;
}

/** A state that was entered. */
export interface TimelineRow {
  readonly name: string;
  /** When it ran, including the waits before retries. */
  readonly visits: readonly Extent[];
  readonly bars: readonly TimelineBar[];
}

/** The visits to the states on one axis. */
export interface Timeline {
  readonly rows: readonly TimelineRow[];
  readonly ticks: readonly TimelineTick[];
  readonly gaps: readonly TimelineGap[];
}

/** Lays out the states of an execution on one axis; an open run ends now. */
export function timelineOf({ states, periods }: ExecutionRuns, now: Date): Timeline {
  const axis = new TimeAxis(periods, now);
  return {
    rows: states.map(run => ({
      name: run.name,
      visits: run.periods.map(period => axis.extent(period)),
      bars: bars(run).map(({ period, ...bar }) => ({
        ...bar,
        ...axis.extent(period),
        durationMs: workedMs([period], now),
      })),
    })),
    ticks: axis.ticks(),
    gaps: axis.gaps(),
  };
}

function bars({ attempts, periods, status }: StateRun) {
  if (attempts.length === 0) return periods.map(period => ({ period, status }));
  return attempts.map(attempt => ({
    period: attempt,
    status: attempt.status,
    attempt: attempt.number,
    ...(attempt.error !== undefined && { error: attempt.error }),
  }));
}

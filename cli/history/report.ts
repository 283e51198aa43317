import { type Column, table } from '../shared/table.ts';
import type { Terminal } from '../shared/terminal.ts';
import { durationText, instantText } from '../shared/time-text.ts';
import type { PastRotation } from './past-rotation.ts';

const COLUMNS: readonly Column[] = [
  { head: 'STARTED' },
  { head: 'DURATION' },
  { head: 'RESULT' },
  { head: 'TOKEN GAP', dropped: 2 },
  { head: 'REDRIVES', dropped: 1 },
  { head: 'FAILURES' },
];

/** Shown for unknown and empty values. */
const NONE = '-';

/** Prints the rotations as a table, newest first. */
export function printHistory(rotations: readonly PastRotation[], terminal: Terminal): void {
  const rows = rotations.map(rotation => [
    instantText(rotation.startedAt),
    rotation.stoppedAt === undefined
      ? NONE
      : preciseText(rotation.stoppedAt.getTime() - rotation.startedAt.getTime()),
    terminal.style(COLOURS[rotation.status] ?? 'yellow', resultOf(rotation)),
    rotation.tokenGapMs === undefined ? NONE : preciseText(rotation.tokenGapMs),
    String(rotation.redriveCount),
    rotation.failures.map(({ state, error }) => `${state ?? 'unknown'}: ${error}`).join(', ') || NONE,
  ]);
  terminal.table(table(COLUMNS, rows, terminal.width));
}

/** The rotations as JSON: times in ISO 8601, unknown values as null. */
export function historyResult(rotations: readonly PastRotation[]): object[] {
  return rotations.map(rotation => ({
    execution: rotation.executionArn,
    startedAt: rotation.startedAt.toISOString(),
    stoppedAt: rotation.stoppedAt?.toISOString() ?? null,
    durationMs:
      rotation.stoppedAt === undefined ? null : rotation.stoppedAt.getTime() - rotation.startedAt.getTime(),
    status: rotation.status,
    result: resultOf(rotation),
    tokenGapMs: rotation.tokenGapMs ?? null,
    redriveCount: rotation.redriveCount,
    redrivenAt: rotation.redrivenAt.map(instant => instant.toISOString()),
    failures: rotation.failures.map(({ failedAt, state, error, message }) => ({
      failedAt: failedAt.toISOString(),
      state: state ?? null,
      error,
      message: message ?? null,
    })),
  }));
}

const COLOURS: Readonly<Partial<Record<PastRotation['status'], 'green' | 'cyan' | 'red'>>> = {
  SUCCEEDED: 'green',
  RUNNING: 'cyan',
  FAILED: 'red',
};

/** The result of a successful rotation, by its last state. */
const RESULTS: Readonly<Record<string, string>> = {
  Rotated: 'rotated',
  Superseded: 'superseded',
  ConfigurationChecked: 'configuration tested',
};

function resultOf({ status, lastState }: PastRotation): string {
  if (status === 'SUCCEEDED') return RESULTS[lastState ?? ''] ?? 'succeeded';
  return status.toLowerCase().replaceAll('_', ' ');
}

/** A duration with tenths of seconds if it is shorter than a minute. */
function preciseText(ms: number): string {
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : durationText(ms);
}

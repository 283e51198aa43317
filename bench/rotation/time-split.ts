import type { Wait, WaitKind } from './recorded-latencies.ts';

/** The parts of a rotation's time. */
export type TimePart = 'genesys' | 'aws' | 'orchestration' | 'coldStarts' | 'polling';

/** Ms for each part. */
export type TimeSplit = Readonly<Record<TimePart, number>>;

const PART_OF: Readonly<Record<WaitKind, TimePart>> = {
  genesys: 'genesys',
  aws: 'aws',
  transition: 'orchestration',
  invocation: 'orchestration',
  'cold-start': 'coldStarts',
};

/** No rotation waits for these functions. */
const NOT_AWAITED: ReadonlySet<string | undefined> = new Set(['notify', 'overdue-check']);

/** The function that waits for the workflow. */
const WAITING_FUNCTION = 'rotation';

/**
 * Splits a period of a rotation into parts. Time in which the workflow works counts as the workflow's, even while the
 * rotation function polls. The rest is polling: the rotation function sleeps, and nothing else happens.
 */
export function splitTime(waits: readonly Wait[], fromMs: number, toMs: number): TimeSplit {
  const path = waits.filter(({ by }) => !NOT_AWAITED.has(by));
  const edges = [...path.flatMap(wait => [wait.fromMs, wait.toMs]), fromMs, toMs]
    .filter(ms => ms >= fromMs && ms <= toMs)
    .sort((one, other) => one - other);
  const split: Record<TimePart, number> = { genesys: 0, aws: 0, orchestration: 0, coldStarts: 0, polling: 0 };
  for (const [index, startMs] of edges.entries()) {
    const endMs = edges[index + 1];
    if (endMs === undefined || endMs === startMs) continue;
    split[partAt(path, (startMs + endMs) / 2)] += endMs - startMs;
  }
  return split;
}

function partAt(path: readonly Wait[], atMs: number): TimePart {
  const active = path.filter(wait => wait.fromMs < atMs && atMs < wait.toMs);
  const wait = active.find(({ by }) => by !== WAITING_FUNCTION) ?? active[0];
  return wait === undefined ? 'polling' : PART_OF[wait.kind];
}

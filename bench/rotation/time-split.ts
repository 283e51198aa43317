import type { Wait, WaitKind } from './recorded-latencies.ts';

/** What the time of a rotation goes to. */
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

/** No rotation waits for these. */
const BESIDE: ReadonlySet<string | undefined> = new Set(['notify', 'watch']);

/** What only waits for the workflow, as long as that does something. */
const WAITING_FUNCTION = 'rotation';

/**
 * Splits a stretch of time by what a rotation did in it. Where the workflow does something while the rotation function
 * looks at it, the time belongs to the workflow. What is left is polling: the rotation function sleeps, although
 * nothing else is done any more.
 */
export function splitTime(waits: readonly Wait[], fromMs: number, toMs: number): TimeSplit {
  const path = waits.filter(({ by }) => !BESIDE.has(by));
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
  const under = path.filter(wait => wait.fromMs < atMs && atMs < wait.toMs);
  const wait = under.find(({ by }) => by !== WAITING_FUNCTION) ?? under[0];
  return wait === undefined ? 'polling' : PART_OF[wait.kind];
}

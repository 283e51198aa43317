import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { seededRandom } from '../../sandbox/seeded-random.ts';
import { synthesize } from '../../sandbox/synthesis.ts';
import { LATENCIES, type LatencyName, latencyMs } from '../latencies.ts';
import { type LowerBound, lowerBound } from './lower-bound.ts';
import { synthesizeOneLambda } from './one-lambda/stack.ts';
import { type RotationTimes, TimedSandbox } from './timed-sandbox.ts';

/** The measurements of a design. */
interface DesignTimes {
  /** The first rotation, with medians. */
  readonly cold: RotationTimes;
  /** The second rotation, with medians. */
  readonly warm: RotationTimes;
  /** Warm rotations with times drawn from the distributions. */
  readonly drawn: readonly RotationTimes[];
}

/** Rotations of this stack and of one Lambda, and the lower bound of any design. */
export interface RotationReport {
  readonly workflow: DesignTimes;
  readonly oneLambda: DesignTimes;
  /** This stack, with a credential that has two grants. */
  readonly twoGrants: Pick<DesignTimes, 'cold' | 'warm'>;
  readonly bound: {
    /** With the medians of the latencies. */
    readonly median: LowerBound;
    /** With times drawn from the distributions. */
    readonly drawn: readonly LowerBound[];
  };
}

/** Enough for a median that is accurate to about 2 %. */
const DRAWS = 300;

/** A secret cannot have more than 100 versions within a day. */
const DRAWS_PER_SANDBOX = 60;

/** Enough for a median that is accurate to a few ms. */
const BOUND_DRAWS = 2_000;

/**
 * Rotates a credential in the sandbox with realistic latencies. Only these advance the clock, so the durations are
 * exact: the speed of this machine does not matter, and computation in the functions takes no time.
 */
export async function measureRotation({ draws = DRAWS } = {}): Promise<RotationReport> {
  const directory = await mkdtemp(path.join(tmpdir(), 'rotation-bench-'));
  const [ours, theirs] = [path.join(directory, 'workflow'), path.join(directory, 'one-lambda')];
  try {
    await synthesize(ours);
    await synthesizeOneLambda(theirs);
    return {
      workflow: await measureDesign(ours, draws),
      oneLambda: await measureDesign(theirs, draws),
      twoGrants: await measureBatch(ours, 0, () => 0, 2),
      bound: measureBound(),
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function measureBound(): RotationReport['bound'] {
  const random = seededRandom(1);
  const drawn = Array.from({ length: BOUND_DRAWS }, () => lowerBound(name => latencyMs(name, random)));
  return { median: lowerBound(name => LATENCIES[name].p50Ms), drawn };
}

async function measureDesign(assemblyDirectory: string, draws: number): Promise<DesignTimes> {
  const random = seededRandom(1);
  const first = await measureBatch(assemblyDirectory, Math.min(draws, DRAWS_PER_SANDBOX), random);
  const drawn = [...first.drawn];
  while (drawn.length < draws) {
    const left = Math.min(draws - drawn.length, DRAWS_PER_SANDBOX);
    drawn.push(...(await measureBatch(assemblyDirectory, left, random)).drawn);
  }
  return { ...first, drawn };
}

async function measureBatch(
  assemblyDirectory: string,
  draws: number,
  random: () => number,
  grants: 1 | 2 = 1,
): Promise<DesignTimes> {
  let msOf = (name: LatencyName): number => LATENCIES[name].p50Ms;
  const sandbox = await TimedSandbox.start(assemblyDirectory, name => msOf(name), grants);
  try {
    const cold = await sandbox.rotate();
    const warm = await sandbox.rotate();
    msOf = name => Math.round(latencyMs(name, random));
    const drawn: RotationTimes[] = [];
    while (drawn.length < draws) drawn.push(await sandbox.rotate());
    return { cold, warm, drawn };
  } finally {
    await sandbox.close();
  }
}

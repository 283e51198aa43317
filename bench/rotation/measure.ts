import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { synthesize } from '../../sandbox/demonstration/synthesis.ts';
import { seededRandom } from '../../sandbox/seeded-random.ts';
import { LATENCIES, type LatencyName, latencyMs } from '../latencies.ts';
import { type LowerBound, lowerBound } from './lower-bound.ts';
import { synthesizeOneLambda } from './one-lambda/stack.ts';
import { type RotationTimes, TimedSandbox } from './timed-sandbox.ts';

/** What is known of a way to rotate. */
interface DesignTimes {
  /** Its first rotation, everything at its median. */
  readonly cold: RotationTimes;
  /** Its next one. */
  readonly warm: RotationTimes;
  /** Warm rotations with times drawn from their distributions. */
  readonly drawn: readonly RotationTimes[];
}

/** Rotations by this stack and by one Lambda, and the least that any design needs. */
export interface RotationReport {
  readonly workflow: DesignTimes;
  readonly oneLambda: DesignTimes;
  readonly bound: LowerBound;
}

/** A secret has no room for more versions than 100 within a day. */
const DRAWS = 60;

/**
 * Rotates a credential in the sandbox with realistic latencies. The time stands still but for those, so the durations
 * are exact: how fast this machine is does not matter, and what functions compute takes no time.
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
      bound: lowerBound(),
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function measureDesign(assemblyDirectory: string, draws: number): Promise<DesignTimes> {
  const random = seededRandom(1);
  let msOf = (name: LatencyName): number => LATENCIES[name].p50Ms;
  const sandbox = await TimedSandbox.start(assemblyDirectory, name => msOf(name));
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

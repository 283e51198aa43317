import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { withAssembly } from '../with-assembly.ts';
import type { FleetRun } from './rotate-fleet.ts';

/** Secrets rotated together, in fleets of several sizes. */
export interface FleetReport {
  /** The smallest fleet first. */
  readonly runs: readonly FleetRun[];
}

const SIZES = [1, 10, 100, 1_000];

const PROGRAM = fileURLToPath(new URL('main.ts', import.meta.url));

/** Rotates fleets one after the other, each in a process of its own, so that none has another's memory. */
export async function measureFleets({ sizes = SIZES } = {}): Promise<FleetReport> {
  return await withAssembly(async assemblyDirectory => {
    const runs: FleetRun[] = [];
    for (const size of sizes) {
      const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, assemblyDirectory, `${size}`]);
      runs.push(JSON.parse(stdout) as FleetRun);
    }
    return { runs };
  });
}

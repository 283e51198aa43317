import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { withAssembly } from '../with-assembly.ts';
import type { FleetRun } from './rotate-fleet.ts';

/** Fleets of several sizes. */
export interface FleetReport {
  /** The smallest fleet first. */
  readonly runs: readonly FleetRun[];
}

const SIZES = [1, 10, 100, 1_000];

const PROGRAM = fileURLToPath(new URL('main.ts', import.meta.url));

/** Rotates fleets one after the other, each in its own process, so that their memory is separate. */
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

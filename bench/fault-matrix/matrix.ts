import { type Cell, firstOutcome } from './expectation.ts';
import { KINDS, nameOf, type PlannedFault } from './rotation-calls.ts';
import { RotationTrials } from './rotation-trial.ts';

/** Rotations at a time, each in a sandbox of its own. */
const SANDBOXES = 2;

/** What a run of the matrix is about. */
export interface MatrixOptions {
  /** Where the stack was synthesised to. */
  readonly assemblyDirectory: string;
  /** Takes only the faults that this says yes to; all if left out. */
  readonly takes?: (fault: PlannedFault) => boolean;
}

/** Lets every fault befall every call of a rotation, one in each rotation; the cells are in the order of the calls. */
export async function runMatrix({ assemblyDirectory, takes = () => true }: MatrixOptions): Promise<Cell[]> {
  const sandboxes = await Promise.all(
    Array.from({ length: SANDBOXES }, () => RotationTrials.start(assemblyDirectory)),
  );
  try {
    const [sites = []] = await Promise.all(sandboxes.map(sandbox => sandbox.callSites()));
    const faults = sites
      .flatMap(site => KINDS[site.sort].map(kind => ({ site, kind })))
      .flatMap(fault => [{ ...fault, duration: 'once' } as const, { ...fault, duration: 'lasting' } as const])
      .filter(takes);
    const cells: Cell[] = [];
    const queue = faults.entries();
    await Promise.all(
      sandboxes.map(async sandbox => {
        for (const [index, fault] of queue) cells[index] = await runCell(sandbox, fault);
      }),
    );
    return cells;
  } finally {
    await Promise.all(sandboxes.map(sandbox => sandbox.close()));
  }
}

/** What `--only` is compared with. */
export function titleOf({ site, kind, duration }: PlannedFault): string {
  return `${nameOf(site)} ${kind} ${duration}`;
}

async function runCell(sandbox: RotationTrials, fault: PlannedFault): Promise<Cell> {
  const retried = await sandbox.run(fault, 'retry');
  const canBeRedriven = firstOutcome(retried) !== 'rotated' && retried.first.execution === 'FAILED';
  return { fault, retried, ...(canBeRedriven && { redriven: await sandbox.run(fault, 'redrive') }) };
}

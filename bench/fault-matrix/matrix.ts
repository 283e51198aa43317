import { type Cell, firstOutcome } from './expectation.ts';
import { kindsOf, nameOf, type PlannedFault } from './rotation-calls.ts';
import { RotationTrials, type TwoGrantsTrial } from './rotation-trial.ts';
import { SCENARIO_NAMES, SCENARIOS } from './scenarios.ts';

/** How many rotations run in parallel, each in its own sandbox. */
const SANDBOXES = 2;

/** The options of a run. */
export interface MatrixOptions {
  /** Where the stack was synthesised to. */
  readonly assemblyDirectory: string;
  /** Selects the faults to inject; default: all. */
  readonly includes?: (fault: PlannedFault) => boolean;
}

/** Injects every fault into every call of a rotation, one per rotation. The cells are in call order. */
export async function runMatrix({
  assemblyDirectory,
  includes = () => true,
}: MatrixOptions): Promise<Cell[]> {
  const sandboxes = await Promise.all(
    Array.from({ length: SANDBOXES }, () => RotationTrials.start(assemblyDirectory)),
  );
  try {
    const [planned = []] = await Promise.all(sandboxes.map(plannedFaults));
    const faults = planned.filter(includes);
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

/** The text that `--only` searches. */
export function titleOf({ scenario, site, kind, duration }: PlannedFault): string {
  const prefix = scenario === 'plain' ? '' : `${scenario}: `;
  return `${prefix}${nameOf(site)} ${kind} ${duration}`;
}

async function plannedFaults(sandbox: RotationTrials): Promise<PlannedFault[]> {
  const faults: PlannedFault[] = [];
  const plainNames = new Set<string>();
  for (const scenario of SCENARIO_NAMES) {
    for (const site of await sandbox.callSites(scenario)) {
      if (scenario === 'plain') plainNames.add(nameOf(site));
      if (!SCENARIOS[scenario].includes(site, plainNames.has(nameOf(site)))) continue;
      for (const kind of kindsOf(site)) {
        faults.push(
          { scenario, site, kind, duration: 'once' },
          { scenario, site, kind, duration: 'lasting' },
        );
      }
    }
  }
  return faults;
}

async function runCell(sandbox: RotationTrials, fault: PlannedFault): Promise<Cell> {
  const retried = await sandbox.run(fault, 'retry');
  const outcome = firstOutcome(retried);
  const canBeRedriven = outcome !== 'rotated' && retried.first.execution === 'FAILED';
  return {
    fault,
    retried,
    ...(canBeRedriven && { redriven: await sandbox.run(fault, 'redrive') }),
    ...(outcome === 'lost' && { withTwoGrants: await runWithTwoGrants(sandbox, fault) }),
  };
}

async function runWithTwoGrants(sandbox: RotationTrials, fault: PlannedFault): Promise<TwoGrantsTrial[]> {
  const retried = await sandbox.runWithTwoGrants(fault, 'retry');
  if (retried.first.execution !== 'FAILED') return [retried];
  return [retried, await sandbox.runWithTwoGrants(fault, 'redrive')];
}

import { figureTable } from '../markdown-table.ts';
import { growthExponent } from './growth.ts';
import type { FleetReport } from './measure.ts';
import { type FleetRun, ROTATION_FUNCTIONS, TASKS } from './rotate-fleet.ts';

/** The section on parallel rotations, as Markdown. */
export function fleetRunsSection({ runs }: FleetReport): string {
  const [first] = runs;
  if (first === undefined) throw new Error('No fleet was rotated.');
  return [
    '## Parallel rotations',
    '',
    `All secrets of a fleet are rotated at the same moment, by real processes in real time, each fleet in its own sandbox. The sandbox runs at most ${ROTATION_FUNCTIONS} rotation functions and ${TASKS} functions of the workflow in parallel, because a machine does not have the processors of Lambda. The others wait.`,
    '',
    '- *Time*: a multiple of the time of a single rotation in the same run.',
    '- *Processor*: the processor time of the sandbox and all functions, start and logins included.',
    '- *Sandbox*, *Functions*: peak memory (RSS) of the sandbox, and of all function processes together. Pages that processes share count for each.',
    '- *Failed*: rotations that Secrets Manager counts as failed.',
    '- *Lost*: credentials whose `AWSCURRENT` is incomplete or has a token that is not live, or that were refreshed twice.',
    '',
    ...figureTable(
      [
        'Secrets',
        'Time',
        'Rotations per second',
        'Slowest rotation',
        'Slowest execution',
        'Processor',
        'Sandbox',
        'Functions',
        'Failed',
        'Lost',
      ],
      runs.map(run => [
        run.secrets.toLocaleString('en'),
        `${(run.wallMs / first.wallMs).toFixed(1)}×`,
        ((run.secrets / run.wallMs) * 1000).toFixed(1),
        seconds(run.slowestRotationMs),
        seconds(run.slowestExecutionMs),
        seconds(run.processorMs),
        megabytes(run.memory.ownBytes),
        `${megabytes(run.memory.childrenBytes)} in ${run.memory.children}`,
        `${run.failed}`,
        `${run.lost}`,
      ]),
    ),
    '',
    ...growth(runs),
    'In an AWS account, quotas limit the number of secrets: see [fleet.md](fleet.md).',
    '',
  ].join('\n');
}

/** Empty unless there are two fleets to compare after the first one, which has the cost of the start. */
function growth(runs: readonly FleetRun[]): string[] {
  const [first] = runs;
  const [smaller, larger] = runs.slice(-2);
  if (first === undefined || smaller === undefined || larger === undefined || smaller === first) return [];
  const beyondFirst = ({ secrets, processorMs }: FleetRun) => ({
    size: secrets,
    amount: processorMs - first.processorMs,
  });
  const exponent = growthExponent(beyondFirst(smaller), beyondFirst(larger));
  return [
    `From ${smaller.secrets.toLocaleString('en')} to ${larger.secrets.toLocaleString('en')} secrets the processor time beyond that of a single rotation grows with the power ${exponent.toFixed(2)} of their number (1 is linear). The starts of processes lower it, because both fleets have the same number of them. Within the ${larger.secrets.toLocaleString('en')}, the second half of the executions took ${larger.secondHalfTimes.toFixed(2)}× as long as the first.`,
    '',
  ];
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6).toLocaleString('en')} MB`;
}

import { figureTable } from '../markdown-table.ts';
import { growthExponent } from './growth.ts';
import type { FleetReport } from './measure.ts';
import { type FleetRun, ROTATION_FUNCTIONS, TASKS } from './rotate-fleet.ts';

/** The section on many rotations at once, as Markdown. */
export function fleetRunsSection({ runs }: FleetReport): string {
  const [first] = runs;
  if (first === undefined) throw new Error('No fleet was rotated.');
  return [
    '## Many at once',
    '',
    `All secrets of a fleet are rotated at the same moment, by real processes in real time, each fleet in a sandbox of its own. The sandbox lets ${ROTATION_FUNCTIONS} rotation functions and ${TASKS} functions of the workflow run at a time, because a machine has not the processors of Lambda; the others wait for their turn. *Time* is a multiple of that of a single rotation in the same run, and *processor* is what the sandbox and all functions used until they had ended, start and logins included. *Memory* is the peak (RSS), of the sandbox and of all function processes together; pages that these share count for each. *Failed* are rotations that Secrets Manager calls failed, and *lost* are credentials whose \`AWSCURRENT\` is not complete and alive, or that were refreshed twice.`,
    '',
    ...figureTable(
      [
        'Secrets',
        'Time',
        'Rotations a second',
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
    'How many secrets an account on AWS can rotate is another question, which quotas answer: [fleet.md](fleet.md).',
    '',
  ].join('\n');
}

/** Nothing when there are not two fleets to compare, besides the one that tells what a start takes. */
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
    `From ${smaller.secrets.toLocaleString('en')} to ${larger.secrets.toLocaleString('en')} secrets the processor time beyond that of a single rotation grows with the power ${exponent.toFixed(2)} of their number, where 1 is linear. The starts of processes, which are as many in either, lower it; within the ${larger.secrets.toLocaleString('en')} the second half of the executions took ${larger.secondHalfTimes.toFixed(2)}× as long as the first.`,
    '',
  ];
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6).toLocaleString('en')} MB`;
}

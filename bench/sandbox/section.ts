import { figureTable } from '../markdown-table.ts';
import type { SandboxReport } from './measure.ts';

/** The suite is to take no longer than this on two processors. */
const LONGEST_SUITE_SECONDS = 90;

/** The section on the sandbox and the tests, as Markdown. */
export function sandboxSection(report: SandboxReport): string {
  const { repetitions, emptyMs, startMs, loadMs, readyBytes, rotatedBytes, functionsBytes } = report;
  return [
    '## The sandbox and the tests',
    '',
    `A sandbox is started as a process of its own, ${repetitions} times, in turns with Node.js and an empty program; the figures are medians, times are multiples of that empty program in the same run.`,
    '',
    ...figureTable(
      ['', 'Figure'],
      [
        ['Start, until it serves', `${(startMs / emptyMs).toFixed(1)}×`],
        ['of that loading its modules, types taken out', `${Math.round((100 * loadMs) / startMs)} %`],
        ['Memory when it serves', megabytes(readyBytes)],
        ['Memory after one rotation', megabytes(rotatedBytes)],
        ['Memory of the functions then', megabytes(functionsBytes)],
      ],
    ),
    '',
    suiteText(report.suiteSeconds),
    '',
  ].join('\n');
}

function suiteText(seconds: number | undefined): string {
  if (seconds === undefined) return 'The run of the whole suite was not measured (`--suite` does).';
  const verdict = seconds <= LONGEST_SUITE_SECONDS ? 'within' : 'beyond';
  return `The whole suite takes ${Math.round(seconds)} s on this machine, ${verdict} the ${LONGEST_SUITE_SECONDS} s that are allowed on two processors.`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

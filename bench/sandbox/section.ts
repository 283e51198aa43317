import { figureTable } from '../markdown-table.ts';
import type { SandboxReport } from './measure.ts';

/** The limit for the suite on two processors. */
const MAX_SUITE_SECONDS = 90;

/** The section on the sandbox and the tests, as Markdown. */
export function sandboxSection(report: SandboxReport): string {
  const { repetitions, emptyMs, startMs, loadMs, readyBytes, rotatedBytes, functionsBytes } = report;
  return [
    '## The sandbox and the tests',
    '',
    `A sandbox is started in its own process ${repetitions} times, alternating with an empty Node.js program. The figures are medians. Times are multiples of those of the empty program in the same run.`,
    '',
    ...figureTable(
      ['', 'Figure'],
      [
        ['Start, until it serves requests', `${(startMs / emptyMs).toFixed(1)}×`],
        ['Share of the start spent loading Node.js and modules', `${Math.round((100 * loadMs) / startMs)} %`],
        ['Memory when it serves requests', megabytes(readyBytes)],
        ['Memory after one rotation', megabytes(rotatedBytes)],
        ['Memory of the functions after one rotation', megabytes(functionsBytes)],
      ],
    ),
    '',
    suiteText(report.suiteSeconds),
    '',
  ].join('\n');
}

function suiteText(seconds: number | undefined): string {
  if (seconds === undefined) return 'The time of the whole test suite was not measured (use `--suite`).';
  const verdict = seconds <= MAX_SUITE_SECONDS ? 'within' : 'over';
  return `The whole test suite takes ${Math.round(seconds)} s on this machine, ${verdict} the limit of ${MAX_SUITE_SECONDS} s on two processors.`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

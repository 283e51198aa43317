import { figureTable } from '../markdown-table.ts';
import type { ProgramStartReport } from './measure.ts';

/** A start takes at most this multiple of an empty program. */
const TARGET = 4;

/** The section on the start of the program, as Markdown. */
export function programStartSection({ commands, help, firstStart, repetitions }: ProgramStartReport): string {
  const rows = [
    ...Object.entries(commands).map(([name, ratio]) => [`\`${name}\``, ratio] as const),
    ['`--help`', help] as const,
    ['`status` without compile cache', firstStart] as const,
  ];
  const met = rows.slice(0, -1).every(([, ratio]) => ratio <= TARGET);
  return [
    '## The program',
    '',
    `Each command of the packaged program is started ${repetitions} times, alternating with an empty program. *Start* is the time from the start of the process until its first request to AWS, or until it exits, as a multiple of the empty program in the same run. The figures are medians. Node.js 22 and newer cache the compiled code in the folder of the package, if the user can write there; the last row is a start without this cache. Target: at most ${TARGET}×, ${met ? 'met' : 'missed'}.`,
    '',
    ...figureTable(
      ['Command', 'Start'],
      rows.map(([name, ratio]) => [name, `${ratio.toFixed(2)}×`]),
    ),
    '',
  ].join('\n');
}

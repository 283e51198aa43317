import Table from 'cli-table3';
import { columns, wrapped } from './terminal.ts';

/** No lines between cells, so that the table can be cut by awk and pasted. */
const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** A column of a table. */
export interface Column {
  readonly head: string;
  /** Order in which columns are dropped where the table is too wide, highest first. Columns without it stay. */
  readonly dropped?: number;
}

const GAP = 2;

/**
 * Formats a table with one line per row. Cells may be coloured. Where it is wider than `width`, columns are dropped,
 * and then the cells of the last column are folded.
 *
 * @param width in columns of the terminal; undefined for any width
 */
export function table(
  all: readonly Column[],
  allRows: readonly (readonly string[])[],
  width = Number.POSITIVE_INFINITY,
): string {
  const shown = new Set(all.keys());
  const widthOfColumn = (index: number): number =>
    Math.max(columns(all[index]?.head ?? ''), ...allRows.map(row => columns(row[index] ?? '')));
  const widthOfAll = (indices: Iterable<number>): number =>
    [...indices].reduce((sum, index) => sum + widthOfColumn(index) + GAP, -GAP);
  const droppable = [...all.keys()]
    .filter(index => all[index]?.dropped !== undefined)
    .sort((one, other) => (all[other]?.dropped ?? 0) - (all[one]?.dropped ?? 0));
  for (const index of droppable) if (widthOfAll(shown) > width) shown.delete(index);

  const kept = [...shown];
  const last = kept.at(-1) ?? 0;
  const leftForLast = width - widthOfAll(kept) + widthOfColumn(last);
  const cell = (row: readonly string[], index: number): string => {
    const text = row[index] ?? '';
    return index === last && leftForLast > 0 ? wrapped(text, leftForLast) : text;
  };
  const made = new Table({
    chars: NO_LINES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  made.push(
    kept.map(index => all[index]?.head ?? ''),
    ...allRows.map(row => kept.map(index => cell(row, index))),
  );
  return made
    .toString()
    .split('\n')
    .map(line => line.trimEnd())
    .join('\n');
}

/** Shortens a text to `width` columns in its middle, because names differ at their ends. */
export function shortened(text: string, width: number): string {
  const characters = [...text];
  if (characters.length <= width) return text;
  const end = Math.floor((width - 1) / 2);
  return `${characters.slice(0, width - 1 - end).join('')}…${characters.slice(-end).join('')}`;
}

import Table from 'cli-table3';
import { columns, wrap } from './terminal.ts';

/** No borders, so tables can be piped to awk and pasted. */
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
  /** The order in which columns are dropped from a table that is too wide, highest first. Others are never dropped. */
  readonly dropped?: number;
}

const GAP = 2;

/**
 * Formats a table with one line per row. Cells may be coloured. If it is wider than `width`, columns are dropped, and
 * then the cells of the last column are wrapped.
 *
 * @param width in columns of the terminal; undefined for no limit
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
    return index === last && leftForLast > 0 ? wrap(text, leftForLast) : text;
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

/** Shortens a text to `width` columns by cutting its middle, because names differ at both ends. */
export function shorten(text: string, width: number): string {
  const characters = [...text];
  if (characters.length <= width) return text;
  const end = Math.floor((width - 1) / 2);
  return `${characters.slice(0, width - 1 - end).join('')}…${characters.slice(-end).join('')}`;
}

import Table from 'cli-table3';

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

/** Formats a table with one line per row. Cells may be coloured. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const made = new Table({
    chars: NO_LINES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  made.push([...head], ...rows.map(row => [...row]));
  return made
    .toString()
    .split('\n')
    .map(line => line.trimEnd())
    .join('\n');
}

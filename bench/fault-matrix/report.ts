import type { FaultKind } from '../../sandbox/faults/fault-rule.ts';
import { type Cell, type FirstOutcome, firstOutcome } from './expectation.ts';
import { type CallSite, KINDS, nameOf } from './rotation-calls.ts';

/** How outcomes are written in the tables, and what they mean. */
const CODES: Readonly<Record<FirstOutcome, readonly [code: string, meaning: string]>> = {
  rotated: [
    '✓',
    'rotated: the retries of the AWS SDK or of the state machine were enough, or none was needed',
  ],
  'confirmed later': [
    'C',
    'AWSCURRENT is rotated, but the execution or the rotation function could not say so; the next attempt confirms it',
  ],
  'not started': ['N', 'no execution began, nothing was spent; the next attempt starts it'],
  unspent: ['U', 'the execution failed before anything was spent: the token of AWSCURRENT is the newest'],
  sealed: [
    'S',
    'the execution failed with the new tokens sealed in its state: nothing is spent a second time',
  ],
  stored: ['P', 'the execution failed with the new tokens stored as the pending version'],
  lost: [
    'L',
    'Genesys Cloud spent the refresh token, and its answer reached nobody: someone has to log in again',
  ],
};

const SORTS = {
  invocation: 'Its invocation',
  aws: 'Its calls of AWS',
  genesys: 'Its calls of Genesys Cloud',
} as const satisfies Record<CallSite['sort'], string>;

const SORT_NAMES = ['invocation', 'aws', 'genesys'] as const;

const NOT_ACCEPTED = 'none: Secrets Manager did not accept who wrote the version';

/** Writes the matrix as a page of Markdown. It holds nothing that differs from one run to the next. */
export function report(cells: readonly Cell[]): string {
  const functionNames = [...new Set(cells.map(({ fault }) => fault.site.functionName))];
  const lost = cells.filter(({ retried }) => firstOutcome(retried) === 'lost');
  return [
    '# Fault matrix',
    'Each kind of fault, at each call that a rotation makes: one fault in each rotation, in the sandbox, with the deployed functions. `npm run fault-matrix` runs it and writes this page. The kinds are described in [sandbox/README.md](../sandbox/README.md).',
    'A cell has two outcomes of the first attempt: when the fault comes **once**, and when it **lasts** until it is cleared.',
    [
      '| Code | Outcome of the first attempt |',
      '| --- | --- |',
      ...Object.values(CODES).map(([code, meaning]) => `| ${code} | ${meaning} |`),
    ].join('\n'),
    `**Result.** ${cells.length} faults. AWSCURRENT was a complete credential at all times, and no token, client secret, RotationToken or data key stood in any log, history, input, output, error or answer. With every code but L the rotation ended rotated, with one refresh in all, once the fault was gone: by Secrets Manager's next attempt, and (where an execution had failed) also by a redrive alone. With L, the ${lost.length} cells listed at the end, AWSCURRENT was untouched.`,
    ...functionNames.flatMap(functionName =>
      section(
        functionName,
        cells.filter(({ fault }) => fault.site.functionName === functionName),
      ),
    ),
    '## Where a new login is needed',
    'Genesys Cloud has traded the refresh token, and the new one was on the way when the connection, the answer or the function was lost. The workflow tries once more, which is the only chance left; the error says that the token was probably spent.',
    exceptions(lost),
    '',
  ]
    .join('\n\n')
    .trimEnd()
    .concat('\n');
}

/** How many cells there are of each outcome, in one line. */
export function summary(cells: readonly Cell[]): string {
  const counts = Object.keys(CODES).map(outcome => {
    const count = cells.filter(({ retried }) => firstOutcome(retried) === outcome).length;
    return `${count} ${outcome}`;
  });
  return `${cells.length} faults: ${counts.join(', ')}`;
}

function section(functionName: string, cells: readonly Cell[]): string[] {
  const tables = SORT_NAMES.flatMap(sort => {
    const ofSort = cells.filter(({ fault }) => fault.site.sort === sort);
    return ofSort.length === 0 ? [] : [`${SORTS[sort]}:`, table(ofSort)];
  });
  const failed = cells.filter(({ retried }) => firstOutcome(retried) !== 'rotated');
  return [`## ${functionName}`, ...tables, 'How the first attempts failed:', failures(failed)];
}

function table(cells: readonly Cell[]): string {
  const kinds = KINDS[cells[0]?.fault.site.sort ?? 'aws'].filter(kind =>
    cells.some(({ fault }) => fault.kind === kind),
  );
  const names = [...new Set(cells.map(({ fault }) => fault.site.name))];
  const rows = names.map(name => {
    const codes = kinds.map(kind =>
      cells
        .filter(({ fault }) => fault.site.name === name && fault.kind === kind)
        .map(({ retried }) => CODES[firstOutcome(retried)][0])
        .join(' '),
    );
    return [name, ...codes];
  });
  return markdownTable(['once, lasting', ...kinds], rows);
}

/** The errors, each with the faults that led to it. */
function failures(cells: readonly Cell[]): string {
  const faults = new Map<string, Map<CallSite['sort'], Set<FaultKind>>>();
  for (const { fault, retried } of cells) {
    const { state, error } = retried.first;
    const where = state === undefined ? 'the rotation function' : `the state ${state}`;
    const key = error === undefined ? NOT_ACCEPTED : `\`${error}\` of ${where}`;
    const bySort = faults.get(key) ?? new Map<CallSite['sort'], Set<FaultKind>>();
    faults.set(key, bySort);
    bySort.set(fault.site.sort, (bySort.get(fault.site.sort) ?? new Set()).add(fault.kind));
  }
  const sorts = SORT_NAMES.filter(sort => cells.some(({ fault }) => fault.site.sort === sort));
  const rows = [...faults].map(([key, bySort]) => [
    key,
    ...sorts.map(sort => [...(bySort.get(sort) ?? [])].join(', ')),
  ]);
  return markdownTable(['Error', ...sorts.map(sort => SORTS[sort])], rows);
}

function exceptions(cells: readonly Cell[]): string {
  const rows = cells.map(({ fault, retried }) => [
    nameOf(fault.site),
    `${fault.kind}, ${fault.duration}`,
    `\`${retried.first.error}\``,
    `\`${retried.last?.error}\``,
  ]);
  return markdownTable(['Call', 'Fault', 'First attempt', 'Retry and redrive'], rows);
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map(row => `| ${row.join(' | ')} |`).join('\n');
}

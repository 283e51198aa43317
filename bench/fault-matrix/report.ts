import { type Cell, type FirstOutcome, firstOutcome } from './expectation.ts';
import { type CallSite, kindsOf, type MatrixFault, nameOf } from './rotation-calls.ts';
import { SCENARIO_NAMES, SCENARIOS, type Scenario } from './scenarios.ts';

/** The codes of the tables and their meanings. */
const CODES: Readonly<Record<FirstOutcome, readonly [code: string, meaning: string]>> = {
  rotated: ['✓', 'Rotated. Retries of the AWS SDK or of the state machine were enough, or none was needed.'],
  'confirmed later': [
    'C',
    'AWSCURRENT has moved, but Secrets Manager counts the attempt as failed. Its next attempt confirms the rotation.',
  ],
  'not started': ['N', 'No execution started, and nothing was spent. The next attempt starts one.'],
  unspent: ['U', 'The execution failed before anything was spent.'],
  stored: ['P', 'The execution failed. The new tokens are in the pending version and in the journal.'],
  recorded: ['J', 'The execution failed. The new tokens are in the journal.'],
  sealed: ['S', 'The execution failed. The new tokens are only in its state, sealed.'],
  lost: [
    'L',
    'Genesys Cloud spent the refresh token, and no copy of the new one exists. Somebody must log in again.',
  ],
};

const SORTS = {
  invocation: 'Its invocation',
  aws: 'Its AWS calls',
  genesys: 'Its Genesys Cloud calls',
} as const satisfies Record<CallSite['sort'], string>;

const SORT_NAMES = ['invocation', 'aws', 'genesys'] as const;

const NOT_ACCEPTED = 'none: Secrets Manager did not accept the identity that wrote the version';

/** The matrix as a Markdown page. It contains nothing that varies between runs. */
export function report(cells: readonly Cell[]): string {
  const lost = cells.filter(({ retried }) => firstOutcome(retried) === 'lost');
  return [
    '# Fault matrix',
    'For reviewers and maintainers: the outcome of every kind of fault at every call of a rotation. Each code in a table is the result of a separate rotation in the sandbox with the deployed functions. `npm run fault-matrix` runs them and writes this page. [sandbox/README.md](../sandbox/README.md#faults) describes the faults. With `killed-before` and `killed-after`, the process of the function is killed immediately before or after a write takes effect.',
    'Each cell has two codes: the first if the fault occurs **once**, the second if it **lasts** until it is cleared.',
    [
      '| Code | Outcome of the first attempt |',
      '| --- | --- |',
      ...Object.values(CODES).map(([code, meaning]) => `| ${code} | ${meaning} |`),
    ].join('\n'),
    `**Result.** ${cells.length} faults. In every rotation:`,
    [
      '- AWSCURRENT was a complete credential after the first attempt and at the end.',
      '- No log, history, input, output, error or response contained a token, client secret, RotationToken or data key.',
      "- With every code but L, a rotation could get from AWSCURRENT to the newest refresh token after the first attempt and at the end. Once the fault was cleared, Secrets Manager's next attempt completed the rotation, and so did a redrive if an execution had failed. Each rotation had one execution and one refresh.",
      `- With code L (${lost.length} cells, [listed at the end](#where-a-new-login-is-needed)), AWSCURRENT was unchanged. With [two grants](alternating-grants.md), none of them needed a new login.`,
    ].join('\n'),
    ...SCENARIO_NAMES.flatMap(scenario => sections(scenario, cells)),
    '## Where a new login is needed',
    'Genesys Cloud exchanged the refresh token, and the new one was lost: the response never reached the function, the function was killed before it wrote to the journal, or the journal refused the result and the function ended without returning it. After the deadline of the exchange, the workflow presents the old token again, which is the only remaining option. The error message says that the token was probably spent.',
    'The last column shows the same fault for a secret with two grants that had been rotated before. The access token in AWSCURRENT worked after the first attempt and at the end, and the lost grant was dropped and reported.',
    exceptions(lost),
    '',
  ]
    .join('\n\n')
    .trimEnd()
    .concat('\n');
}

/** The number of cells with each outcome, in one line. */
export function summary(cells: readonly Cell[]): string {
  const counts = Object.keys(CODES).map(outcome => {
    const count = cells.filter(({ retried }) => firstOutcome(retried) === outcome).length;
    return `${count} ${outcome}`;
  });
  return `${cells.length} faults: ${counts.join(', ')}`;
}

function sections(scenario: Scenario, all: readonly Cell[]): string[] {
  const cells = all.filter(({ fault }) => fault.scenario === scenario);
  const functionNames = [...new Set(cells.map(({ fault }) => fault.site.functionName))];
  const { title, description } = SCENARIOS[scenario];
  return functionNames.flatMap((functionName, index) => [
    `## ${title}${functionName}`,
    ...(index === 0 && description !== '' ? [description] : []),
    ...tables(cells.filter(({ fault }) => fault.site.functionName === functionName)),
  ]);
}

function tables(cells: readonly Cell[]): string[] {
  const failed = cells.filter(({ retried }) => firstOutcome(retried) !== 'rotated');
  return [
    ...SORT_NAMES.flatMap(sort => {
      const ofSort = cells.filter(({ fault }) => fault.site.sort === sort);
      return ofSort.length === 0 ? [] : [`${SORTS[sort]}:`, table(ofSort)];
    }),
    ...(failed.length === 0 ? [] : ['Errors of the first attempts:', failures(failed)]),
  ];
}

function table(cells: readonly Cell[]): string {
  const kinds = [...new Set(cells.flatMap(({ fault }) => kindsOf(fault.site)))].filter(kind =>
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
  const faults = new Map<string, Map<CallSite['sort'], Set<MatrixFault>>>();
  for (const { fault, retried } of cells) {
    const { state, error } = retried.first;
    const where = state === undefined ? 'the rotation function' : `the state ${state}`;
    const key = error === undefined ? NOT_ACCEPTED : `\`${error}\` in ${where}`;
    const bySort = faults.get(key) ?? new Map<CallSite['sort'], Set<MatrixFault>>();
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
  const rows = cells.map(({ fault, retried, withTwoGrants = [] }) => [
    `${SCENARIOS[fault.scenario].title}${nameOf(fault.site)}`,
    `${fault.kind}, ${fault.duration}`,
    `\`${retried.first.error}\``,
    `\`${retried.last?.error}\``,
    withTwoGrants[0]?.last === undefined ? 'rotated' : 'rotated after the retry or redrive',
  ]);
  return markdownTable(['Call', 'Fault', 'First attempt', 'Retry and redrive', 'With two grants'], rows);
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map(row => `| ${row.join(' | ')} |`).join('\n');
}

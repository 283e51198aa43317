import { figureTable } from '../markdown-table.ts';
import { FIGURES, type SoakFigures } from './figures.ts';
import type { SoakOptions } from './soak-options.ts';

/** The options of a soak on the command line. */
export type SoakArguments = Omit<SoakOptions, 'assemblyDirectory' | 'operatorAfterMs'> & {
  /** In hours. */
  readonly operatorAfter: number;
};

export const REPORT_FILE = 'docs/soak.md';

const USUAL: SoakArguments = {
  days: 30,
  secrets: 3,
  faultRate: 0.05,
  seed: 1,
  schedule: 'rate(8 hours)',
  window: '1h',
  operatorAfter: 4,
  retryToken: 'same',
  people: false,
  pendingAfterForeignWrite: 'removed',
  refreshRevokesAccessTokens: true,
  reuseRevokesLineage: false,
};

/** The runs of the report, in its order. */
export const REPORT_RUNS: readonly SoakArguments[] = [
  { ...USUAL, faultRate: 0 },
  { ...USUAL, faultRate: 0.01 },
  { ...USUAL, faultRate: 0.05 },
  { ...USUAL, faultRate: 0.05, seed: 2 },
  { ...USUAL, faultRate: 0.05, seed: 3 },
  { ...USUAL, faultRate: 0.05, retryToken: 'fresh' },
  { ...USUAL, faultRate: 0.2 },
  { ...USUAL, faultRate: 0.2, retryToken: 'fresh' },
  { ...USUAL, schedule: 'rate(4 hours)', operatorAfter: 24 },
  { ...USUAL, days: 365, faultRate: 0.01 },
  { ...USUAL, days: 365 },
];

/** The report, as Markdown. */
export function reportOf(
  rows: readonly { readonly run: SoakArguments; readonly figures: SoakFigures }[],
): string {
  const names = Object.keys(FIGURES) as (keyof SoakFigures)[];
  const rotations = rows.reduce((sum, { figures }) => sum + figures.rotations, 0);
  const faults = rows.reduce((sum, { figures }) => sum + figures.faultsInjected, 0);
  return [
    '# Soak',
    '',
    'A soak rotates credentials for months of simulated time while faults occur at random. It runs the deployed functions in the sandbox.',
    '',
    `\`npm run soak -- --report\` makes the runs below and writes this page; that takes about an hour. All rows were run on ${new Date().toISOString().slice(0, 10)}. With the same functions, a run with the same options prints the same figures (\`npm run soak -- --help\`).`,
    '',
    '- **Secrets Manager** rotates by the schedule and retries failed rotations.',
    '- **Faults** of a random kind are injected into a share of all calls: the AWS calls of the functions, their invocations, and their requests to Genesys Cloud. Some of them spend a refresh token and lose the response. Faults are far more frequent than in production, so that several meet in one rotation.',
    '- **A consumer** for each secret reads `AWSCURRENT` every hour and calls Genesys Cloud with its access token. On a 401 it reads `AWSCURRENT` again and retries once.',
    '- **An operator** follows the runbook some hours after each failure (half to one and a half of `--operator-after`). If the execution is still failed, the operator redrives it: after a login when the error is RefreshTokenRejected, after a redrive of the named execution when it is ExchangeUnsettled.',
    '- **Genesys Cloud** issues access tokens with a lifetime of a day. Refresh tokens are single-use, and a refresh ends the access tokens before it: the worst case.',
    '',
    `In ${rotations.toLocaleString('en')} rotations with ${faults.toLocaleString('en')} faults:`,
    '',
    ...findings(rows.map(({ figures }) => figures)).map(finding => `- ${finding}`),
    '',
    '## Figures',
    '',
    ...names.map(name => `- \`${name}\`: ${FIGURES[name]}.`),
    '',
    '## Runs',
    '',
    ...figureTable(
      ['#', ...names],
      rows.map(({ figures }, index) => [`${index + 1}`, ...names.map(name => `${figures[name]}`)]),
    ),
    '',
    'The commands of the rows:',
    '',
    ...rows.map(({ run }, index) => `${index + 1}. \`${commandOf(run)}\``),
    '',
  ].join('\n');
}

function findings(all: readonly SoakFigures[]): string[] {
  const sum = (name: keyof SoakFigures): string =>
    all.reduce((total, figures) => total + figures[name], 0).toLocaleString('en');
  return [
    `${sum('unrecoverable')} refresh tokens were lost that could have been saved, or credentials did not work in the end.`,
    `${sum('lostInTransit')} refresh tokens were lost because no copy existed: the response never reached the function, or the function was lost and the journal refused the result. Each needed a login.`,
    `Executions failed ${sum('executionsFailed')} times, and ${sum('redrives')} redrives followed.`,
    `${sum('leaks')} log lines, history events, inputs, responses, errors or journal writes contained a secret.`,
  ];
}

function commandOf(run: SoakArguments): string {
  const options = [
    ['--days', run.days],
    ['--secrets', run.secrets],
    ['--fault-rate', run.faultRate],
    ['--seed', run.seed],
    ...(run.schedule === USUAL.schedule ? [] : [['--schedule', `'${run.schedule}'`]]),
    ...(run.operatorAfter === USUAL.operatorAfter ? [] : [['--operator-after', `${run.operatorAfter}h`]]),
    ...(run.retryToken === USUAL.retryToken ? [] : [['--retry-token', run.retryToken]]),
  ];
  return `npm run soak -- ${options.flat().join(' ')} --json`;
}

import { figureTable } from '../markdown-table.ts';
import { FIGURES, type SoakFigures } from './figures.ts';
import type { SoakOptions } from './soak-options.ts';

/** The options of a soak as they are given on the command line. */
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
};

/** What the report shows, in its order. */
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

/** The report on runs, as Markdown. */
export function reportOf(
  rows: readonly { readonly run: SoakArguments; readonly figures: SoakFigures }[],
): string {
  const names = Object.keys(FIGURES) as (keyof SoakFigures)[];
  const rotations = rows.reduce((sum, { figures }) => sum + figures.rotations, 0);
  const faults = rows.reduce((sum, { figures }) => sum + figures.faultsInjected, 0);
  return [
    '# Soak',
    '',
    'Written by `npm run soak -- --report`, which takes some 20 minutes; with the same functions a run with the same options prints the same figures (`npm run soak -- --help`).',
    '',
    `Run on ${new Date().toISOString().slice(0, 10)}.`,
    '',
    'Simulated time with the functions as they are deployed. Secrets Manager rotates by the schedule and retries what fails. A share of all calls is befallen by a fault of a random kind: the AWS calls of the functions, their invocations, and their requests to Genesys Cloud; among the kinds are those that spend a refresh token and lose the answer. A consumer for each secret reads `AWSCURRENT` every hour, calls Genesys Cloud with it, and reads it once more on a 401. An operator comes some hours after each failure (half to one and a half of `--operator-after`) and redrives the execution if it is still failed. One that ended in RefreshTokenRejected needs a login before that; but first the operator redrives what else of this secret has failed, because the tokens may be sealed there. Access tokens live a day. Refresh tokens are single-use, and a refresh ends the access tokens before it: the worst case. Faults are far more frequent here than in the field, so that they meet each other.',
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
    `${sum('refreshTokensLost')} were lost because Genesys Cloud's answer never reached the rotation. Each needed a login.`,
    `${sum('executionsFailed')} times an execution failed, and ${sum('redrives')} redrives followed.`,
    `${sum('leaks')} log lines, history events, inputs, answers or errors held a secret.`,
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

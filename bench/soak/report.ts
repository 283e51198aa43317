import { figureTable } from '../markdown-table.ts';
import { FIGURES, type SoakFigures } from './figures.ts';
import type { ComparedFigures } from './single-lambda/single-lambda-soak.ts';
import type { SoakOptions } from './soak-options.ts';

/** The options of a soak on the command line. */
export type SoakArguments = Omit<SoakOptions, 'assemblyDirectory' | 'operatorAfterMs'> & {
  /** In hours. */
  readonly operatorAfter: number;
};

export const REPORT_FILE = 'docs/soak.md';

const DEFAULTS: SoakArguments = {
  days: 30,
  secrets: 3,
  faultRate: 0.05,
  seed: 1,
  schedule: 'rate(8 hours)',
  window: '1h',
  operatorAfter: 4,
  retryToken: 'same',
  alternating: false,
  people: false,
  pendingAfterForeignWrite: 'removed',
  refreshRevokesAccessTokens: true,
  reuseRevokesLineage: false,
};

/** The number of seeds with people. */
const PEOPLE_RUNS = 40;

/** The runs of the report, in its order. */
export const REPORT_RUNS: readonly SoakArguments[] = [
  ...Array.from({ length: PEOPLE_RUNS }, (_, index) => peopleRun(index)),
  { ...DEFAULTS, faultRate: 0 },
  { ...DEFAULTS, faultRate: 0.01 },
  { ...DEFAULTS, faultRate: 0.05 },
  { ...DEFAULTS, faultRate: 0.05, seed: 2 },
  { ...DEFAULTS, faultRate: 0.05, seed: 3 },
  { ...DEFAULTS, faultRate: 0.05, retryToken: 'fresh' },
  { ...DEFAULTS, faultRate: 0.2 },
  { ...DEFAULTS, faultRate: 0.2, retryToken: 'fresh' },
  { ...DEFAULTS, schedule: 'rate(4 hours)', operatorAfter: 24 },
];

/** A seed that was run with two grants and with one. */
export interface AlternatingRow {
  readonly seed: number;
  readonly twoGrants: SoakFigures;
  readonly oneGrant: SoakFigures;
}

/** The seeds that are run with two grants and with one. */
export const ALTERNATING_SEEDS: readonly number[] = Array.from({ length: 10 }, (_, index) => index + 1);

/** The run of a seed with people, and with two grants or one. */
export function alternatingRun(seed: number, alternating: boolean): SoakArguments {
  return { ...DEFAULTS, days: 60, seed, alternating, people: true };
}

/** Whether this run is repeated with the single Lambda function: the first runs with people, and some without. */
export function isCompared(index: number): boolean {
  return index < 4 || (index >= PEOPLE_RUNS && index < PEOPLE_RUNS + 3);
}

/** The runs with people cover all combinations of the behaviour that AWS and Genesys Cloud do not specify. */
function peopleRun(index: number): SoakArguments {
  return {
    ...DEFAULTS,
    people: true,
    schedule: 'rate(4 hours)',
    faultRate: index % 3 === 2 ? 0.1 : 0.03,
    seed: index + 1,
    retryToken: index % 2 === 0 ? 'same' : 'fresh',
    refreshRevokesAccessTokens: index % 4 < 2,
    reuseRevokesLineage: index % 8 < 4,
    pendingAfterForeignWrite: index % 16 < 8 ? 'removed' : 'kept',
  };
}

/** A run of the report and its result. */
export interface ReportRow {
  readonly run: SoakArguments;
  readonly figures: SoakFigures;
  /** The same run with the single Lambda function; only where {@link isCompared}. */
  readonly singleLambda?: ComparedFigures;
}

/** The report, as Markdown. */
export function reportOf(rows: readonly ReportRow[], alternating: readonly AlternatingRow[]): string {
  const withPeople = rows.filter(({ run }) => run.people);
  const withoutPeople = rows.filter(({ run }) => !run.people);
  return [
    '# Soak',
    '',
    'For reviewers and maintainers: whether tokens are ever lost, and how long consumers are without a working one, when many faults coincide. A soak rotates credentials in the sandbox with the deployed functions for weeks of simulated time, while faults occur at random.',
    '',
    `\`npm run soak -- --report\` makes the runs below and writes this page; that takes one to two hours. All rows were run on ${new Date().toISOString().slice(0, 10)}. With the same functions, a run with the same options prints nearly the same figures: calls that a function makes concurrently can arrive in a different order (\`npm run soak -- --help\`).`,
    '',
    '- **Secrets Manager** rotates on the schedule and retries failed rotations.',
    '- **Faults** of a random kind are injected into a share of all calls: the AWS calls of the functions, their invocations, and their requests to Genesys Cloud. Some of them spend a refresh token and lose the response. Faults are far more frequent than in production, so that several coincide in one rotation.',
    '- **A consumer** for each secret reads `AWSCURRENT` every hour and calls Genesys Cloud with its access token. On a 401 it reads `AWSCURRENT` again and retries once.',
    '- **An operator** follows the runbook some hours after each failure (0.5 to 1.5 times `--operator-after`, by default 4 hours). If the execution has not succeeded by then, the operator redrives it: after a login if the error is RefreshTokenRejected, after a redrive of the named execution if it is ExchangeUnsettled.',
    '- **Genesys Cloud** issues access tokens with a lifetime of a day. Refresh tokens are single-use. Unless the options say otherwise, a refresh revokes earlier access tokens.',
    '',
    '## With people',
    '',
    '`--people` adds:',
    '',
    '- **People** act at random moments, about once every 12 hours on each secret, and often in the middle of an execution: they edit an unrelated key, roll back by moving labels, restore an old value, stage a version under a custom label, leave AWSPENDING on a version of their own, log in, cancel the rotation (and enable it again within hours), stop an execution, and redrive any failed execution.',
    '- **Slow calls**: responses of the token endpoint take up to 19 s, and functions take up to 9 s to initialise. Some functions start only after Step Functions has timed out their Task, and run as orphans.',
    '- **Stale reads**: reads of Secrets Manager and ListExecutions do not show what was written in the last 2 s.',
    '',
    ...section(withPeople, 0),
    '',
    ...alternatingSection(alternating),
    '## Without people',
    '',
    ...section(withoutPeople, withPeople.length),
    '',
    '## Comparison with a single Lambda function',
    '',
    'The same seeds were run with a reimplementation of the rotation function that this project replaces: one Lambda function that refreshes, stores, tests and promotes ([bench/soak/single-lambda](../bench/soak/single-lambda/handler.ts)). A token counts as lost when an operator must log in again because the refresh token in `AWSCURRENT` does not work; each such login counts as a rescue.',
    '',
    ...figureTable(
      ['#', 'design', 'rotations', 'tokens lost', 'human rescues', 'failed consumer calls', 'consumer calls'],
      [...withPeople, ...withoutPeople].flatMap((row, index) => comparedRows(row, index + 1)),
    ),
    '',
    ...figuresSection(),
    '## Commands',
    '',
    ...[...withPeople, ...withoutPeople].map(
      ({ run }, index) =>
        `${index + 1}. \`npm run soak -- ${argumentsOf(run).map(quoted).join(' ')} --json\``,
    ),
    '',
  ].join('\n');
}

/** The report with its section on alternating grants replaced. */
export function withAlternatingSection(report: string, rows: readonly AlternatingRow[]): string {
  const [before = '', after = ''] = report.split(
    /^## With alternating grants$[\s\S]*?(?=^## Without people$)/m,
  );
  const others = after.replace(/^## Figures$[\s\S]*?(?=^## Commands$)/m, `${figuresSection().join('\n')}\n`);
  return `${before}${alternatingSection(rows).join('\n')}\n${others}`;
}

function figuresSection(): string[] {
  return [
    '## Figures',
    '',
    ...Object.entries(FIGURES).map(([name, meaning]) => `- \`${name}\`: ${meaning}.`),
    '',
  ];
}

function alternatingSection(rows: readonly AlternatingRow[]): string[] {
  const { days } = alternatingRun(1, true);
  const sum = (numberOf: (row: AlternatingRow) => number): number =>
    rows.reduce((total, row) => total + numberOf(row), 0);
  const others = (figures: SoakFigures): number => figures.consumerFailures - figures.failuresByPeople;
  const [two, one] = [sum(row => others(row.twoGrants)), sum(row => others(row.oneGrant))];
  const text = (number: number): string => number.toLocaleString('en');
  return [
    '## With alternating grants',
    '',
    `Each seed was run twice for ${days} days with 3 secrets, 5 % faults, people, slow calls and stale reads: once with [two grants](alternating-grants.md) in each secret (\`--alternating\`), once with one. The operator runs \`authorize --alternate\` some hours after the message about a lost alternate grant, or when the daily \`status\` shows a single grant.`,
    '',
    `- Failed consumer calls: ${text(two)} with two grants, ${text(one)} with one${two === 0 ? '' : `, a ratio of 1:${text(Math.floor(one / two))}`}. Calls that failed because of people (\`failuresByPeople\`) are not included: ${text(sum(({ twoGrants }) => twoGrants.failuresByPeople))} with two grants, ${text(sum(({ oneGrant }) => oneGrant.failuresByPeople))} with one. Most of them follow a rollback to an access token that no longer works, which no number of grants can prevent.`,
    `- While both grants of a secret worked, ${text(sum(({ twoGrants }) => twoGrants.failuresWithTwoGrants))} calls failed.`,
    `- Rotations dropped ${text(sum(({ twoGrants }) => twoGrants.grantsLost))} lost grants; ${text(sum(({ twoGrants }) => twoGrants.lossesNotReported))} of these losses were reported by neither a message nor the metric \`LostGrants\`.`,
    `- The operator logged in ${text(sum(({ twoGrants }) => twoGrants.reauthorisations))} times because no grant worked any more, compared with ${text(sum(({ oneGrant }) => oneGrant.reauthorisations))} times with one grant.`,
    `- ${text(sum(({ twoGrants }) => twoGrants.unrecoverable))} refresh tokens that could have been saved were lost, and ${text(sum(({ twoGrants }) => twoGrants.leaks))} texts contained a secret.`,
    '',
    ...figureTable(
      [
        'seed',
        'rotations',
        'faultsInjected',
        'humanActions',
        'grantsLost',
        'alternateLogins',
        'reauthorisations',
        'failed calls',
        'with both grants',
        'one grant: reauthorisations',
        'one grant: failed calls',
        'consumerCalls',
      ],
      rows.map(({ seed, twoGrants, oneGrant }) =>
        [
          seed,
          twoGrants.rotations,
          twoGrants.faultsInjected,
          twoGrants.humanActions,
          twoGrants.grantsLost,
          twoGrants.alternateLogins,
          twoGrants.reauthorisations,
          others(twoGrants),
          twoGrants.failuresWithTwoGrants,
          oneGrant.reauthorisations,
          others(oneGrant),
          twoGrants.consumerCalls,
        ].map(String),
      ),
    ),
    '',
    `The commands are \`npm run soak -- ${argumentsOf(alternatingRun(1, true)).map(quoted).join(' ')} --json\`, with the seed of the row, and the same without \`--alternating\`. \`npm run soak -- --report alternating\` makes these runs and writes this section.`,
    '',
  ];
}

function comparedRows({ figures, singleLambda }: ReportRow, number: number): string[][] {
  if (singleLambda === undefined) return [];
  const workflow: ComparedFigures = {
    rotations: figures.rotations,
    tokensLost: figures.lostInTransit + figures.unrecoverable,
    rescues: figures.reauthorisations,
    consumerCalls: figures.consumerCalls,
    consumerFailures: figures.consumerFailures,
  };
  const cells = (design: string, compared: ComparedFigures): string[] => [
    `${number}`,
    design,
    `${compared.rotations}`,
    `${compared.tokensLost}`,
    `${compared.rescues}`,
    `${compared.consumerFailures}`,
    `${compared.consumerCalls}`,
  ];
  return [cells('workflow', workflow), cells('single Lambda', singleLambda)];
}

/** The figures on alternating grants. */
const GRANT_FIGURES: ReadonlySet<string> = new Set([
  'alternateLogins',
  'grantsLost',
  'lossesNotReported',
  'failuresByPeople',
  'failuresWithTwoGrants',
]);

function section(rows: readonly ReportRow[], before: number): string[] {
  const names = (Object.keys(FIGURES) as (keyof SoakFigures)[]).filter(name => !GRANT_FIGURES.has(name));
  const sum = (name: keyof SoakFigures): string =>
    rows.reduce((total, { figures }) => total + figures[name], 0).toLocaleString('en');
  return [
    `In ${sum('rotations')} rotations with ${sum('faultsInjected')} faults and ${sum('humanActions')} human actions:`,
    '',
    `- Refresh tokens lost although a copy existed, and credentials that did not work at the end: ${sum('unrecoverable')}.`,
    `- ${sum('lostInTransit')} refresh tokens were lost because no copy existed: the response never reached the function, or the journal refused the result and the function ended without returning it. Each needed a login.`,
    `- Executions failed ${sum('executionsFailed')} times, and ${sum('redrives')} redrives followed.`,
    `- ${sum('leaks')} log lines, history events, inputs, responses, errors or journal writes contained a secret.`,
    '',
    ...figureTable(
      ['#', ...names],
      rows.map(({ figures }, index) => [`${before + index + 1}`, ...names.map(name => `${figures[name]}`)]),
    ),
  ];
}

/** The command line arguments of a run, without the optional ones that have their default value. */
export function argumentsOf(run: SoakArguments): string[] {
  const onOrOff = (isOn: boolean): string => (isOn ? 'on' : 'off');
  return [
    ...['--days', `${run.days}`, '--secrets', `${run.secrets}`],
    ...['--fault-rate', `${run.faultRate}`, '--seed', `${run.seed}`],
    ...(run.schedule === DEFAULTS.schedule ? [] : ['--schedule', run.schedule]),
    ...(run.operatorAfter === DEFAULTS.operatorAfter ? [] : ['--operator-after', `${run.operatorAfter}h`]),
    ...(run.retryToken === DEFAULTS.retryToken ? [] : ['--retry-token', run.retryToken]),
    ...(run.alternating ? ['--alternating'] : []),
    ...(run.people ? ['--people'] : []),
    ...(run.pendingAfterForeignWrite === DEFAULTS.pendingAfterForeignWrite
      ? []
      : ['--pending-after-foreign-write', run.pendingAfterForeignWrite]),
    ...(run.refreshRevokesAccessTokens === DEFAULTS.refreshRevokesAccessTokens
      ? []
      : ['--refresh-revokes-access-tokens', onOrOff(run.refreshRevokesAccessTokens)]),
    ...(run.reuseRevokesLineage === DEFAULTS.reuseRevokesLineage
      ? []
      : ['--reuse-revokes-lineage', onOrOff(run.reuseRevokesLineage)]),
  ];
}

function quoted(argument: string): string {
  return argument.includes(' ') ? `'${argument}'` : argument;
}

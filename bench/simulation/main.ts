import { readFile, writeFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { rotationSchedule } from '../../infra/rotation-schedule.ts';
import { parseInteger } from '../../sandbox/program/option-values.ts';
import { hours, positiveInteger } from '../option-values.ts';
import { DEFAULT_FLEET, type FleetOptions, simulateFleet } from './fleet.ts';
import { measureFleet } from './fleet-report.ts';
import { fleetSection } from './fleet-section.ts';
import { withFigures } from './page.ts';
import { summary } from './run-summary.ts';

/** `npm run simulate`: simulates the rotations of a fleet with the quotas of an account; writes docs/fleet.md. */

const PAGE = new URL('../../docs/fleet.md', import.meta.url);
const HOUR_MS = 3_600_000;
const HOURS_A_DAY = 24;

interface Options {
  readonly secrets: number;
  readonly window: number;
  readonly interval: number;
  readonly moments: FleetOptions['moments'];
  readonly region: string;
  readonly concurrency: number;
  readonly reserved?: number;
  readonly users: number;
  readonly tokenRate?: number;
  readonly seed: number;
  readonly json?: true;
  readonly write?: true;
  readonly check?: true;
}

const program = new Command('npm run simulate --')
  .description(
    'Simulates the rotations of a fleet in one window: which quotas of AWS refuse requests, what fails, and how long rotations take.',
  )
  .option('--secrets <number>', 'how many credentials', positiveInteger, DEFAULT_FLEET.secrets)
  .option('--window <hours>', 'rotation window, e.g. 4h', hours, 4)
  .option('--interval <hours>', 'hours from one window to the next, e.g. 8h', hours, 8)
  .addOption(
    new Option('--moments <when>', 'when rotations begin')
      .choices(['uniform', 'together'])
      .default(DEFAULT_FLEET.moments),
  )
  .option('--region <name>', 'AWS region, for its quotas', DEFAULT_FLEET.region)
  .option(
    '--concurrency <number>',
    "the account's concurrent executions in Lambda",
    positiveInteger,
    DEFAULT_FLEET.lambda.concurrency,
  )
  .option('--reserved <number>', 'reserved concurrency of each function', positiveInteger)
  .option('--users <number>', 'Genesys Cloud users that share the credentials', positiveInteger, 1)
  .option('--token-rate <number>', 'token requests per minute that Genesys Cloud accepts', positiveInteger)
  .option('--seed <number>', 'the same seed gives the same figures', parseInteger, DEFAULT_FLEET.seed)
  .option('--json', 'print the figures as one JSON object')
  .option('--write', 'make the runs of docs/fleet.md and write the figures into it')
  .option('--check', 'make the runs of docs/fleet.md and fail if the page is out of date')
  .addHelpText('after', '\nExit codes: 0 done, 1 the page is out of date, or an option is invalid.')
  .parse();

try {
  const options = program.opts<Options>();
  if (options.write === true || options.check === true) await bringUpToDate(options.check === true);
  else printRun(options);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function bringUpToDate(onlyCheck: boolean): Promise<void> {
  const present = await readFile(PAGE, 'utf8');
  const page = withFigures(present, fleetSection(measureFleet()));
  if (!onlyCheck) await writeFile(PAGE, page);
  else if (page !== present)
    throw new Error('docs/fleet.md is out of date; run npm run simulate -- --write.');
}

function printRun(options: Options): void {
  const { longestGapHours } = rotationSchedule(rateOf(options.interval), `${options.window}h`);
  const figures = simulateFleet({
    ...DEFAULT_FLEET,
    secrets: options.secrets,
    windowMs: options.window * HOUR_MS,
    moments: options.moments,
    region: options.region,
    lambda: { concurrency: options.concurrency, reserved: options.reserved },
    genesys: { ...DEFAULT_FLEET.genesys, users: options.users, tokenRequests: options.tokenRate },
    seed: options.seed,
  });
  const text =
    options.json === true
      ? JSON.stringify({ ...figures, longestGapHours })
      : summary(figures, options.interval, longestGapHours);
  process.stdout.write(`${text}\n`);
}

function rateOf(intervalHours: number): string {
  const days = intervalHours / HOURS_A_DAY;
  if (!Number.isInteger(days)) return `rate(${intervalHours} hours)`;
  return days === 1 ? 'rate(1 day)' : `rate(${days} days)`;
}

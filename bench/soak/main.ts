import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Command, InvalidArgumentError, Option } from 'commander';
import { HOUR_MS } from '../../functions/shared/durations.ts';
import { parseInteger } from '../../sandbox/program/option-values.ts';
import { hours, onOrOff, positiveInteger } from '../option-values.ts';
import { withAssembly } from '../with-assembly.ts';
import { FIGURES, hasPassed, type SoakFigures } from './figures.ts';
import { synthesizePublishing } from './published-secret.ts';
import {
  ALTERNATING_SEEDS,
  type AlternatingRow,
  alternatingRun,
  argumentsOf,
  isCompared,
  REPORT_FILE,
  REPORT_RUNS,
  type ReportRow,
  reportOf,
  type SoakArguments,
  withAlternatingSection,
} from './report.ts';
import { singleLambdaSoak, synthesizeSingleLambda } from './single-lambda/single-lambda-soak.ts';
import { soak } from './soak.ts';
import { CRON_SCHEDULE, type SoakOptions } from './soak-options.ts';

/** `npm run soak`: rotates credentials over months of simulated time, with faults. */

const PROGRAM = fileURLToPath(import.meta.url);

const execute = promisify(execFile);

const FIGURES_HELP = Object.entries(FIGURES)
  .map(([name, meaning]) => `  ${name}: ${meaning}`)
  .join('\n');

const program = new Command('npm run soak --')
  .description(
    'Simulates scheduled rotations with random faults, consumers, and an operator who redrives and logs in again.',
  )
  .option(
    '--days <number>',
    'simulated days with faults, followed by more than a day without faults',
    positiveInteger,
    30,
  )
  .option('--secrets <number>', 'number of credentials', positiveInteger, 3)
  .option('--fault-rate <share>', 'share of all calls that get a fault, 0 to 1', share, 0.05)
  .option('--seed <number>', 'the same seed gives the same figures', parseInteger, 1)
  .option('--schedule <expression>', `every third secret has ${CRON_SCHEDULE} instead`, 'rate(8 hours)')
  .option('--window <hours>', 'rotation window, e.g. 1h', '1h')
  .option('--operator-after <hours>', 'average time until the operator responds to a failure', hours, 4)
  .addOption(
    new Option('--retry-token <token>', 'the ClientRequestToken that Secrets Manager uses for retries')
      .choices(['same', 'fresh'])
      .default('same'),
  )
  .option('--alternating', 'use secrets with two grants', false)
  .option('--people', 'add random actions of people, slow calls and stale reads', false)
  .addOption(
    new Option(
      '--pending-after-foreign-write <fate>',
      'what happens to AWSPENDING when a write makes another version AWSCURRENT',
    )
      .choices(['removed', 'kept'])
      .default('removed'),
  )
  .option(
    '--refresh-revokes-access-tokens <on|off>',
    'a refresh revokes earlier access tokens',
    onOrOff,
    true,
  )
  .option('--reuse-revokes-lineage <on|off>', 'reuse of a refresh token revokes its login', onOrOff, false)
  .addOption(
    new Option('--published', 'consumers read the published access token instead of the rotated secret')
      .default(false)
      .conflicts('alternating'),
  )
  .option('--json', 'print the figures as one JSON object')
  .addOption(
    new Option('--design <name>', 'the workflow, or the single Lambda function for comparison')
      .choices(['workflow', 'single-lambda'])
      .default('workflow'),
  )
  .addOption(new Option('--assembly <folder>', 'where the stack was synthesised to').hideHelp())
  .addOption(
    new Option(
      '--report [part]',
      `run everything in ${REPORT_FILE} and write that page, or only its section on alternating grants`,
    ).choices(['alternating']),
  )
  .addHelpText('after', `\nFigures:\n${FIGURES_HELP}`)
  .addHelpText(
    'after',
    '\nExit codes: 0 passed, 1 a figure that must be 0 is not, 2 the soak could not be run.',
  )
  .parse();

const { json, report, assembly, design, ...given } = program.opts<
  SoakArguments & {
    readonly json?: true;
    readonly report?: true | 'alternating';
    readonly assembly?: string;
    readonly design: 'workflow' | 'single-lambda';
  }
>();
try {
  if (design === 'single-lambda') await withAssembly(printSingleLambdaFigures, synthesizeSingleLambda);
  else if (assembly !== undefined) await printFigures(assembly);
  else if (given.published) await withAssembly(printFigures, synthesizePublishing);
  else await withAssembly(report === undefined ? printFigures : writeReport);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}

async function printFigures(assemblyDirectory: string): Promise<void> {
  const figures = await soak(optionsOf(assemblyDirectory, given));
  if (!hasPassed(figures)) process.exitCode = 1;
  if (json === true) process.stdout.write(`${JSON.stringify(figures)}\n`);
  else for (const [name, figure] of Object.entries(figures)) process.stdout.write(`${name}: ${figure}\n`);
}

async function printSingleLambdaFigures(assemblyDirectory: string): Promise<void> {
  const figures = await singleLambdaSoak(optionsOf(assemblyDirectory, given));
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}

/** Runs the commands of the report, or of its section on alternating grants, and writes the page. */
async function writeReport(assemblyDirectory: string): Promise<void> {
  const rows =
    report === 'alternating'
      ? undefined
      : await inParallel(REPORT_RUNS, (run, index) => reportRow(run, index, assemblyDirectory));
  const alternating = await inParallel(
    ALTERNATING_SEEDS,
    async (seed): Promise<AlternatingRow> => ({
      seed,
      twoGrants: await checkedFigures(alternatingRun(seed, true), assemblyDirectory),
      oneGrant: await checkedFigures(alternatingRun(seed, false), assemblyDirectory),
    }),
  );
  const page =
    rows === undefined
      ? withAlternatingSection(await readFile(REPORT_FILE, 'utf8'), alternating)
      : reportOf(rows, alternating);
  await writeFile(REPORT_FILE, page);
}

async function reportRow(run: SoakArguments, index: number, assemblyDirectory: string): Promise<ReportRow> {
  const figures = await checkedFigures(run, assemblyDirectory);
  if (!isCompared(index)) return { run, figures };
  const compared = [...argumentsOf(run), '--design', 'single-lambda', '--json'];
  const other = await execute(process.execPath, [PROGRAM, ...compared]);
  return { run, figures, singleLambda: JSON.parse(other.stdout) };
}

async function checkedFigures(run: SoakArguments, assemblyDirectory: string): Promise<SoakFigures> {
  const figures = await figuresOf([...argumentsOf(run), '--assembly', assemblyDirectory, '--json']);
  if (!hasPassed(figures)) process.exitCode = 1;
  return figures;
}

/** Computes and prints rows, two per processor in parallel because each mostly waits for processes. */
async function inParallel<Item, Row>(
  items: readonly Item[],
  rowOf: (item: Item, index: number) => Promise<Row>,
): Promise<Row[]> {
  const rows: Row[] = [];
  const queue = items.entries();
  await Promise.all(
    Array.from({ length: 2 * availableParallelism() }, async () => {
      for (const [index, item] of queue) {
        const row = await rowOf(item, index);
        rows[index] = row;
        process.stderr.write(`${JSON.stringify(row)}\n`);
      }
    }),
  );
  return rows;
}

/** Runs a soak in its own process. Returns the figures even if the soak has not passed. */
async function figuresOf(options: readonly string[]): Promise<SoakFigures> {
  try {
    const { stdout } = await execute(process.execPath, [PROGRAM, ...options]);
    return JSON.parse(stdout);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 1 && 'stdout' in error) {
      return JSON.parse(String(error.stdout));
    }
    throw error;
  }
}

function optionsOf(assemblyDirectory: string, { operatorAfter, ...options }: SoakArguments): SoakOptions {
  return { ...options, assemblyDirectory, operatorAfterMs: operatorAfter * HOUR_MS };
}

function share(value: string): number {
  const number = Number(value);
  if (value.trim() !== '' && number >= 0 && number <= 1) return number;
  throw new InvalidArgumentError('It must be a number from 0 to 1.');
}

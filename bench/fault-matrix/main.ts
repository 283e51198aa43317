import { readFile, writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { withAssembly } from '../with-assembly.ts';
import { problemsOf } from './expectation.ts';
import { runMatrix, titleOf } from './matrix.ts';
import { report, summary } from './report.ts';

/** `npm run fault-matrix`: injects every fault into every call of a rotation and writes docs/fault-matrix.md. */

const PAGE = new URL('../../docs/fault-matrix.md', import.meta.url);

interface Options {
  readonly check?: true;
  readonly only?: string;
  readonly json?: true;
}

const program = new Command('npm run fault-matrix --')
  .description('Injects every kind of fault into every call of a rotation, and writes docs/fault-matrix.md.')
  .option('--check', 'fail if the page is out of date instead of writing it')
  .option(
    '--only <text>',
    "run only the faults whose title contains this, e.g. 'refresh genesys:token'; writes nothing",
  )
  .option('--json', 'print all cells as one JSON object instead of a summary')
  .addHelpText(
    'after',
    '\nExit codes: 0 all outcomes are as expected; 1 an outcome is not, or the page is out of date. Standard error has the reason.',
  )
  .parse();
const { check, only, json } = program.opts<Options>();

try {
  const cells = await withAssembly(assemblyDirectory =>
    runMatrix({ assemblyDirectory, includes: fault => only === undefined || titleOf(fault).includes(only) }),
  );
  if (cells.length === 0) throw new Error(`No fault has '${only}' in its title.`);
  process.stdout.write(`${json === true ? JSON.stringify({ cells }) : summary(cells)}\n`);
  const problems = cells.flatMap(problemsOf);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  if (only === undefined) await writeOrCheck(report(cells));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function writeOrCheck(page: string): Promise<void> {
  if (check !== true) await writeFile(PAGE, page);
  else if ((await readFile(PAGE, 'utf8').catch(() => '')) !== page)
    throw new Error('docs/fault-matrix.md is out of date; run npm run fault-matrix.');
}

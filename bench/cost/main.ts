import { readFile, writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { withAssembly } from '../with-assembly.ts';
import { report } from './report.ts';
import { countUsage } from './usage.ts';

/** `npm run cost`: computes the cost of a rotation and of a credential, and writes docs/cost.md. */

const PAGE = new URL('../../docs/cost.md', import.meta.url);

const program = new Command('npm run cost --')
  .description('Counts what a rotation uses, multiplies it by the prices of AWS, and writes docs/cost.md.')
  .option('--check', 'fail if the page is out of date instead of writing it')
  .addHelpText('after', '\nExit codes: 0 done, 1 the page is out of date, or the rotation failed.')
  .parse();
const { check } = program.opts<{ check?: true }>();

try {
  const page = report(await withAssembly(countUsage));
  if (check !== true) await writeFile(PAGE, page);
  else if ((await readFile(PAGE, 'utf8').catch(() => '')) !== page)
    throw new Error('docs/cost.md is out of date; run npm run cost.');
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

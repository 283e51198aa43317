import { readFile, writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { withFigures } from './page.ts';
import { quotaSection } from './section.ts';

/** `npm run quotas`: computes what the quotas of an account allow, and writes the figures into docs/fleet.md. */

const PAGE = new URL('../../docs/fleet.md', import.meta.url);

const program = new Command('npm run quotas --')
  .description("Divides AWS's quotas by what a rotation uses, and writes the figures into docs/fleet.md.")
  .option('--check', 'fail if the page is out of date instead of writing it')
  .addHelpText('after', '\nExit codes: 0 done, 1 the page is out of date.')
  .parse();
const { check } = program.opts<{ check?: true }>();

try {
  const present = await readFile(PAGE, 'utf8');
  const page = withFigures(present, quotaSection());
  if (check !== true) await writeFile(PAGE, page);
  else if (page !== present) throw new Error('docs/fleet.md is out of date; run npm run quotas.');
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

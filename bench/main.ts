import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { measureColdStart } from './cold-start/measure.ts';
import { coldStartSection } from './cold-start/section.ts';
import { performancePage } from './performance-page.ts';
import { measureProgramStart } from './program-start/measure.ts';
import { programStartSection } from './program-start/section.ts';
import { measureRotation } from './rotation/measure.ts';
import { rotationSection } from './rotation/section.ts';
import { measureSandbox } from './sandbox/measure.ts';
import { sandboxSection } from './sandbox/section.ts';

/** `npm run bench`: measures speed and writes docs/performance.md. */

const PAGE = new URL('../docs/performance.md', import.meta.url);

/** The sections, in the order of the page; `quick` measures with fewer repetitions. */
const SECTIONS = {
  rotation: async ({ quick }: Options) => rotationSection(await measureRotation(quick ? { draws: 5 } : {})),
  'cold-start': async ({ quick }: Options) =>
    coldStartSection(await measureColdStart(quick ? { repetitions: 3 } : {})),
  program: async ({ quick }: Options) =>
    programStartSection(await measureProgramStart(quick ? { repetitions: 3 } : {})),
  sandbox: async ({ quick, suite }: Options) =>
    sandboxSection(
      await measureSandbox({
        ...(quick && { repetitions: 3 }),
        suite: suite === true ? 'measured' : suite,
      }),
    ),
};

type SectionName = keyof typeof SECTIONS;

interface Options {
  readonly only?: readonly SectionName[];
  readonly quick?: true;
  readonly suite?: true | number;
  readonly write?: true;
}

const NAMES = Object.keys(SECTIONS) as SectionName[];

const program = new Command('npm run bench --')
  .description(
    'Measures rotations, cold starts, the program and the sandbox, and prints the figures as Markdown.',
  )
  .addOption(new Option('--only <section...>', 'measure only these').choices(NAMES))
  .option('--quick', 'fewer repetitions: to try the program; the figures are not reliable')
  .option('--suite [seconds]', 'also measure the whole test suite, or report this time for it', readSeconds)
  .addOption(
    new Option('--write', 'measure all sections in full and write docs/performance.md').conflicts([
      'only',
      'quick',
    ]),
  )
  .addHelpText('after', '\nExit codes: 0 done, 1 a measurement failed, or an option is invalid.')
  .parse();
const options = program.opts<Options>();

try {
  const sections: string[] = [];
  // In sequence, because parallel work would distort the measurements.
  for (const name of NAMES) {
    if (options.only !== undefined && !options.only.includes(name)) continue;
    const section = await SECTIONS[name](options);
    process.stdout.write(`${section}\n`);
    sections.push(section);
  }
  if (options.write === true) await writeFile(PAGE, performancePage(sections, machine()));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

function machine() {
  const processors = os.cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: processors[0]?.model.trim() ?? 'unknown processor',
    processors: processors.length,
    memoryBytes: os.totalmem(),
    nodeVersion: process.versions.node,
    platform: `${os.type()} ${os.arch()}`,
  };
}

function readSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== '' && seconds > 0) return seconds;
  throw new InvalidArgumentError('It must be a number of seconds.');
}

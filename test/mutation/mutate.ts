/**
 * Plants each deliberate bug in a temporary copy of the repository and runs the tests that must detect it:
 * `npm run mutate`, or `npm run mutate -- promote` for the mutants whose file path contains a word. Fails when a mutant
 * survives, when its tests hang or do not start, and when a mutant is outdated.
 */
import { execFileSync, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MUTANTS, type Mutant, withBug } from './mutants.ts';

/** A mutant whose tests hang counts as survived: a test must fail. */
const TIME_LIMIT_MS = 300_000;

/** More than any test needs. Stops a mutant that loops forever before it exhausts the machine's memory. */
const HEAP_MB = 1_500;

type Outcome = 'killed' | 'SURVIVED' | 'OUTDATED' | 'NO TEST FAILED, BUT THE RUN DID';

const repository = path.resolve(import.meta.dirname, '../..');

/** Copies tracked and new files of the working tree, and links node_modules. */
async function copyOfRepository(): Promise<string> {
  const copy = await mkdtemp(path.join(tmpdir(), 'mutation-'));
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: repository,
    encoding: 'utf8',
  });
  for (const file of listed.split('\0').filter(name => name !== '' && name !== 'node_modules')) {
    await mkdir(path.dirname(path.join(copy, file)), { recursive: true });
    await cp(path.join(repository, file), path.join(copy, file));
  }
  await symlink(path.join(repository, 'node_modules'), path.join(copy, 'node_modules'));
  return copy;
}

/** Runs the tests of a mutant until one fails. */
async function runTests(copy: string, tests: readonly string[]): Promise<Outcome> {
  const report = path.join(copy, 'report.json');
  await rm(report, { force: true });
  const needStack = tests.some(test => !/^test\/(functions|statemachine)\b/.test(test));
  const run = spawn(
    process.execPath,
    [
      path.join(copy, 'node_modules/vitest/vitest.mjs'),
      'run',
      ...tests,
      ...(needStack ? [] : ['--config=test/mutation/vitest.config.ts', `--root=${copy}`]),
      ...['--reporter=json', `--outputFile=${report}`, '--bail=1', '--maxWorkers=1'],
    ],
    {
      cwd: copy,
      stdio: 'ignore',
      timeout: TIME_LIMIT_MS,
      env: { ...process.env, NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}` },
    },
  );
  const exitCode = await new Promise<number | null>(resolve => run.on('close', resolve));
  if (exitCode === 0) return 'SURVIVED';
  const written = await readFile(report, 'utf8').catch(() => '{}');
  const { numFailedTests = 0 } = JSON.parse(written) as { numFailedTests?: number };
  return numFailedTests > 0 ? 'killed' : 'NO TEST FAILED, BUT THE RUN DID';
}

async function outcomeOf(mutant: Mutant, copy: string): Promise<Outcome> {
  const target = path.join(copy, mutant.file);
  const original = await readFile(target, 'utf8');
  const mutated = withBug(original, mutant);
  if (mutated === undefined) return 'OUTDATED';
  await writeFile(target, mutated);
  try {
    return await runTests(copy, mutant.tests);
  } finally {
    await writeFile(target, original);
  }
}

const words = process.argv.slice(2);
const selected = MUTANTS.filter(({ file }) => words.length === 0 || words.some(word => file.includes(word)));
const copy = await copyOfRepository();
let failures = 0;
try {
  const tests = new Set(selected.flatMap(mutant => mutant.tests));
  if ((await runTests(copy, [...tests])) !== 'SURVIVED') throw new Error('The tests fail without a mutant.');
  for (const mutant of selected) {
    const outcome = await outcomeOf(mutant, copy);
    if (outcome !== 'killed') failures += 1;
    console.log(`${outcome}: ${mutant.file}: ${mutant.bug}`);
  }
} finally {
  await rm(copy, { recursive: true, force: true });
}
console.log(`${selected.length - failures} of ${selected.length} mutants killed.`);
process.exitCode = failures === 0 && selected.length > 0 ? 0 : 1;

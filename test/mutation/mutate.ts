/**
 * Plants one deliberate bug after the other in a temporary copy of the repository, and runs the tests that must notice
 * it: `npm run mutate`, or `npm run mutate -- promote` for the mutants whose file contains a word. Fails when no test
 * fails for a mutant (it survives), when the tests do not end or do not begin, and when a mutant is outdated: the code
 * that it replaces must occur exactly once.
 */
import { execFileSync, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MUTANTS, type Mutant } from './mutants.ts';

/** A mutant for which no test fails within this time counts as unnoticed: a test must fail, not hang. */
const TIME_LIMIT_MS = 300_000;

/** More than any test needs. A mutant that loops without end fails here instead of using up the machine's memory. */
const HEAP_MB = 1_500;

type Outcome = 'killed' | 'SURVIVED' | 'OUTDATED' | 'NO TEST FAILED, BUT THE RUN DID';

const repository = path.resolve(import.meta.dirname, '../..');

/** Copies the files of the working tree that are tracked or new, and links what is installed. */
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

async function outcomeOf({ file, find, replace, tests }: Mutant, copy: string): Promise<Outcome> {
  const target = path.join(copy, file);
  const original = await readFile(target, 'utf8');
  if (original.split(find).length !== 2 || find === replace) return 'OUTDATED';
  await writeFile(
    target,
    original.replace(find, () => replace),
  );
  try {
    return await runTests(copy, tests);
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

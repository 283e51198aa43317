import { Command, Option } from 'commander';
import { createFirstCredential } from '../first-credential.ts';
import { runRotation } from '../rotation-run.ts';
import { Sandbox } from '../sandbox.ts';
import { synthesize } from '../synthesis.ts';
import { removeLeftovers } from '../temporary-folders.ts';
import { LiveView } from './live-view.ts';
import { openConsole } from './open-console.ts';
import { showRotation } from './show-rotation.ts';

/** The program that `npm start` runs. */

const ASSEMBLY_DIRECTORY = 'cdk.out';

const program = new Command('npm start --')
  .description('Rotates one Genesys Cloud credential in a sandbox and shows each state.')
  .addOption(
    new Option('--open', 'open the console, rotate there, and keep the sandbox running').conflicts('json'),
  )
  .option('--json', 'print the result as one JSON object')
  .addHelpText(
    'after',
    '\nExit codes: 0 rotated, 1 failed (see standard error). With --open: 130 after a second Ctrl-C.',
  )
  .parse();
const { open, json } = program.opts<{ open?: true; json?: true }>();

try {
  removeLeftovers();
  if (json === true) {
    await inSandbox(async sandbox => {
      const run = await runRotation(sandbox, await createFirstCredential(sandbox));
      process.stdout.write(`${JSON.stringify(run)}\n`);
    });
  } else if (open === true) {
    await openConsole(ASSEMBLY_DIRECTORY, new LiveView(process.stdout), fail);
  } else {
    const view = new LiveView(process.stdout);
    view.line('Synthesising the stack …');
    await inSandbox(sandbox => showRotation(sandbox, view));
  }
} catch (error) {
  fail(error);
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function inSandbox(use: (sandbox: Sandbox) => Promise<void>): Promise<void> {
  await synthesize(ASSEMBLY_DIRECTORY);
  const sandbox = await Sandbox.start({ assemblyDirectory: ASSEMBLY_DIRECTORY });
  try {
    await use(sandbox);
  } finally {
    await sandbox.close();
  }
}

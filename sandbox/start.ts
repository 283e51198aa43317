import { Command } from 'commander';
import { createFirstCredential } from './demonstration/first-credential.ts';
import { LiveView } from './demonstration/live-view.ts';
import {
  type LabelledVersion,
  labelledVersions,
  type RotationRun,
  runRotation,
} from './demonstration/rotation-run.ts';
import { synthesize } from './demonstration/synthesis.ts';
import { Sandbox } from './sandbox.ts';

/** `npm start`: one rotation in a sandbox of its own, from the synthesis to the proof. */

const ASSEMBLY_DIRECTORY = 'cdk.out';

const program = new Command('npm start --')
  .description('Rotates one Genesys Cloud credential in the embedded sandbox and shows how.')
  .option('--json', 'print the result as one JSON object instead')
  .addHelpText('after', '\nExit codes: 0 rotated, 1 anything else; the reason is on standard error.')
  .parse();

try {
  if (program.opts<{ json?: true }>().json === true) {
    await inSandbox(async sandbox => {
      const run = await runRotation(sandbox, await createFirstCredential(sandbox));
      process.stdout.write(`${JSON.stringify(run)}\n`);
    });
  } else {
    await show(new LiveView(process.stdout));
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function show(view: LiveView): Promise<void> {
  view.line('Synthesising the stack …');
  await inSandbox(async sandbox => {
    view.line(
      `The sandbox serves AWS at ${sandbox.awsUrl} and Genesys Cloud at ${sandbox.genesysCloud.loginUrl}`,
    );
    const credential = await createFirstCredential(sandbox);
    view.line(`${credential.userName} has logged in; the first tokens are in ${credential.secretArn}`);

    let before: readonly LabelledVersion[] = [];
    view.heading('RotateSecret');
    const run = await runRotation(sandbox, credential, {
      onStart: versions => {
        before = versions;
      },
      onEvent: event => view.event(event),
    });
    view.heading('Versions of the secret');
    view.versions(before, labelledVersions(sandbox, credential.secretArn));
    view.heading('Proof');
    for (const line of proof(run)) view.line(line);
  });
}

function proof(run: RotationRun): string[] {
  const calls = Object.values(run.awsCalls).reduce((sum, count) => sum + count, 0);
  return [
    '  The first access token is no longer AWSCURRENT.',
    '  The access token that is AWSCURRENT works: GET /api/v2/users/me answers 200.',
    `  Rotated in ${run.rotationMs} ms with ${calls} AWS calls; from Genesys Cloud's answer to the move of AWSCURRENT it took ${run.tokenGapMs} ms.`,
    `  Execution ${run.executionArn}`,
  ];
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

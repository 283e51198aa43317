import { createFirstCredential } from '../first-credential.ts';
import { type LabelledVersion, labelledVersions, type RotationRun, runRotation } from '../rotation-run.ts';
import type { Sandbox } from '../sandbox.ts';
import type { LiveView } from './live-view.ts';

/**
 * Creates the first credential, rotates it, and prints each state.
 *
 * @param beforeRotation runs after the credential is created
 * @throws RotationRunFailed
 */
export async function showRotation(
  sandbox: Sandbox,
  view: LiveView,
  beforeRotation: () => Promise<void> = async () => undefined,
): Promise<void> {
  view.line(
    `The sandbox serves AWS at ${sandbox.awsUrl} and Genesys Cloud at ${sandbox.genesysCloud.loginUrl}`,
  );
  const credential = await createFirstCredential(sandbox);
  view.line(`Logged in as ${credential.userName} and stored the tokens in ${credential.secretArn}`);
  await beforeRotation();

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
  view.heading('Result');
  for (const line of resultLines(run)) view.line(line);
}

function resultLines(run: RotationRun): string[] {
  const calls = Object.values(run.awsCalls).reduce((sum, count) => sum + count, 0);
  return [
    '  AWSCURRENT has a new access token, and it works: GET /api/v2/users/me responds with 200.',
    `  Rotated in ${run.rotationMs} ms with ${calls} AWS calls. Token gap: ${run.tokenGapMs} ms, from the issue of the tokens to the move of AWSCURRENT.`,
    `  Execution ${run.executionArn}`,
  ];
}

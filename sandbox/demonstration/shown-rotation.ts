import type { Sandbox } from '../sandbox.ts';
import { createFirstCredential } from './first-credential.ts';
import type { LiveView } from './live-view.ts';
import { type LabelledVersion, labelledVersions, type RotationRun, runRotation } from './rotation-run.ts';

/**
 * Makes the first credential, rotates it, and shows how.
 *
 * @param beforeRotation what to wait for when the credential is there
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
  view.line(`${credential.userName} has logged in; the first tokens are in ${credential.secretArn}`);
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
  view.heading('Proof');
  for (const line of proof(run)) view.line(line);
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

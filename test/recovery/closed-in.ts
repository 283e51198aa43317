import { CancelRotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import type { FirstCredential } from '../../sandbox/first-credential.ts';
import type { ExecutionSnapshot } from '../../sandbox/step-functions/execution.ts';
import type { RecoveryWorld } from './recovery-world.ts';

/** Every Task of the workflow, and how a rotation that fails there ends after a redrive. */
export const ENDS = {
  Fetch: { end: 'Rotated', refreshes: 1 },
  Refresh: { end: 'Rotated', refreshes: 1 },
  StorePending: { end: 'Rotated', refreshes: 1 },
  Verify: { end: 'Rotated', refreshes: 1 },
  Promote: { end: 'Rotated', refreshes: 1 },
  RefreshAgain: { end: 'Rotated', refreshes: 2 },
  StandDown: { end: 'Superseded', refreshes: 1 },
  CheckConfiguration: { end: 'ConfigurationChecked', refreshes: 0 },
} as const;

/** The name of a Task. */
export type State = keyof typeof ENDS;

/** The names of all Tasks. */
export const STATES = Object.keys(ENDS) as State[];

/** Longer than the lifetime of an access token. */
const EXPIRED_MS = 25 * 3_600_000;

/** Runs a rotation until it closes in a state, due to a failure that `prepare` sets up, and returns the execution. */
export async function closedIn(
  state: State,
  world: RecoveryWorld,
  credential: FirstCredential,
  prepare: () => void,
): Promise<ExecutionSnapshot> {
  const { secretArn } = credential;
  if (state === 'RefreshAgain') {
    world.crashIn('Verify');
    await world.rotated(secretArn);
    await world.secrets.send(new CancelRotateSecretCommand({ SecretId: secretArn }));
    await world.sandbox.advance(EXPIRED_MS);
    world.clearFaults();
    prepare();
    const closed = await world.redriven(await world.lastClosed(secretArn));
    world.clearFaults();
    return closed;
  }
  if (state === 'StandDown') {
    world.whenIn('Promote', async () => {
      await world.authorizeAgain(credential);
      return 'runs';
    });
  }
  prepare();
  const versionId = await world.rotateSecret(secretArn, { immediately: state !== 'CheckConfiguration' });
  await world.outcome(secretArn, versionId);
  const closed = await world.lastClosed(secretArn);
  world.clearFaults();
  return closed;
}

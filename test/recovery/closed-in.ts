import type { FirstCredential } from '../../sandbox/demonstration/first-credential.ts';
import type { ExecutionSnapshot } from '../../sandbox/step-functions/execution.ts';
import type { RecoveryWorld } from './recovery-world.ts';

const DAY_MS = 86_400_000;

/** Every Task of the workflow, and where a rotation that fails there ends after a redrive, with so many refreshes. */
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

/** Leads a rotation into a state, where `meet` makes something happen to it, and returns how it closed. */
export async function closedIn(
  state: State,
  world: RecoveryWorld,
  credential: FirstCredential,
  meet: () => void,
): Promise<ExecutionSnapshot> {
  const { secretArn } = credential;
  if (state === 'RefreshAgain') return await closedInRefreshAgain(world, secretArn, meet);
  if (state === 'StandDown') {
    world.whenIn('Promote', async () => {
      await world.authorizeAgain(credential);
      return 'goes on';
    });
  }
  meet();
  const versionId = await world.rotateSecret(secretArn, { immediately: state !== 'CheckConfiguration' });
  await world.outcome(secretArn, versionId);
  const closed = await world.lastClosed(secretArn);
  world.serveAll();
  return closed;
}

/** A rotation fails in Verify, and its access token has expired when it is redriven. */
async function closedInRefreshAgain(
  world: RecoveryWorld,
  secretArn: string,
  meet: () => void,
): Promise<ExecutionSnapshot> {
  world.enable(secretArn);
  world.crashIn('Verify');
  const versionId = await world.rotateSecret(secretArn);
  await world.outcome(secretArn, versionId);
  const failed = await world.lastClosed(secretArn);
  world.serveAll();
  await world.sandbox.advance(2 * DAY_MS);
  meet();
  const closed = await world.redriven(failed);
  world.serveAll();
  return closed;
}

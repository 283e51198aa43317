import type { FirstCredential } from '../../sandbox/demonstration/first-credential.ts';
import type { ExecutionSnapshot } from '../../sandbox/step-functions/execution.ts';
import type { RecoveryWorld } from './recovery-world.ts';

/** Every Task of the workflow, and where a rotation that fails there ends after a redrive, with so many refreshes. */
export const ENDS = {
  Fetch: { end: 'Rotated', refreshes: 1 },
  Refresh: { end: 'Rotated', refreshes: 1 },
  StorePending: { end: 'Rotated', refreshes: 1 },
  Verify: { end: 'Rotated', refreshes: 1 },
  Promote: { end: 'Rotated', refreshes: 1 },
  StandDown: { end: 'Superseded', refreshes: 1 },
  StoreRecovered: { end: 'Rotated', refreshes: 1 },
  VerifyResumed: { end: 'Rotated', refreshes: 1 },
  RefreshPending: { end: 'Rotated', refreshes: 2 },
  CheckConfiguration: { end: 'ConfigurationChecked', refreshes: 0 },
} as const;

/** The name of a Task. */
export type State = keyof typeof ENDS;

/** The names of all Tasks. */
export const STATES = Object.keys(ENDS) as State[];

/** Leads a rotation into a state, where `meet` has something happen to it, and tells how it closed. */
export async function closedIn(
  state: State,
  world: RecoveryWorld,
  credential: FirstCredential,
  meet: () => void,
): Promise<ExecutionSnapshot> {
  const { secretArn } = credential;
  const leftBehindIn = {
    StoreRecovered: 'StorePending',
    VerifyResumed: 'StorePending',
    RefreshPending: 'Verify',
  };
  if (state === 'StoreRecovered' || state === 'VerifyResumed' || state === 'RefreshPending') {
    world.crashIn(leftBehindIn[state]);
    // What is younger than AWSCURRENT is told by the clock.
    await world.sandbox.advance(1_000);
    await world.rotated(secretArn);
    await world.giveUp(secretArn);
    world.serveAll();
  }
  if (state === 'StandDown') {
    world.whenIn('Promote', async () => {
      await world.authorizeAgain(credential);
      return 'runs';
    });
  }
  meet();
  const versionId = await world.rotateSecret(secretArn, { immediately: state !== 'CheckConfiguration' });
  await world.outcome(secretArn, versionId);
  const closed = await world.lastClosed(secretArn);
  world.serveAll();
  return closed;
}

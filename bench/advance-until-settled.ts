import type { Sandbox } from '../sandbox/sandbox.ts';

const STEP_MS = 1_000;

/**
 * Advances the virtual time of a sandbox in steps of a second until `promise` settles.
 *
 * @param limitSeconds the longest time that may pass
 * @throws Error it takes longer; otherwise the reason of the rejection
 */
export async function advanceUntilSettled<Result>(
  sandbox: Pick<Sandbox, 'advance'>,
  promise: Promise<Result>,
  limitSeconds: number,
): Promise<Result> {
  const settled: { yet?: true } = {};
  const onSettled = (): object => Object.assign(settled, { yet: true });
  promise.then(onSettled, onSettled);
  for (let seconds = 0; settled.yet === undefined; seconds++) {
    if (seconds === limitSeconds) throw new Error(`The promise has not settled within ${limitSeconds} s.`);
    await sandbox.advance(STEP_MS);
  }
  return await promise;
}

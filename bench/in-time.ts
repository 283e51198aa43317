import type { Sandbox } from '../sandbox/sandbox.ts';

const STEP_MS = 1_000;

/**
 * Lets the time of a sandbox in which it stands still pass, in steps of a second, until `promise` is settled.
 *
 * @param limitSeconds how much time that may take
 * @throws Error it takes longer; otherwise what `promise` rejects with
 */
export async function inTime<Result>(
  sandbox: Pick<Sandbox, 'advance'>,
  promise: Promise<Result>,
  limitSeconds: number,
): Promise<Result> {
  const settled: { yet?: true } = {};
  const note = (): object => Object.assign(settled, { yet: true });
  promise.then(note, note);
  for (let seconds = 0; settled.yet === undefined; seconds++) {
    if (seconds === limitSeconds)
      throw new Error(`What is waited for does not come within ${limitSeconds} s.`);
    await sandbox.advance(STEP_MS);
  }
  return await promise;
}

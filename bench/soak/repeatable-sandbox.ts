import { Sandbox } from '../../sandbox/sandbox.ts';
import type { SandboxOptions } from '../../sandbox/sandbox-options.ts';
import { preload } from '../preloaded.ts';

/** The instant at which every run begins: schedules by the calendar go by it. A clock is only moved forward. */
const BEGINNING_MS = Date.UTC(2100, 0, 1);

/**
 * Starts a sandbox with virtual time that comes to the same end whenever it is asked to do the same: it begins at a
 * fixed instant, and what its functions leave to chance (the jitter of retries and looks) follows from the seed. The
 * hourly watch, which rotations know nothing of, does not run.
 */
export async function startRepeatable(options: SandboxOptions & { readonly seed: number }): Promise<Sandbox> {
  const sandbox = await Sandbox.start({ ...options, virtualTime: true, events: { rules: 'patterns' } });
  sandbox.clock.advance(BEGINNING_MS - sandbox.clock.nowMs());
  preload(sandbox, new URL('./preloaded-random.ts', import.meta.url), { SOAK_SEED: `${options.seed}` });
  return sandbox;
}

import { Sandbox } from '../../sandbox/sandbox.ts';
import type { SandboxOptions } from '../../sandbox/sandbox-options.ts';
import { preload } from '../preloaded.ts';

/** The instant at which every run starts, for cron schedules; in the future because a clock only moves forward. */
const START_MS = Date.UTC(2100, 0, 1);

/**
 * Starts a sandbox in virtual time whose runs are repeatable: it starts at a fixed instant, and the functions' random numbers
 * (the jitter of retries and polls) depend only on the seed. The hourly overdue check does not run.
 */
export async function startRepeatable(options: SandboxOptions & { readonly seed: number }): Promise<Sandbox> {
  const sandbox = await Sandbox.start({ ...options, virtualTime: true, events: { rules: 'patterns' } });
  sandbox.clock.advance(START_MS - sandbox.clock.nowMs());
  preload(sandbox, new URL('./preloaded-random.ts', import.meta.url), { SOAK_SEED: `${options.seed}` });
  return sandbox;
}

import { pathToFileURL } from 'node:url';
import { plainJavaScript } from '../../sandbox/plain-javascript.ts';
import { Sandbox } from '../../sandbox/sandbox.ts';
import type { SandboxOptions } from '../../sandbox/sandbox-options.ts';

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
  const preloaded = pathToFileURL(plainJavaScript(new URL('./preloaded-random.ts', import.meta.url)));
  for (const definition of sandbox.stack.functions) {
    sandbox.lambda.updateFunction({
      ...definition,
      environment: {
        ...definition.environment,
        NODE_OPTIONS: `--import=${preloaded.href}`,
        SOAK_SEED: `${options.seed}`,
      },
    });
  }
  return sandbox;
}

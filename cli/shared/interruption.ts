import { CliError } from './cli-error.ts';
import { withResolvers } from './with-resolvers.ts';

/**
 * Runs work that may be abandoned at any moment: it only reads, or AWS finishes what it started, such as a
 * configuration test.
 *
 * @throws CliError interrupted
 */
export async function untilInterrupted<Result>(
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  const interrupted = withResolvers<never>();
  const interrupt = (): void => interrupted.reject(new CliError('interrupted', 'Interrupted.'));
  if (signal.aborted) interrupt();
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    return await Promise.race([interrupted.promise, work()]);
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
}

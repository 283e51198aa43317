import { CliError } from './cli-error.ts';

/**
 * Waits for something that only reads, so that nothing is half done when Ctrl-C ends the wait; what is under way then
 * dies with the process.
 *
 * @throws CliError interrupted
 */
export async function untilInterrupted<Result>(
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  const interrupted = Promise.withResolvers<never>();
  const interrupt = (): void => interrupted.reject(new CliError('interrupted', 'Interrupted.'));
  if (signal.aborted) interrupt();
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    return await Promise.race([interrupted.promise, work()]);
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
}

import { CliError } from './cli-error.ts';

/**
 * Waits for something that may be left at any moment: it reads, or what it has begun AWS ends by itself, as a test of
 * the configuration. What is under way when Ctrl-C ends the wait dies with the process.
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

import { CliError } from './cli-error.ts';

/**
 * Runs work that is safe to abandon at any moment, because it only reads, or because AWS finishes it, such as a
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

/** `Promise.withResolvers`, which Node.js 20 lacks. */
export function withResolvers<Value>() {
  let resolve: (value: Value) => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<Value>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

import type { InvocationInterceptor } from './invocation-interceptor.ts';
import type { InvokingService } from './invoker.ts';

/** The maximum number of concurrent functions. */
interface ConcurrencyLimit {
  /** Only invocations by these services are counted and wait. */
  readonly sources: readonly InvokingService[];
  readonly limit: number;
  /** The initial limit; each completed invocation raises it by one (default: `limit`). */
  readonly initialLimit?: number;
}

/**
 * Limits the number of concurrent functions; the others wait. A single machine cannot start hundreds of processes at
 * once as Lambda can, and the functions would time out.
 */
export function limitConcurrency({
  sources,
  limit,
  initialLimit = limit,
}: ConcurrencyLimit): InvocationInterceptor {
  const waiting: (() => void)[] = [];
  let running = 0;
  let presentLimit = initialLimit;
  const letIn = (): void => {
    while (running < presentLimit && waiting.length > 0) {
      running++;
      waiting.shift()?.();
    }
  };
  return async ({ source }, next) => {
    if (source === undefined || !sources.includes(source)) return await next();
    await new Promise<void>(resolve => {
      waiting.push(resolve);
      letIn();
    });
    try {
      return await next();
    } finally {
      running--;
      presentLimit = Math.min(presentLimit + 1, limit);
      letIn();
    }
  };
}

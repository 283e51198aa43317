import type { InvokingService } from './invoker.ts';
import type { InvocationInterceptor } from './lambda.ts';

/**
 * Lets so many functions run at a time, and the others wait for their turn: a machine cannot start hundreds of
 * processes at once as Lambda can, and would run into the time-outs of the functions.
 *
 * @param sources only what these services invoke is counted and waits
 */
export function fewAtATime(limit: number, sources: readonly InvokingService[]): InvocationInterceptor {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async ({ source }, next) => {
    if (source === undefined || !sources.includes(source)) return await next();
    if (running >= limit) await new Promise<void>(resolve => waiting.push(resolve));
    else running++;
    try {
      return await next();
    } finally {
      const first = waiting.shift();
      if (first === undefined) running--;
      else first();
    }
  };
}

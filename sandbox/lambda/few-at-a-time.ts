import type { InvocationInterceptor } from './invocation-interceptor.ts';
import type { InvokingService } from './invoker.ts';

/** How many functions may run at a time. */
interface FewAtATime {
  /** Only what these services invoke is counted and waits. */
  readonly sources: readonly InvokingService[];
  readonly limit: number;
  /** What the limit is at first; each end of an invocation raises it by one. Default: the limit. */
  readonly atFirst?: number;
}

/**
 * Lets so many functions run at a time, and the others wait for their turn: a machine cannot start hundreds of
 * processes at once as Lambda can, and would run into the time-outs of the functions.
 */
export function fewAtATime({ sources, limit, atFirst = limit }: FewAtATime): InvocationInterceptor {
  const waiting: (() => void)[] = [];
  let running = 0;
  let presentLimit = atFirst;
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

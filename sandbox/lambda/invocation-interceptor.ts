import type { Invocation, InvokingService } from './invoker.ts';

/** An invocation as an interceptor sees it. */
export interface InterceptedInvocation {
  readonly functionName: string;
  /** Unqualified. */
  readonly functionArn: string;
  readonly payload: unknown;
  readonly requestId: string;
  /** The AWS service that invokes; absent for a call of Lambda's API. */
  readonly source?: InvokingService;
}

/**
 * Stands around every invocation, in the order given, before concurrency is counted: may refuse it with an
 * AwsError, answer in its place, delay it, or lose its answer.
 */
export type InvocationInterceptor = (
  invocation: InterceptedInvocation,
  next: () => Promise<Invocation>,
) => Promise<Invocation>;

/** Puts the interceptors around `run`, the first one outermost. */
export function intercepted(
  interceptors: readonly InvocationInterceptor[],
  invocation: InterceptedInvocation,
  run: () => Promise<Invocation>,
): () => Promise<Invocation> {
  return interceptors.reduceRight<() => Promise<Invocation>>(
    (next, interceptor) => () => interceptor(invocation, next),
    run,
  );
}

import type { Invocation, InvokingService } from './invoker.ts';

/** An invocation as interceptors receive it. */
export interface InterceptedInvocation {
  readonly functionName: string;
  /** Unqualified. */
  readonly functionArn: string;
  readonly payload: unknown;
  readonly requestId: string;
  /** The AWS service that invokes; absent for a call to Lambda's API. */
  readonly source?: InvokingService;
}

/**
 * Wraps every invocation, in the order given, before concurrency is counted. It may refuse the invocation with an
 * AwsError, return its own result, delay it, or lose its response.
 */
export type InvocationInterceptor = (
  invocation: InterceptedInvocation,
  next: () => Promise<Invocation>,
) => Promise<Invocation>;

/** Wraps `run` in the interceptors, the first one outermost. */
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

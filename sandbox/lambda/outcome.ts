import type { Invocation } from './invoker.ts';
import { RESPONSE_LIMIT } from './payload-limits.ts';
import type { ErrorObject } from './runtime-messages.ts';

/** The result of an invocation; `payload` is JSON text. */
export type Outcome =
  | { readonly succeeded: true; readonly payload: string }
  | { readonly succeeded: false; readonly error: ErrorObject };

/** The result for the caller. */
export function toInvocation(outcome: Outcome, requestId: string): Invocation {
  if (!outcome.succeeded) return { payload: outcome.error, functionError: 'Unhandled', requestId };
  if (Buffer.byteLength(outcome.payload) > RESPONSE_LIMIT) {
    const errorMessage = `Response payload size exceeded maximum allowed payload size (${RESPONSE_LIMIT} bytes).`;
    const error = { errorType: 'Function.ResponseSizeTooLarge', errorMessage };
    return { payload: error, functionError: 'Unhandled', requestId };
  }
  return { payload: JSON.parse(outcome.payload), requestId };
}

import { types } from 'node:util';
import type { ErrorObject } from './runtime-messages.ts';

/** An error that the runtime itself reports, e.g. `Runtime.HandlerNotFound`. */
export class RuntimeError extends Error {
  override readonly name: string;

  constructor(kind: string, message: string) {
    super(message);
    this.name = `Runtime.${kind}`;
  }
}

/**
 * The error object that the Node.js runtime creates for a thrown value (aws-lambda-nodejs-runtime-interface-client,
 * Errors.js): a state machine can catch it only by `error.name`, which is `Error` for a class that does not set it.
 */
export function toErrorObject(thrown: unknown): ErrorObject {
  if (looksLikeError(thrown)) {
    return { errorType: thrown.name, errorMessage: thrown.message, trace: (thrown.stack ?? '').split('\n') };
  }
  // The runtime reports a rejection without a reason as `handled`.
  const reason = thrown ?? 'handled';
  return { errorType: typeof reason, errorMessage: String(reason), trace: [] };
}

/**
 * The text that the runtime logs for a thrown error. Unlike the error object, it contains all of the error's own
 * enumerable fields, so a secret in such a field would be logged.
 */
export function toLogText(thrown: unknown): string {
  try {
    return JSON.stringify(thrown ?? 'handled', (_key, value: unknown) =>
      value instanceof Error
        ? { errorType: value.name, errorMessage: value.message, ...value, stack: value.stack?.split('\n') }
        : value,
    );
  } catch {
    return JSON.stringify(toErrorObject(thrown));
  }
}

function looksLikeError(thrown: unknown): thrown is Error {
  if (types.isNativeError(thrown)) return true;
  if (typeof thrown !== 'object' || thrown === null) return false;
  const { name, message, stack } = thrown as Partial<Record<'name' | 'message' | 'stack', unknown>>;
  return [name, message, stack].every(part => typeof part === 'string' && part !== '');
}

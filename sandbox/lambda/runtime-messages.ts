/** How Lambda reports a failed invocation (AWS Lambda Developer Guide, "AWS Lambda function errors in Node.js"). */
export interface ErrorObject {
  readonly errorType: string;
  readonly errorMessage: string;
  /** Absent where the service itself reports the error (timeout, exit). */
  readonly trace?: readonly string[];
}

/**
 * The time of a function's process: the machine's plus an offset in ms; or, with virtual time, the instant of the
 * current step. Then its timers also wait for the clock.
 */
export type ProcessTime = { readonly offsetMs: number } | { readonly nowMs: number };

/** One invocation. */
export interface InvokeMessage {
  readonly type: 'invoke';
  readonly requestId: string;
  /** As the caller named it, with the qualifier if any. */
  readonly functionArn: string;
  /** JSON text. */
  readonly payload: string;
  readonly timeoutMs: number;
  readonly time: ProcessTime;
}

/** Messages from the service to a function's process; the last two only with virtual time. */
export type ServiceMessage =
  | InvokeMessage
  /** Sends the time and requests a {@link IdleMessage}. */
  | { readonly type: 'probe'; readonly id: number; readonly nowMs: number }
  /** Runs the timer that is due first. */
  | { readonly type: 'wake' };

/** The process only waits for responses and timers. */
export interface IdleMessage {
  readonly type: 'idle';
  /** The id of the probe. */
  readonly id: number;
  /** The local port of every HTTP request without a complete response; null before it is connected. */
  readonly ports: readonly (number | null)[];
  /** When its first timer is due. */
  readonly dueAtMs?: number;
}

/** Messages from a function's process to the service. */
export type RuntimeMessage =
  | { readonly type: 'ready' }
  | IdleMessage
  /** The code could not be loaded; the process ends. */
  | { readonly type: 'initFailed'; readonly error: ErrorObject }
  /** `payload` is JSON text. */
  | { readonly type: 'succeeded'; readonly payload: string }
  /** `exiting`: the failure also ended the process. */
  | { readonly type: 'failed'; readonly error: ErrorObject; readonly exiting: boolean };

/**
 * The process writes this line to both output streams before it reports the end of an invocation. The streams and the
 * message channel are read independently, so this is the only sign that a request's last line has been read.
 */
export const END_OF_REQUEST = '\u0000end of request';

/** How Lambda reports a failed invocation (AWS Lambda Developer Guide, "AWS Lambda function errors in Node.js"). */
export interface ErrorObject {
  readonly errorType: string;
  readonly errorMessage: string;
  /** Left out where the service itself reports the error (time-out, exit). */
  readonly trace?: readonly string[];
}

/**
 * The time that a function's process goes by: the machine's, so many ms ahead; or, where the sandbox's clock stands
 * still between its steps, the instant of the present step. Then its timers wait for that clock, too.
 */
export type ProcessTime = { readonly offsetMs: number } | { readonly nowMs: number };

/** One invocation. */
export interface InvokeMessage {
  readonly type: 'invoke';
  readonly requestId: string;
  /** As the caller named it, so with its qualifier if there was one. */
  readonly functionArn: string;
  /** JSON text. */
  readonly payload: string;
  readonly timeoutMs: number;
  readonly time: ProcessTime;
}

/** What the service sends to a function's process; the last two only where the clock stands still. */
export type ServiceMessage =
  | InvokeMessage
  /** Tells the time and asks for a {@link StillMessage}. */
  | { readonly type: 'probe'; readonly id: number; readonly nowMs: number }
  /** Runs the timer that is due first. */
  | { readonly type: 'wake' };

/** The process has nothing to do but to wait for its requests' answers and its timers. */
export interface StillMessage {
  readonly type: 'still';
  /** That of the probe. */
  readonly id: number;
  /** The local port of every HTTP request without a complete answer; null before it is connected. */
  readonly ports: readonly (number | null)[];
  /** When its first timer is due. */
  readonly dueAtMs?: number;
}

/** What a function's process tells the service. */
export type RuntimeMessage =
  | { readonly type: 'ready' }
  | StillMessage
  /** The code could not be loaded; the process ends. */
  | { readonly type: 'initFailed'; readonly error: ErrorObject }
  /** `payload` is JSON text. */
  | { readonly type: 'succeeded'; readonly payload: string }
  /** `exiting`: the failure ended the process too. */
  | { readonly type: 'failed'; readonly error: ErrorObject; readonly exiting: boolean };

/**
 * The process writes this line to both output streams before it reports an end. The streams and the message
 * channel are read independently, so only this tells that a request's last line has been read.
 */
export const END_OF_REQUEST = '\u0000end of request';

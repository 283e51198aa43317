/** How Lambda reports a failed invocation (AWS Lambda Developer Guide, "AWS Lambda function errors in Node.js"). */
export interface ErrorObject {
  readonly errorType: string;
  readonly errorMessage: string;
  /** Left out where the service itself reports the error (time-out, exit). */
  readonly trace?: readonly string[];
}

/** What the service sends to a function's process: one invocation. */
export interface InvokeMessage {
  readonly requestId: string;
  /** As the caller named it, so with its qualifier if there was one. */
  readonly functionArn: string;
  /** JSON text. */
  readonly payload: string;
  readonly timeoutMs: number;
  /** How far the sandbox's clock is ahead of the machine's. */
  readonly offsetMs: number;
}

/** What a function's process tells the service. */
export type RuntimeMessage =
  | { readonly type: 'ready' }
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

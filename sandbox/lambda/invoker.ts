/** The result of an invocation that Lambda accepted. */
export interface Invocation {
  /** The function's result, or the error object `{errorType, errorMessage, trace}` when it failed. */
  readonly payload: unknown;
  /** Set when the function failed: threw, exited, or ran out of time or memory. */
  readonly functionError?: 'Unhandled';
  readonly requestId: string;
  /** The version that ran, resolved from the alias if any; absent when none ran. */
  readonly executedVersion?: string;
}

/** A service that invokes functions itself. */
export type InvokingService =
  | 'secretsmanager.amazonaws.com'
  | 'states.amazonaws.com'
  | 'events.amazonaws.com';

/** The principal of a service's invocation. */
export interface InvocationOrigin {
  /** The role whose permissions count; without it, the function's resource policy. */
  readonly roleArn?: string;
  /** The resource that the service acts for, e.g. a rule of EventBridge. */
  readonly sourceArn?: string;
}

/** How other services invoke functions. */
export interface FunctionInvoker {
  /**
   * Invokes a function synchronously.
   *
   * @param functionArn name, ARN or qualified ARN
   * @param payload     is converted to JSON
   * @throws AwsError Lambda's own errors: ResourceNotFoundException (404), TooManyRequestsException (429),
   *                  AccessDeniedException (403), ServiceException (500)
   */
  invoke(
    functionArn: string,
    payload: unknown,
    source: InvokingService,
    origin?: InvocationOrigin,
  ): Promise<Invocation>;
}

/** How other services send events to functions. */
export interface EventInvoker {
  /**
   * Invokes a function asynchronously: Lambda queues the event and retries it by its own rules.
   *
   * @param functionArn name, ARN or qualified ARN
   * @param payload     is converted to JSON
   * @throws AwsError Lambda rejects the event: ResourceNotFoundException (404), AccessDeniedException
   *                  (403), RequestTooLargeException (413)
   */
  invokeEvent(
    functionArn: string,
    payload: unknown,
    source: InvokingService,
    origin?: InvocationOrigin,
  ): Promise<void>;
}

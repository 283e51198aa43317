/** What came of an invocation that Lambda accepted. */
export interface Invocation {
  /** The function's result, or the error object `{errorType, errorMessage, trace}` when it failed. */
  readonly payload: unknown;
  /** Set when the function failed: threw, exited, or ran out of time or memory. */
  readonly functionError?: 'Unhandled';
  readonly requestId: string;
}

/** A service that calls functions on its own behalf. */
export type InvokingService = 'secretsmanager.amazonaws.com' | 'states.amazonaws.com';

/** How the other services call functions. */
export interface FunctionInvoker {
  /**
   * Invokes a function synchronously.
   *
   * @param functionArn name, ARN or qualified ARN
   * @param payload     goes through JSON
   * @throws AwsError what Lambda itself answers: ResourceNotFoundException (404), TooManyRequestsException
   *                  (429), AccessDeniedException (403), ServiceException (500)
   */
  invoke(functionArn: string, payload: unknown, source: InvokingService): Promise<Invocation>;
}

import { AwsError } from '../aws/aws-error.ts';
import { ConnectionDropped } from '../aws/interruptions.ts';
import type { InterceptedInvocation } from '../lambda/invocation-interceptor.ts';
import type { Invocation } from '../lambda/invoker.ts';
import type { FunctionFaultKind } from './fault-rule.ts';

/**
 * Injects a fault into an invocation. It takes no time, not even for a timeout; a function that runs also completes.
 *
 * Sources: AWS Step Functions Developer Guide, "Handling errors in Step Functions workflows" (timeout and exit); AWS
 * Lambda API Reference, Invoke (the service's own errors).
 */
export async function functionFault(
  kind: FunctionFaultKind,
  invocation: InterceptedInvocation,
  next: () => Promise<Invocation>,
  timeoutSeconds: number,
): Promise<Invocation> {
  switch (kind) {
    case 'crash-before':
      return exited(invocation, 'exit status 1');
    case 'crash-after':
      await next();
      return exited(invocation, 'exit status 1');
    case 'out-of-memory':
      await next();
      return exited(invocation, 'signal: killed');
    case 'timeout-before':
      return timedOut(invocation, timeoutSeconds);
    case 'timeout-after':
      await next();
      return timedOut(invocation, timeoutSeconds);
    case 'throttled':
      throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', {
        statusCode: 429,
        details: { Reason: 'ConcurrentInvocationLimitExceeded' },
      });
    case 'server-error':
      throw new AwsError('ServiceException', 'The AWS Lambda service encountered an internal error.', {
        statusCode: 500,
      });
    case 'access-denied':
      throw new AwsError(
        'AccessDeniedException',
        `User: ${invocation.source ?? 'operator'} is not authorized to perform: lambda:InvokeFunction on resource: ${invocation.functionArn} because no resource-based policy allows the lambda:InvokeFunction action`,
        { statusCode: 403 },
      );
    case 'response-lost':
      await next();
      throw new ConnectionDropped(`lambda.amazonaws.com:443 failed to respond`);
  }
}

function exited({ requestId }: InterceptedInvocation, reason: string): Invocation {
  const errorMessage = `RequestId: ${requestId} Error: Runtime exited with error: ${reason}`;
  return failed(requestId, { errorType: 'Runtime.ExitError', errorMessage });
}

function timedOut({ requestId }: InterceptedInvocation, timeoutSeconds: number): Invocation {
  const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
  return failed(requestId, { errorType: 'Sandbox.Timedout', errorMessage });
}

function failed(requestId: string, payload: { errorType: string; errorMessage: string }): Invocation {
  return { payload, functionError: 'Unhandled', requestId };
}

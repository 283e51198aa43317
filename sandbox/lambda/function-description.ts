import { AwsError } from '../aws/aws-error.ts';
import type { FoundFunction } from './function-registry.ts';

/** The output of GetFunctionConfiguration (AWS Lambda API Reference). */
export function functionConfiguration({ hosted, version, invokedArn }: FoundFunction): object {
  const { definition } = hosted;
  return {
    FunctionName: definition.name,
    FunctionArn: invokedArn,
    Runtime: definition.runtime,
    Role: definition.roleArn,
    Handler: definition.handler,
    Timeout: definition.timeoutSeconds,
    MemorySize: definition.memoryMb,
    Environment: { Variables: definition.environment },
    LoggingConfig: { LogFormat: definition.logFormat, LogGroup: definition.logGroupName },
    PackageType: 'Zip',
    State: 'Active',
    LastUpdateStatus: 'Successful',
    Version: version,
  };
}

/** The output of GetFunctionConcurrency (AWS Lambda API Reference): empty without reserved concurrency. */
export function functionConcurrency({ hosted }: FoundFunction): object {
  const { reservedConcurrency } = hosted.definition;
  return reservedConcurrency === undefined ? {} : { ReservedConcurrentExecutions: reservedConcurrency };
}

/**
 * The output of GetPolicy (AWS Lambda API Reference), without a revision.
 *
 * @param policyOf returns the statements of a function's policy
 * @throws AwsError ResourceNotFoundException (404) the function has no policy
 */
export function functionPolicy(
  { invokedArn }: FoundFunction,
  policyOf: (functionArn: string) => readonly object[] = () => [],
): object {
  const statements = policyOf(invokedArn);
  if (statements.length === 0) {
    throw new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.', {
      statusCode: 404,
    });
  }
  return { Policy: JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: statements }) };
}

import type { FoundFunction } from './function-registry.ts';

/** The answer of AWS Lambda API Reference, GetFunction; `Code` has no download address. */
export function describeFunction({ hosted, version, invokedArn }: FoundFunction): object {
  const { definition } = hosted;
  return {
    Configuration: {
      FunctionName: definition.name,
      FunctionArn: invokedArn,
      Runtime: definition.runtime,
      Role: definition.roleArn,
      Handler: definition.handler,
      Timeout: definition.timeoutSeconds,
      MemorySize: definition.memoryMb,
      Environment: { Variables: definition.environment },
      LoggingConfig: { LogGroup: definition.logGroupName },
      PackageType: 'Zip',
      State: 'Active',
      LastUpdateStatus: 'Successful',
      Version: version,
    },
    Code: { RepositoryType: 'S3' },
    ...(definition.reservedConcurrency !== undefined && {
      Concurrency: { ReservedConcurrentExecutions: definition.reservedConcurrency },
    }),
  };
}

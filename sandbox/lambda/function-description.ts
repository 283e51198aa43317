import type { FoundFunction } from './function-registry.ts';

/** The answer of AWS Lambda API Reference, GetFunction; `Code` has no download address. */
export function describeFunction(found: FoundFunction): object {
  const { reservedConcurrency } = found.hosted.definition;
  return {
    Configuration: functionConfiguration(found),
    Code: { RepositoryType: 'S3' },
    ...(reservedConcurrency !== undefined && {
      Concurrency: { ReservedConcurrentExecutions: reservedConcurrency },
    }),
  };
}

/** The answer of AWS Lambda API Reference, GetFunctionConfiguration. */
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
    LoggingConfig: { LogGroup: definition.logGroupName },
    PackageType: 'Zip',
    State: 'Active',
    LastUpdateStatus: 'Successful',
    Version: version,
  };
}

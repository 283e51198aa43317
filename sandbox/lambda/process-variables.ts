import { randomUUID } from 'node:crypto';
import type { AccessKey } from '../aws/identities.ts';
import type { FunctionDefinition } from './function-definition.ts';

/**
 * The environment variables of a new function process: the function's own, those that Lambda reserves (AWS Lambda
 * Developer Guide, "Working with Lambda environment variables"), and the sandbox's additions. Later ones override
 * earlier ones. The execution environment adds LAMBDA_TASK_ROOT; the environment of this process is not inherited.
 */
export function processVariables(options: {
  definition: FunctionDefinition;
  region: string;
  version: string;
  credentials: AccessKey;
  extra: Readonly<Record<string, string>>;
  logStreamName: string;
}): Record<string, string> {
  const { definition, credentials, version } = options;
  return {
    ...definition.environment,
    _HANDLER: definition.handler,
    TZ: 'UTC',
    LANG: 'en_US.UTF-8',
    // Lambda's user has no home folder; with the developer's home folder, the SDK would read ~/.aws/config.
    HOME: '/home/sbx_user1051',
    AWS_REGION: options.region,
    AWS_DEFAULT_REGION: options.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${definition.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_VERSION: version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_FORMAT: definition.logFormat,
    AWS_LAMBDA_LOG_GROUP_NAME: definition.logGroupName,
    AWS_LAMBDA_LOG_STREAM_NAME: options.logStreamName,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ...(credentials.sessionToken !== undefined && { AWS_SESSION_TOKEN: credentials.sessionToken }),
    ...options.extra,
  };
}

/** A log stream name in Lambda's format. */
export function newLogStreamName(version: string, startedAt: Date): string {
  const day = startedAt.toISOString().slice(0, 10).replaceAll('-', '/');
  return `${day}/[${version}]${randomUUID().replaceAll('-', '')}`;
}

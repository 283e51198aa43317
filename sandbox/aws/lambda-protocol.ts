import { AwsError } from './aws-error.ts';
import type { RequestHead, WireProtocol, WireRequest } from './wire-protocol.ts';

const FUNCTION_PATH =
  /^\/(?<api>2015-03-31|2019-09-30)\/functions\/(?<name>[^/]+)(?:\/(?<part>invocations|configuration|policy|concurrency))?\/?$/;

/** By method, API version, and the path segment after the function's name. */
const OPERATIONS: Readonly<Record<string, string>> = {
  'POST 2015-03-31 invocations': 'Invoke',
  'GET 2015-03-31 configuration': 'GetFunctionConfiguration',
  'GET 2015-03-31 policy': 'GetPolicy',
  'GET 2019-09-30 concurrency': 'GetFunctionConcurrency',
};
const VERSIONED_PATH = /^\/20\d\d-\d\d-\d\d\//;

/** Maximum payload of a synchronous invocation (AWS Lambda Developer Guide, "Lambda quotas"). */
const BODY_LIMIT_BYTES = 6_291_456;

/** The output of `Invoke`; see AWS Lambda API Reference, Invoke. */
interface InvokeOutput {
  readonly StatusCode?: number;
  readonly Payload?: string;
  readonly FunctionError?: string;
  readonly ExecutedVersion?: string;
  readonly LogResult?: string;
}

/** Whether a path is Lambda's: its paths begin with an API version. */
export function isLambdaPath(path: string): boolean {
  return VERSIONED_PATH.test(path);
}

/**
 * Lambda's REST-JSON protocol, for `Invoke` and the operations that describe a function. The input of `Invoke` is
 * `{FunctionName, Qualifier?, InvocationType, LogType?, Payload}`, where `Payload` is the body as text, not parsed.
 *
 * @see AWS Lambda API Reference, Invoke, GetFunctionConfiguration, GetFunctionConcurrency and GetPolicy
 */
export function lambdaProtocol(head: RequestHead): WireProtocol {
  const match = FUNCTION_PATH.exec(head.path);
  const operation = operationOf(head.method, match);

  return {
    service: 'lambda',
    bodyLimitBytes: BODY_LIMIT_BYTES,
    bodyTooLarge: () =>
      new AwsError(
        'RequestTooLargeException',
        `Request must be smaller than ${BODY_LIMIT_BYTES} bytes for the InvokeFunction operation`,
        { statusCode: 413 },
      ),
    operation: () => operation,
    input: request => {
      const common = {
        FunctionName: decode(match?.groups?.name ?? ''),
        Qualifier: new URLSearchParams(request.query).get('Qualifier') ?? undefined,
      };
      return operation === 'Invoke' ? { ...common, ...invokeMembers(request) } : common;
    },
    writeResponse: (operationName, output, requestId) => {
      if (operationName !== 'Invoke')
        return {
          statusCode: 200,
          headers: { 'content-type': 'application/json', 'x-amzn-requestid': requestId },
          body: JSON.stringify(output),
        };
      const { StatusCode, Payload, FunctionError, ExecutedVersion, LogResult }: InvokeOutput = output;
      return {
        statusCode: StatusCode ?? 200,
        headers: {
          'content-type': 'application/json',
          'x-amzn-requestid': requestId,
          ...(FunctionError === undefined ? {} : { 'x-amz-function-error': FunctionError }),
          ...(ExecutedVersion === undefined ? {} : { 'x-amz-executed-version': ExecutedVersion }),
          ...(LogResult === undefined ? {} : { 'x-amz-log-result': LogResult }),
        },
        body: Payload ?? '',
      };
    },
    writeError: (error, requestId) => ({
      statusCode: error.type === 'UnknownOperationException' ? 404 : error.statusCode,
      headers: {
        'content-type': 'application/json',
        'x-amzn-requestid': requestId,
        'x-amzn-errortype': error.type,
      },
      body: JSON.stringify({
        Type: error.statusCode < 500 ? 'User' : 'Service',
        Message: error.message,
        ...error.details,
      }),
    }),
  };
}

function operationOf(method: string, match: RegExpExecArray | null): string | undefined {
  if (match === null) return undefined;
  const { api, part = '' } = match.groups ?? {};
  return OPERATIONS[`${method} ${api} ${part}`];
}

function invokeMembers(request: WireRequest): object {
  return {
    InvocationType: request.headers['x-amz-invocation-type'] ?? 'RequestResponse',
    LogType: request.headers['x-amz-log-type'],
    Payload: request.body.toString('utf8'),
    ClientContext: request.headers['x-amz-client-context'],
    DurableExecutionName: request.headers['x-amz-durable-execution-name'],
    TenantId: request.headers['x-amz-tenant-id'],
  };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new AwsError('SerializationException', 'The request path is not validly percent-encoded.');
  }
}

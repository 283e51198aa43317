import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws/aws-error.ts';
import { isJsonObject, type Json } from '../json.ts';
import type { FunctionInvoker, Invocation, InvocationOrigin } from '../lambda/invoker.ts';
import { StateFailed } from './state-failure.ts';

/**
 * Errors that every AWS service may return and that Lambda's own error list lacks; Step Functions reports them under
 * one name (AWS Lambda API Reference, "Common Error Types").
 */
const UNLISTED_LAMBDA_ERRORS = new Set([
  'AccessDeniedException',
  'ExpiredTokenException',
  'InternalFailure',
  'ServiceUnavailable',
  'ThrottlingException',
  'UnrecognizedClientException',
]);

/** A function's response to Step Functions. */
export interface FunctionResponse {
  readonly payload: Json;
  readonly requestId: string;
  readonly executedVersion: string;
}

/**
 * Invokes a function for a Task (AWS Step Functions Developer Guide, "Handling errors in Step Functions
 * workflows", Lambda errors).
 *
 * @throws StateFailed the function's `errorType`; `Lambda.Unknown` if it has none; `Lambda.<Name>` for an error of
 *   the Lambda service; `Lambda.SdkClientException` if there is no response
 */
export async function invokeFunction(
  functions: FunctionInvoker,
  functionArn: string,
  payload: Json,
  origin: InvocationOrigin,
): Promise<FunctionResponse> {
  let invocation: Invocation;
  try {
    invocation = await functions.invoke(functionArn, payload, 'states.amazonaws.com', origin);
  } catch (error) {
    throw serviceFailure(error);
  }
  const response = throughJson(invocation.payload);
  if (invocation.functionError !== undefined) throw functionFailure(response);
  const { requestId, executedVersion = '$LATEST' } = invocation;
  return { payload: response, requestId, executedVersion };
}

/**
 * The result of `lambda:invoke`: the function's payload with the metadata of the call (AWS Step Functions Developer
 * Guide, "Invoke an AWS Lambda function with Step Functions").
 */
export function invokeResult(response: FunctionResponse, at: Date): Json {
  const { executedVersion } = response;
  const headers = {
    Connection: 'keep-alive',
    'Content-Length': String(Buffer.byteLength(JSON.stringify(response.payload))),
    'Content-Type': 'application/json',
    Date: at.toUTCString(),
    'X-Amz-Executed-Version': executedVersion,
    'x-amzn-Remapped-Content-Length': '0',
    'x-amzn-RequestId': response.requestId,
  };
  return {
    ExecutedVersion: executedVersion,
    Payload: response.payload,
    SdkHttpMetadata: {
      AllHttpHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
      HttpHeaders: headers,
      HttpStatusCode: 200,
    },
    SdkResponseMetadata: { RequestId: response.requestId },
    StatusCode: 200,
  };
}

/** A value after a round trip through JSON; `undefined` becomes null. */
function throughJson(value: unknown): Json {
  if (value === undefined) return null;
  const copy: Json = JSON.parse(JSON.stringify(value));
  return copy;
}

function functionFailure(payload: Json): StateFailed {
  const errorType = isJsonObject(payload) ? payload.errorType : undefined;
  const text = JSON.stringify(payload);
  if (typeof errorType === 'string' && errorType !== '') return new StateFailed(errorType, text);
  return new StateFailed(
    'Lambda.Unknown',
    `The cause could not be determined because Lambda did not return an error type. Returned payload: ${text}`,
  );
}

function serviceFailure(error: unknown): StateFailed {
  if (!(error instanceof AwsError)) {
    const reason = error instanceof Error ? error.message : String(error);
    return new StateFailed('Lambda.SdkClientException', `Unable to execute HTTP request: ${reason}`);
  }
  const name = UNLISTED_LAMBDA_ERRORS.has(error.type) ? 'AWSLambdaException' : error.type;
  return new StateFailed(
    `Lambda.${name}`,
    `${error.message} (Service: AWSLambda; Status Code: ${error.statusCode}; Error Code: ${error.type}; Request ID: ${randomUUID()}; Proxy: null)`,
  );
}

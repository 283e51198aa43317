import { AwsError } from './aws-error.ts';
import type { RequestHead, WireProtocol, WireResponse } from './wire-protocol.ts';

/** Service by the prefix of `X-Amz-Target`. */
const SERVICE_BY_TARGET: ReadonlyMap<string, string> = new Map([
  ['secretsmanager', 'secretsmanager'],
  ['DynamoDB_20120810', 'dynamodb'],
  ['TrentService', 'kms'],
  ['AWSStepFunctions', 'states'],
]);

const BODY_LIMIT_BYTES = 1_048_576;

/** DynamoDB errors whose message member is `Message`. */
const UPPER_CASE_MESSAGE: ReadonlySet<string> = new Set([
  'IdempotentParameterMismatchException',
  'TransactionCanceledException',
]);

/** Errors of the front end, and client errors of every service: their message member is `message`. */
const LOWER_CASE_MESSAGE: ReadonlySet<string> = new Set([
  'AccessDeniedException',
  'IncompleteSignatureException',
  'InternalFailure',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'RequestEntityTooLargeException',
  'SerializationException',
  'UnknownOperationException',
  'UnrecognizedClientException',
  'ValidationException',
]);

/**
 * AWS JSON 1.0 and 1.1: the operation in `X-Amz-Target`, input and output as JSON objects. The body of an error
 * without a message omits the member.
 *
 * @see Smithy 2.0, AWS JSON 1.0 and AWS JSON 1.1 protocols
 */
export function jsonProtocol(head: RequestHead): WireProtocol {
  const target = head.headers['x-amz-target']?.toString() ?? '';
  const dot = target.lastIndexOf('.');
  const service = SERVICE_BY_TARGET.get(target.slice(0, Math.max(dot, 0)));
  const contentType = head.headers['content-type']?.includes('x-amz-json-1.0')
    ? 'application/x-amz-json-1.0'
    : 'application/x-amz-json-1.1';
  const write = (statusCode: number, requestId: string, body: object): WireResponse => ({
    statusCode,
    headers: { 'content-type': contentType, 'x-amzn-requestid': requestId },
    body: JSON.stringify(body),
  });

  return {
    service,
    bodyLimitBytes: BODY_LIMIT_BYTES,
    bodyTooLarge: () =>
      new AwsError('RequestEntityTooLargeException', `Request size exceeded ${BODY_LIMIT_BYTES} bytes`, {
        statusCode: 413,
      }),
    operation: request => (request.method === 'POST' && dot >= 0 ? target.slice(dot + 1) : undefined),
    input: request => readJsonObject(request.body),
    writeResponse: (_operation, output, requestId) => write(200, requestId, output),
    writeError: (error, requestId) => {
      const isUpperCase =
        (service === 'secretsmanager' && !LOWER_CASE_MESSAGE.has(error.type)) ||
        (service === 'dynamodb' && UPPER_CASE_MESSAGE.has(error.type));
      const member = isUpperCase ? 'Message' : 'message';
      const message = error.message === '' ? {} : { [member]: error.message };
      return write(error.statusCode, requestId, { __type: error.type, ...message, ...error.details });
    },
  };
}

/** A timestamp in the format of both JSON protocols. */
export function epochSeconds(at: Date): number {
  return at.getTime() / 1000;
}

function readJsonObject(body: Buffer): object {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    // AWS treats a null member as absent.
    value = JSON.parse(body.toString('utf8'), (_key, member: unknown) => member ?? undefined);
  } catch {
    // The parser's own message quotes the body, which may hold a secret value.
    throw new AwsError('SerializationException', 'The request body is not valid JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new AwsError('SerializationException', 'The request body is not a JSON object.');
  return value;
}

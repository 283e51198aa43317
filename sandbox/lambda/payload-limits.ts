import { AwsError } from '../aws/aws-error.ts';

/** AWS Lambda Developer Guide, "Lambda quotas", in bytes. */
const SYNCHRONOUS_PAYLOAD_LIMIT = 6_291_456;
const ASYNCHRONOUS_PAYLOAD_LIMIT = 1_048_576;

/** The maximum size of a function's response, in bytes. */
export const RESPONSE_LIMIT = 6_291_556;

/**
 * Rejects a payload that is too large or not JSON, as Lambda does.
 *
 * @param payload        JSON text
 * @param invocationType `RequestResponse` or `Event`
 * @throws AwsError RequestTooLargeException (413)
 * @throws AwsError InvalidRequestContentException not JSON
 */
export function checkPayload(payload: string, invocationType: string): void {
  const limit = invocationType === 'Event' ? ASYNCHRONOUS_PAYLOAD_LIMIT : SYNCHRONOUS_PAYLOAD_LIMIT;
  const size = Buffer.byteLength(payload);
  if (size > limit) {
    throw new AwsError(
      'RequestTooLargeException',
      `${size} byte payload is too large for the ${invocationType} invocation type (limit ${limit} bytes)`,
      { statusCode: 413 },
    );
  }
  try {
    JSON.parse(payload);
  } catch {
    throw new AwsError('InvalidRequestContentException', 'Could not parse request body into json.');
  }
}

import * as v from 'valibot';
import { AwsError } from '../aws/aws-error.ts';
import type { SecretValue } from './secret.ts';

const MAX_VALUE_BYTES = 65_536;
const VALID_NAME = /^[A-Za-z0-9/_+=.@!-]+$/;

/**
 * The members of requests.
 *
 * Source: AWS Secrets Manager API Reference, "Request Parameters" of each operation.
 */
export const members = {
  secretId: v.pipe(v.string(), v.minLength(1), v.maxLength(2048)),
  clientRequestToken: v.optional(v.pipe(v.string(), v.minLength(32), v.maxLength(64))),
  versionId: v.optional(v.pipe(v.string(), v.minLength(32), v.maxLength(64))),
  versionStage: v.pipe(v.string(), v.minLength(1), v.maxLength(256)),
  rotationToken: v.optional(
    v.pipe(v.string(), v.minLength(36), v.maxLength(256), v.regex(/^[a-zA-Z0-9-]+$/)),
  ),
  secretString: v.optional(v.string()),
  secretBinary: v.optional(v.pipe(v.string(), v.base64())),
  description: v.optional(v.pipe(v.string(), v.maxLength(2048))),
  kmsKeyId: v.optional(v.pipe(v.string(), v.maxLength(2048))),
  maxResults: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100))),
  nextToken: v.optional(v.pipe(v.string(), v.minLength(1))),
};

/** A request member that is not emulated: rejected by name, not ignored. */
export const notEmulated = v.optional(v.never());

/**
 * Only raw HTTP requests may lack the token; the AWS SDKs generate it.
 *
 * @throws AwsError of the given type; RotateSecret does not use the default
 */
export function requireToken(
  token: string | undefined,
  type: 'InvalidRequestException' | 'InvalidParameterException' = 'InvalidRequestException',
): string {
  if (token !== undefined) return token;
  throw new AwsError(type, 'You must provide a ClientRequestToken value. We recommend a UUID-type value.');
}

/** @throws AwsError ValidationException */
export function requireValidName(name: string): void {
  if (VALID_NAME.test(name) && name.length <= 512) return;
  throw new AwsError(
    'ValidationException',
    'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
  );
}

/**
 * The value in a request, if any. An empty string counts as absent.
 *
 * Source: AWS Secrets Manager API Reference, PutSecretValue; User Guide, "Secrets Manager quotas" (65,536 bytes).
 *
 * @throws AwsError InvalidParameterException for both kinds of value, ValidationException for a value that is too large
 */
export function readValue(input: {
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: string | undefined;
}): SecretValue | undefined {
  if (input.SecretString && input.SecretBinary) {
    throw new AwsError(
      'InvalidParameterException',
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  if (input.SecretString) {
    requireSize('secretString', Buffer.byteLength(input.SecretString));
    return { SecretString: input.SecretString };
  }
  if (input.SecretBinary) {
    requireSize('secretBinary', Buffer.byteLength(input.SecretBinary, 'base64'));
    return { SecretBinary: input.SecretBinary };
  }
  return undefined;
}

function requireSize(member: string, bytes: number): void {
  if (bytes <= MAX_VALUE_BYTES) return;
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have length less than or equal to ${MAX_VALUE_BYTES}`,
  );
}

/**
 * One page of a list.
 *
 * @throws AwsError InvalidNextTokenException for an invalid token
 */
export function page<Item>(
  items: readonly Item[],
  {
    MaxResults: size = 100,
    NextToken: token,
  }: { MaxResults?: number | undefined; NextToken?: string | undefined },
): { items: Item[]; NextToken?: string } {
  const start = token === undefined ? 0 : Number(Buffer.from(token, 'base64url').toString());
  if (!(Number.isInteger(start) && start >= 0 && start <= items.length)) {
    throw new AwsError('InvalidNextTokenException', 'The NextToken value is invalid.');
  }
  const end = start + size;
  return {
    items: items.slice(start, end),
    ...(end < items.length ? { NextToken: Buffer.from(String(end)).toString('base64url') } : {}),
  };
}

import { AwsError } from '../aws/aws-error.ts';

/** A parsed function name. */
export interface FunctionName {
  readonly name: string;
  /** A version, an alias or `$LATEST`. */
  readonly qualifier?: string;
  /** Both are present only in an ARN; a partial ARN has only the account. */
  readonly region?: string;
  readonly accountId?: string;
}

/** AWS Lambda API Reference, Invoke, "FunctionName": name, ARN or partial ARN, each with or without a qualifier. */
const PATTERN =
  /^(?:arn:aws[a-zA-Z-]*:lambda:(?<region>[a-z0-9-]+):(?<arnAccountId>\d{12}):function:|(?:(?<accountId>\d{12}):function:)?)(?<name>[\w-]+)(?::(?<qualifier>\$LATEST|[\w-]+))?$/;

/**
 * Parses a function's name, ARN or partial ARN.
 *
 * @param separateQualifier the request's own `Qualifier`
 * @throws AwsError ValidationException           not a valid function name
 * @throws AwsError InvalidParameterValueException the two qualifiers differ
 */
export function parseFunctionName(functionName: string, separateQualifier?: string): FunctionName {
  const groups = PATTERN.exec(functionName)?.groups;
  const name = groups?.name;
  if (name === undefined) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value '${functionName}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?`,
    );
  }
  const derived = groups?.qualifier;
  if (derived !== undefined && separateQualifier !== undefined && derived !== separateQualifier) {
    throw new AwsError(
      'InvalidParameterValueException',
      'The derived qualifier from the function name does not match the specified qualifier.',
    );
  }
  const qualifier = derived ?? separateQualifier;
  const region = groups?.region;
  const accountId = groups?.arnAccountId ?? groups?.accountId;
  return {
    name,
    qualifier,
    region,
    accountId,
  };
}

import * as dynamoDb from '@aws-sdk/client-dynamodb';
import * as kms from '@aws-sdk/client-kms';
import * as lambda from '@aws-sdk/client-lambda';
import * as secretsManager from '@aws-sdk/client-secrets-manager';
import * as stepFunctions from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import * as errors from '../../functions/shared/errors.ts';
import { parseDefinition } from '../../statemachine/definition.ts';
import { definitionText } from '../../statemachine/definition-text.ts';

const { RotationError, ...classes } = errors;

/** The names of the functions' own errors, as Lambda reports them. */
const OWN = Object.values(classes).map(Class => new Class('').name);

/** AWS Step Functions Developer Guide, "Handling errors in Step Functions workflows". */
const STATES_ERRORS = [
  'States.ALL',
  'States.DataLimitExceeded',
  'States.HeartbeatTimeout',
  'States.Permissions',
  'States.Runtime',
  'States.TaskFailed',
  'States.Timeout',
];

/** The same guide, "Best practices" and "Handling errors", Lambda errors; and what the Lambda API defines. */
const LAMBDA_ERRORS = [
  'Lambda.AWSLambdaException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.SdkClientException',
  'Lambda.Unknown',
  ...exceptions(lambda).map(name => `Lambda.${name}`),
];

/** AWS Lambda Developer Guide: a function that timed out, and one whose process ended. */
const RUNTIME_ERRORS = ['Runtime.ExitError', 'Sandbox.Timedout'];

/**
 * Errors that the SDK reports although no client defines them: a throttled call (AWS Secrets Manager API Reference and
 * AWS KMS API Reference, "Common Errors"), a call that timed out or lost its connection, and a response that is not
 * JSON.
 */
const COMMON_SDK_ERRORS = ['ThrottlingException', 'TimeoutError', 'SyntaxError'];

/** The exceptions of the services that each function calls. */
const SDK_ERRORS_OF: Readonly<Record<string, readonly string[]>> = {
  '${FetchArn}': exceptions(secretsManager),
  '${RefreshArn}': [secretsManager, dynamoDb, kms, stepFunctions].flatMap(exceptions),
  '${StorePendingArn}': [secretsManager, dynamoDb, kms].flatMap(exceptions),
  '${VerifyArn}': exceptions(secretsManager),
  '${PromoteArn}': [secretsManager, dynamoDb].flatMap(exceptions),
  '${PublishArn}': exceptions(secretsManager),
};

const definition = parseDefinition(definitionText());

/** The names that each state matches. */
const matched = Object.entries(definition.States)
  .map(([state, { Parameters, Retry, Catch }]) => ({
    state,
    functionName: Parameters?.FunctionName ?? '',
    names: [...Retry, ...Catch].flatMap(({ ErrorEquals }) => ErrorEquals),
  }))
  .filter(({ names }) => names.length > 0);

/** The names of the exceptions that a client defines. */
function exceptions(client: object): readonly string[] {
  return Object.entries(client)
    .filter(([, exported]) => typeof exported === 'function' && exported.prototype instanceof Error)
    .map(([name]) => name);
}

describe('the errors that the definition matches', () => {
  it.each(matched)('exist in $state', ({ functionName, names }) => {
    const known = [
      ...OWN,
      ...STATES_ERRORS,
      ...LAMBDA_ERRORS,
      ...RUNTIME_ERRORS,
      ...COMMON_SDK_ERRORS,
      ...(SDK_ERRORS_OF[functionName] ?? []),
    ];

    expect(names.filter(name => !known.includes(name))).toEqual([]);
  });

  it.each(matched)('are listed only once in $state', ({ names }) => {
    expect(names).toEqual([...new Set(names)]);
  });
});

describe('the errors of the functions', () => {
  it('have the names of their classes', () => {
    expect(OWN).toEqual(Object.keys(classes));
  });

  it('have one base class', () => {
    const others = Object.values(classes).filter(Class => !(new Class('') instanceof RotationError));

    expect(others).toEqual([]);
  });
});

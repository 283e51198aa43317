import { AwsError } from '../aws/aws-error.ts';
import { ConnectionDropped, RawResponse } from '../aws/interruptions.ts';
import type { AwsCall } from '../aws/service.ts';
import type { TransactWriteItemsInput } from '../dynamodb/requests.ts';
import { type CancellationReason, NO_REASON, transactionCanceled } from '../dynamodb/transactions.ts';
import type { AwsFaultKind } from './fault-rule.ts';
import { type FaultWaits, PROXY_PAGE } from './fault-waits.ts';
import { disabledKeyError } from './key-faults.ts';

type Next = () => Promise<object>;
type ErrorShape = readonly [type: string, message: string, statusCode: number];

/** Throttling errors by service; all others return {@link COMMON_THROTTLING}. */
const THROTTLING: ReadonlyMap<string, ErrorShape> = new Map([
  // AWS Key Management Service Developer Guide, "Throttling AWS KMS requests".
  [
    'kms',
    [
      'ThrottlingException',
      'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
      400,
    ],
  ],
  // AWS Lambda API Reference, Invoke.
  ['lambda', ['TooManyRequestsException', 'Rate Exceeded.', 429]],
  ['sts', ['Throttling', 'Rate exceeded', 400]],
  ['sns', ['Throttling', 'Rate exceeded', 400]],
  ['iam', ['Throttling', 'Rate exceeded', 400]],
  // Amazon DynamoDB Developer Guide, "Error handling with DynamoDB"; the message is that of an on-demand table.
  [
    'dynamodb',
    [
      'ThrottlingException',
      'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly.',
      400,
    ],
  ],
]);
const COMMON_THROTTLING: ErrorShape = ['ThrottlingException', 'Rate exceeded', 400];

/** Internal errors by service; all others return {@link COMMON_SERVER_ERROR}. */
const SERVER_ERROR: ReadonlyMap<string, ErrorShape> = new Map([
  // AWS Secrets Manager API Reference, GetSecretValue.
  ['secretsmanager', ['InternalServiceError', 'An error occurred on the server side.', 500]],
  // AWS Key Management Service API Reference, Decrypt.
  ['kms', ['KMSInternalException', 'The request was rejected because an internal exception occurred.', 500]],
  // AWS Lambda API Reference, Invoke.
  ['lambda', ['ServiceException', 'The AWS Lambda service encountered an internal error.', 500]],
  // Amazon SNS API Reference, Publish.
  ['sns', ['InternalError', 'Indicates an internal service error.', 500]],
  // Amazon DynamoDB API Reference, PutItem.
  ['dynamodb', ['InternalServerError', 'An error occurred on the server side.', 500]],
]);
/** AWS Step Functions API Reference, "Common Errors". */
const COMMON_SERVER_ERROR: ErrorShape = [
  'InternalFailure',
  'The request processing has failed because of an unknown error, exception or failure.',
  500,
];

/** Amazon DynamoDB API Reference, TransactWriteItems and PutItem. */
const TRANSACTION_CONFLICT: ErrorShape = [
  'TransactionConflictException',
  'Transaction is ongoing for the item',
  400,
];

/** The members that name a call's resource. */
const RESOURCE_MEMBERS = [
  'SecretId',
  'KeyId',
  'executionArn',
  'stateMachineArn',
  'FunctionName',
  'TopicArn',
  'TableName',
  'PolicySourceArn',
  'Name',
];

/** Injects a fault into an AWS call; `ms` is the length of a delay. */
export async function awsFault(
  kind: AwsFaultKind,
  call: AwsCall,
  next: Next,
  waits: FaultWaits,
  ms: number,
): Promise<object> {
  switch (kind) {
    case 'throttled': {
      const shape = THROTTLING.get(call.service) ?? COMMON_THROTTLING;
      throw (
        canceledTransaction(call, 'ThrottlingError', shape[1]) ??
        awsError(shape, call.service === 'lambda' ? 'CallerRateLimitExceeded' : undefined)
      );
    }
    case 'server-error':
      throw awsError(SERVER_ERROR.get(call.service) ?? COMMON_SERVER_ERROR);
    case 'access-denied':
      throw accessDenied(call);
    case 'transaction-conflict':
      throw (
        canceledTransaction(call, 'TransactionConflict', TRANSACTION_CONFLICT[1]) ??
        awsError(TRANSACTION_CONFLICT)
      );
    case 'key-disabled': {
      const error = disabledKeyError(call);
      if (error === undefined) return await next();
      throw error;
    }
    case 'connection-refused':
      // One port serves all of AWS, so it cannot be closed for one call. Cut the connection instead.
      throw new ConnectionDropped();
    case 'response-lost':
      await next();
      throw new ConnectionDropped();
    case 'delay':
      await waits.delay(ms);
      return await next();
    case 'hang':
      await waits.untilClientGone();
      throw new ConnectionDropped();
    case 'hang-after':
      await next();
      await waits.untilClientGone();
      throw new ConnectionDropped();
    case 'wrong-body':
      await next();
      throw new RawResponse({ statusCode: 200, headers: { 'content-type': 'text/html' }, body: PROXY_PAGE });
  }
}

/** A client error with this name. */
export function namedRefusal(type: string): AwsError {
  return new AwsError(type, 'An injected fault refuses this call.');
}

function awsError([type, message, statusCode]: ErrorShape, reason?: string): AwsError {
  return new AwsError(type, message, {
    statusCode,
    ...(reason !== undefined && { details: { Reason: reason } }),
  });
}

/** AWS Identity and Access Management User Guide, "Troubleshoot access denied error messages". */
function accessDenied(call: AwsCall): AwsError {
  const { service, caller } = call;
  const { operation, input } = deniedWrite(call) ?? call;
  const action = `${service}:${service === 'lambda' && operation === 'Invoke' ? 'InvokeFunction' : operation}`;
  const members = new Map(Object.entries(typeof input === 'object' && input !== null ? input : {}));
  const resource =
    RESOURCE_MEMBERS.map(name => members.get(name)).find(value => typeof value === 'string') ?? '*';
  return new AwsError(
    'AccessDeniedException',
    `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
    { statusCode: service === 'lambda' ? 403 : 400 },
  );
}

/**
 * The error of TransactWriteItems when one of the items cannot be written: the first one.
 *
 * DynamoDB can also reject the whole call when it throttles it. A canceled transaction is the worse case for a caller:
 * the AWS SDKs do not retry it (Amazon DynamoDB Developer Guide, "Amazon DynamoDB Transactions: How it works").
 *
 * @returns undefined for another operation
 */
function canceledTransaction(
  call: AwsCall,
  code: Exclude<CancellationReason['Code'], 'None'>,
  message: string,
): AwsError | undefined {
  const items = transactItems(call);
  if (items === undefined) return undefined;
  return transactionCanceled(
    items.map((_, index) => (index === 0 ? { Code: code, Message: message } : NO_REASON)),
  );
}

/**
 * The first write of a transaction, whose action IAM denies: IAM has no action for the transaction.
 *
 * @returns undefined for another operation
 */
function deniedWrite(call: AwsCall): { operation: string; input: unknown } | undefined {
  const [[kind, input] = []] = (transactItems(call) ?? []).map(item => Object.entries(item)[0]);
  return kind === undefined ? undefined : { operation: `${kind}Item`, input };
}

function transactItems({
  service,
  operation,
  input,
}: AwsCall): TransactWriteItemsInput['TransactItems'] | undefined {
  if (service !== 'dynamodb' || operation !== 'TransactWriteItems') return undefined;
  return (input as TransactWriteItemsInput).TransactItems;
}

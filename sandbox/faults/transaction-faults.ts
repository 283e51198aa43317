import type { AwsError } from '../aws/aws-error.ts';
import type { AwsCall } from '../aws/service.ts';
import type { TransactWriteItemsInput } from '../dynamodb/requests.ts';
import { type CancellationReason, NO_REASON, transactionCanceled } from '../dynamodb/transaction-canceled.ts';

/**
 * The error of TransactWriteItems when one of the items cannot be written: the first one.
 *
 * DynamoDB can also reject the whole call when it throttles it. A canceled transaction is the worse case for a caller:
 * the AWS SDKs do not retry it (Amazon DynamoDB Developer Guide, "Amazon DynamoDB Transactions: How it works").
 *
 * @returns undefined for another operation
 */
export function canceledTransaction(
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
 * The first write of a transaction, whose action IAM denies: there is no action for the whole transaction.
 *
 * @returns undefined for another operation
 */
export function deniedWrite(call: AwsCall): { operation: string; input: unknown } | undefined {
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

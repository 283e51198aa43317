import { AwsError } from '../aws/aws-error.ts';
import type { Item } from './attribute-value.ts';

/** Why DynamoDB canceled a transaction, as far as one of its items is concerned. */
export interface CancellationReason {
  readonly Code:
    | 'None'
    | 'ConditionalCheckFailed'
    | 'ThrottlingError'
    | 'TransactionConflict'
    | 'ValidationError';
  readonly Message?: string;
  readonly Item?: Item;
}

/** The reason of an item that did not cancel the transaction. */
export const NO_REASON: CancellationReason = { Code: 'None' };

/**
 * The error for a canceled transaction.
 *
 * Source: Amazon DynamoDB API Reference, TransactWriteItems and CancellationReason. The text is what the DynamoDB
 * conformance suite of nubo-db expects from AWS.
 *
 * @param reasons one for each item of the transaction, in its order
 */
export function transactionCanceled(reasons: readonly CancellationReason[]): AwsError {
  const codes = reasons.map(({ Code }) => Code).join(', ');
  return new AwsError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { details: { CancellationReasons: reasons } },
  );
}

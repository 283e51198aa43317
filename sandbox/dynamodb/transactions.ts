import { isDeepStrictEqual } from 'node:util';
import { AwsError } from '../aws/aws-error.ts';
import type { Clock } from '../clock.ts';
import type { Item } from './attribute-value.ts';
import { type ItemWrite, itemAfter, keyOfWrite } from './item-write.ts';
import type { Table } from './table.ts';
import { validationError } from './validation-error.ts';

/** A completed transaction that had a ClientRequestToken. */
interface CompletedTransaction {
  readonly request: unknown;
  readonly expiresAtMs: number;
}

interface Target {
  readonly write: ItemWrite;
  readonly table: Table;
  readonly key: string;
}

const TOKEN_LIFETIME_MS = 600_000;

/**
 * Writes several items atomically.
 *
 * Source: Amazon DynamoDB Developer Guide, "Amazon DynamoDB Transactions: How it works"; Amazon DynamoDB API Reference,
 * TransactWriteItems. Which errors are a ValidationException and which cancel the transaction is taken from the
 * DynamoDB conformance suite of nubo-db and from the tests of ExtendDB and ScyllaDB's Alternator, which all run on AWS.
 */
export class Transactions {
  readonly #clock: Clock;
  readonly #table: (nameOrArn: string) => Table;
  /** By token, oldest first. */
  readonly #completed = new Map<string, CompletedTransaction>();

  /** @param table throws AwsError ResourceNotFoundException */
  constructor(clock: Clock, table: (nameOrArn: string) => Table) {
    this.#clock = clock;
    this.#table = table;
  }

  /**
   * Writes all items or none.
   *
   * @param request the request; a later one with the same token must be equal
   * @throws AwsError TransactionCanceledException, IdempotentParameterMismatchException, ResourceNotFoundException,
   *   ValidationException
   */
  write(writes: readonly ItemWrite[], request: unknown, token: string | undefined): void {
    if (token !== undefined && this.#isRepeat(token, request)) return;
    const targets = this.#targets(writes);
    const attempts = targets.map(({ write, table, key }) =>
      attempt(() => itemAfter(write, table.get(key, true))),
    );
    if (attempts.some(each => 'reason' in each)) {
      throw transactionCanceled(attempts.map(each => ('reason' in each ? each.reason : NO_REASON)));
    }
    for (const [index, { write, table, key }] of targets.entries()) {
      const after = attempts[index];
      const changes = write.action !== 'ConditionCheckItem';
      if (changes && after !== undefined && 'result' in after) table.put(key, after.result);
    }
    if (token === undefined) return;
    this.#completed.set(token, { request, expiresAtMs: this.#clock.nowMs() + TOKEN_LIFETIME_MS });
  }

  #isRepeat(token: string, request: unknown): boolean {
    for (const [each, { expiresAtMs }] of this.#completed) {
      if (this.#clock.nowMs() < expiresAtMs) break;
      this.#completed.delete(each);
    }
    const written = this.#completed.get(token);
    if (written === undefined) return false;
    if (isDeepStrictEqual(written.request, request)) return true;
    throw new AwsError(
      'IdempotentParameterMismatchException',
      'DynamoDB rejected the request because you retried a request with a different payload but with an idempotent token that was already used.',
    );
  }

  #targets(writes: readonly ItemWrite[]): readonly Target[] {
    const found = writes.map(write => ({ write, table: this.#table(write.table) }));
    for (const { write, table } of found) table.requireNoEmptyKey(write.given);
    const targets = found.map(({ write, table }, index) => {
      const key = attempt(() => keyOfWrite(write, table));
      if ('result' in key) return { write, table, key: key.result };
      throw transactionCanceled(found.map((_, other) => (other === index ? key.reason : NO_REASON)));
    });
    if (new Set(targets.map(({ table, key }) => `${table.specification.arn} ${key}`)).size < targets.length) {
      throw validationError('Transaction request cannot include multiple operations on one item');
    }
    return targets;
  }
}

/** The result, or the reason to cancel the transaction. */
function attempt<Result>(
  act: () => Result,
): { readonly result: Result } | { readonly reason: CancellationReason } {
  try {
    return { result: act() };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const Code =
      error.type === 'ConditionalCheckFailedException' ? 'ConditionalCheckFailed' : 'ValidationError';
    return { reason: { Code, Message: error.message, ...error.details } };
  }
}

/** Why an item of a transaction caused DynamoDB to cancel it. */
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
 * Source: Amazon DynamoDB API Reference, TransactWriteItems and CancellationReason. The message is the one
 * that the DynamoDB conformance suite of nubo-db expects from AWS.
 *
 * @param reasons one for each item of the transaction, in order
 */
export function transactionCanceled(reasons: readonly CancellationReason[]): AwsError {
  const codes = reasons.map(({ Code }) => Code).join(', ');
  return new AwsError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { details: { CancellationReasons: reasons } },
  );
}

import {
  type AttributeValue,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AwsFaultKind } from '../../../sandbox/faults/fault-rule.ts';
import { faultyAws } from './fault-world.ts';

const TableName = 'journal';
const KEY = { pk: { S: 'secret' } } satisfies Record<string, AttributeValue>;
const CANCELED = 'Transaction cancelled, please refer cancellation reasons for specific reasons';
const CONFLICT = 'Transaction is ongoing for the item';

/** DynamoDB with a fault on one of its operations, called by the function `refresh`. */
async function faultyTables(operation: string, kind: AwsFaultKind) {
  const operations = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'TransactWriteItems'];
  const { faults, counter, client } = await faultyAws('dynamodb', operations);
  faults.add({ target: `dynamodb:${operation}`, kind });
  const sdk = new DynamoDBClient(client('tokens-refresh'));
  onTestFinished(() => sdk.destroy());
  const check = { TableName, Key: KEY, ConditionExpression: 'attribute_exists(pk)' };
  const TransactItems: TransactWriteItem[] = [
    { ConditionCheck: check },
    { Put: { TableName: 'failures', Item: KEY } },
  ];
  return {
    counter,
    put: () => sdk.send(new PutItemCommand({ TableName, Item: KEY })),
    update: () => sdk.send(new UpdateItemCommand({ TableName, Key: KEY })),
    get: () => sdk.send(new GetItemCommand({ TableName, Key: KEY })),
    transact: () => sdk.send(new TransactWriteItemsCommand({ TransactItems })),
  };
}

describe('faults of DynamoDB', () => {
  it('cancel a transaction with a conflict on its first item, without an effect', async () => {
    const { transact, counter } = await faultyTables('TransactWriteItems', 'transaction-conflict');

    await expect(transact()).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      message: `${CANCELED} [TransactionConflict, None]`,
      CancellationReasons: [{ Code: 'TransactionConflict', Message: CONFLICT }, { Code: 'None' }],
    });
    expect(counter.effects).toBe(0);
  });

  it('reject a single write with TransactionConflictException, without an effect', async () => {
    const { put, update, get, counter } = await faultyTables('*', 'transaction-conflict');
    const refusal = { name: 'TransactionConflictException', message: CONFLICT };

    await expect(put()).rejects.toMatchObject(refusal);
    await expect(update()).rejects.toMatchObject(refusal);
    await expect(get()).resolves.toBeDefined();
    expect(counter.effects).toBe(1);
  });

  it('cancel a throttled transaction, which the SDK does not retry', async () => {
    const { transact } = await faultyTables('TransactWriteItems', 'throttled');

    await expect(transact()).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      message: `${CANCELED} [ThrottlingError, None]`,
      CancellationReasons: [
        {
          Code: 'ThrottlingError',
          Message: expect.stringMatching(/^Throughput exceeds the current capacity of your table/),
        },
        { Code: 'None' },
      ],
    });
  });

  it.each<[AwsFaultKind, object]>([
    ['throttled', { name: 'ThrottlingException' }],
    ['server-error', { name: 'InternalServerError', $metadata: { httpStatusCode: 500 } }],
  ])('refuse a single write that is %s', async (kind, expected) => {
    const { update } = await faultyTables('UpdateItem', kind);

    await expect(update()).rejects.toMatchObject(expected);
  });

  it('name the action and the table of the first item when a transaction is denied', async () => {
    const { transact } = await faultyTables('TransactWriteItems', 'access-denied');

    await expect(transact()).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message:
        'User: arn:aws:sts::123456789012:assumed-role/its-role/tokens-refresh is not authorized to perform: dynamodb:ConditionCheckItem on resource: journal because no identity-based policy allows the dynamodb:ConditionCheckItem action',
    });
  });

  it.each<[AwsFaultKind, number]>([
    ['connection-refused', 0],
    ['response-lost', 1],
  ])('cut the connection of a transaction on %s, with %i effects', async (kind, effects) => {
    const { transact, counter } = await faultyTables('TransactWriteItems', kind);

    await expect(transact()).rejects.toMatchObject({ message: 'socket hang up' });
    expect(counter.effects).toBe(effects);
  });

  it.each(['GetItem', 'Query'])('cannot make %s conflict with a transaction', async operation => {
    const adding = faultyTables(operation, 'transaction-conflict');

    await expect(adding).rejects.toMatchObject({
      name: 'InvalidFault',
      message: expect.stringMatching(
        new RegExp(
          `transaction-conflict does not apply to dynamodb:${operation}\\. Choose one of: throttled, `,
        ),
      ),
    });
  });
});

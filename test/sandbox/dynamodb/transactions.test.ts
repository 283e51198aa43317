import {
  IdempotentParameterMismatchException,
  TransactionCanceledException,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { ConnectionDropped } from '../../../sandbox/aws/interruptions.ts';
import type { AwsInterceptor } from '../../../sandbox/aws/service.ts';
import { type Attributes, invalid, KEY, openTables, tableArn } from './table-world.ts';

const TableName = 'journal';
const OTHER = { pk: KEY.pk, sk: { S: 'token#2' } } satisfies Attributes;
const NEWEST = { pk: KEY.pk, sk: { S: 'lineage#a' } } satisfies Attributes;
const CANCELED = 'Transaction cancelled, please refer cancellation reasons for specific reasons';

function put(Item: Attributes, ConditionExpression?: string): TransactWriteItem {
  return { Put: { TableName, Item, ConditionExpression } };
}

function increment(Key: Attributes): TransactWriteItem {
  return {
    Update: {
      TableName,
      Key,
      UpdateExpression: 'ADD generation :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
    },
  };
}

describe('TransactWriteItems', () => {
  it('puts, updates, deletes and checks items, in several tables', async () => {
    const world = await openTables();
    await world.put({ Item: OTHER });
    await world.put({ Item: NEWEST });

    await world.transact([
      put({ ...KEY, lineage: { S: 'a' } }, 'attribute_not_exists(pk)'),
      increment(NEWEST),
      { Delete: { TableName, Key: OTHER, ConditionExpression: 'attribute_exists(pk)' } },
      {
        ConditionCheck: {
          TableName,
          Key: { ...KEY, sk: { S: 'token#3' } },
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      },
      { Put: { TableName: tableArn('failures'), Item: { subject: { S: 'secret' } } } },
    ]);

    expect(world.dynamoDb.items('journal')).toStrictEqual([
      { ...NEWEST, generation: { N: '1' } },
      { ...KEY, lineage: { S: 'a' } },
    ]);
    expect(world.dynamoDb.items('failures')).toStrictEqual([{ subject: { S: 'secret' } }]);
  });

  it('changes nothing when one condition is false', async () => {
    const world = await openTables();
    await world.put({ Item: NEWEST });

    const refusal = world.transact([
      put(KEY),
      increment(NEWEST),
      { ConditionCheck: { TableName, Key: OTHER, ConditionExpression: 'attribute_exists(pk)' } },
      { Delete: { TableName, Key: { ...KEY, sk: { S: 'token#3' } } } },
    ]);

    await expect(refusal).rejects.toBeInstanceOf(TransactionCanceledException);
    expect(world.dynamoDb.items('journal')).toStrictEqual([NEWEST]);
  });

  it('returns a cancellation reason for each item, in order', async () => {
    const world = await openTables();
    await world.put({ Item: { ...KEY, lineage: { S: 'a' } } });
    await world.put({ Item: OTHER });
    const returning = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;
    const ConditionExpression = 'attribute_not_exists(pk)';

    const refusal = world.transact([
      { Put: { TableName, Item: KEY, ConditionExpression, ...returning } },
      increment(NEWEST),
      { Delete: { TableName, Key: OTHER, ConditionExpression } },
      {
        ConditionCheck: {
          TableName,
          Key: { ...KEY, sk: { S: 'token#3' } },
          ConditionExpression: 'attribute_exists(pk)',
          ...returning,
        },
      },
    ]);

    const error: TransactionCanceledException = await refusal.then(
      () => expect.unreachable(),
      (reason: TransactionCanceledException) => reason,
    );
    const Message = 'The conditional request failed';
    const text = `${CANCELED} [ConditionalCheckFailed, None, ConditionalCheckFailed, ConditionalCheckFailed]`;
    expect(error).toBeInstanceOf(TransactionCanceledException);
    expect(error.message).toBe(text);
    expect(error.CancellationReasons).toStrictEqual([
      { Code: 'ConditionalCheckFailed', Message, Item: { ...KEY, lineage: { S: 'a' } } },
      { Code: 'None' },
      { Code: 'ConditionalCheckFailed', Message },
      { Code: 'ConditionalCheckFailed', Message },
    ]);
  });

  it('evaluates every condition against the items before the transaction', async () => {
    const world = await openTables();

    await world.transact([
      put(KEY),
      { ConditionCheck: { TableName, Key: OTHER, ConditionExpression: 'attribute_not_exists(pk)' } },
    ]);
    await world.transact([
      put(OTHER),
      { ConditionCheck: { TableName, Key: KEY, ConditionExpression: 'attribute_exists(pk)' } },
    ]);

    expect(world.dynamoDb.items('journal')).toStrictEqual([KEY, OTHER]);
  });

  it('does not change what an eventually consistent read of a checked item returns', async () => {
    const world = await openTables();
    await world.put();
    world.clock.advance(1000);
    await world.update({
      UpdateExpression: 'SET lineage = :a',
      ExpressionAttributeValues: { ':a': { S: 'a' } },
    });

    await world.transact([
      { ConditionCheck: { TableName, Key: KEY, ConditionExpression: 'attribute_exists(lineage)' } },
      put(OTHER),
    ]);

    expect((await world.get()).Item).toStrictEqual(KEY);
    expect((await world.get({ Key: OTHER })).Item).toBeUndefined();
  });

  it.each<[string, TransactWriteItem, string]>([
    [
      'a key of the wrong type',
      put({ ...KEY, sk: { N: '1' } }),
      'One or more parameter values were invalid: Type mismatch for key sk expected: S actual: N',
    ],
    [
      'a Key that does not fit the table',
      { Delete: { TableName, Key: { pk: KEY.pk } } },
      'The provided key element does not match the schema',
    ],
    [
      'a key that is too long',
      put({ ...KEY, sk: { S: 's'.repeat(1025) } }),
      'One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes',
    ],
    [
      'an update of the key',
      { Update: { TableName, Key: KEY, UpdateExpression: 'REMOVE sk' } },
      'One or more parameter values were invalid: Cannot update attribute sk. This attribute is part of the key',
    ],
    [
      'an update that does not fit the item',
      { Update: { TableName, Key: KEY, UpdateExpression: 'SET lineage = gone' } },
      'The provided expression refers to an attribute that does not exist in the item',
    ],
  ])('is canceled with ValidationError for %s', async (_what, item, Message) => {
    const world = await openTables();

    const refusal = world.transact([put(OTHER), item]);

    await expect(refusal).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      message: `${CANCELED} [None, ValidationError]`,
      CancellationReasons: [{ Code: 'None' }, { Code: 'ValidationError', Message }],
    });
    expect(world.dynamoDb.items('journal')).toStrictEqual([]);
  });

  it('reports only the first invalid key, and evaluates no condition', async () => {
    const { transact } = await openTables();

    const refusal = transact([
      put(OTHER, 'attribute_exists(pk)'),
      { Delete: { TableName, Key: { pk: KEY.pk } } },
      { Delete: { TableName, Key: { sk: KEY.sk } } },
    ]);

    await expect(refusal).rejects.toMatchObject({
      CancellationReasons: [{ Code: 'None' }, { Code: 'ValidationError' }, { Code: 'None' }],
    });
  });

  it.each<[string, TransactWriteItem[], string]>([
    [
      'the same item twice',
      [
        put(KEY),
        {
          ConditionCheck: {
            TableName: tableArn('journal'),
            Key: KEY,
            ConditionExpression: 'attribute_exists(pk)',
          },
        },
      ],
      'Transaction request cannot include multiple operations on one item',
    ],
    [
      'an empty key',
      [put({ ...KEY, sk: { S: '' } })],
      'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: sk',
    ],
    [
      'an item that is too large',
      [put({ ...KEY, sealed: { S: 'x'.repeat(400 * 1024) } })],
      'Item size has exceeded the maximum allowed size',
    ],
    [
      'an invalid condition of a later item',
      [put(KEY), put(OTHER, 'attribute_exists(status)')],
      'Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: status',
    ],
    [
      'an unused placeholder next to an expression',
      [
        {
          Delete: {
            TableName,
            Key: KEY,
            ConditionExpression: 'attribute_exists(pk)',
            ExpressionAttributeValues: { ':v': { S: 'x' } },
          },
        },
      ],
      'Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}',
    ],
    [
      'an entry with two actions',
      [{ ...put(KEY), ...increment(OTHER) }],
      'TransactItems can only contain one of Check, Put, Update or Delete',
    ],
    [
      'an entry without an action',
      [{}],
      'Invalid Request: TransactWriteRequest should contain Delete or Put or Update request',
    ],
    [
      'no entry',
      [],
      "1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      'more than 100 entries',
      Array.from({ length: 101 }, (_, index) => put({ ...KEY, sk: { S: `token#${index}` } })),
      "1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to 100",
    ],
  ])('throws ValidationException for %s', async (_what, items, message) => {
    const world = await openTables();

    await expect(world.transact(items)).rejects.toMatchObject(invalid(message));
    expect(world.dynamoDb.items('journal')).toStrictEqual([]);
  });

  it('requires the expressions of an Update and a ConditionCheck', async () => {
    const { raw } = await openTables();

    const response = await raw('TransactWriteItems', {
      TransactItems: [{ Update: { TableName, Key: KEY } }, { ConditionCheck: { TableName, Key: KEY } }],
    });

    expect(JSON.parse(response.body)).toStrictEqual({
      __type: 'ValidationException',
      message:
        "2 validation errors detected: Value at 'transactItems.1.member.update.updateExpression' failed to satisfy constraint: Member must not be null; Value at 'transactItems.2.member.conditionCheck.conditionExpression' failed to satisfy constraint: Member must not be null",
    });
  });

  it('accepts placeholders without an expression', async () => {
    const world = await openTables();

    await world.transact([{ Put: { TableName, Item: KEY, ExpressionAttributeNames: { '#a': 'a' } } }]);

    expect(await world.stored()).toStrictEqual(KEY);
  });

  it('accepts 100 entries', async () => {
    const world = await openTables();
    const items = Array.from({ length: 100 }, (_, index) => put({ ...KEY, sk: { S: `token#${index}` } }));

    await world.transact(items);

    expect(world.dynamoDb.items('journal')).toHaveLength(100);
  });

  it('throws ResourceNotFoundException when one table does not exist', async () => {
    const world = await openTables();

    const refusal = world.transact([put(KEY), { Put: { TableName: 'other', Item: KEY } }]);

    await expect(refusal).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Requested resource not found',
    });
    expect(world.dynamoDb.items('journal')).toStrictEqual([]);
  });

  it.each([
    ['returnConsumedCapacity', { ReturnConsumedCapacity: 'TOTAL' }],
    ['returnItemCollectionMetrics', { ReturnItemCollectionMetrics: 'SIZE' }],
  ] as const)('refuses the member %s, which is not emulated', async (member, input) => {
    const { transact } = await openTables();

    await expect(transact([put(KEY)], input)).rejects.toThrow(`'${member}'`);
  });

  it('returns the message of a canceled transaction in Message, and of other errors in message', async () => {
    const { raw } = await openTables();
    const write = { TableName, Item: KEY, ConditionExpression: 'attribute_exists(pk)' };

    const transaction = await raw('TransactWriteItems', { TransactItems: [{ Put: write }] });
    const single = await raw('PutItem', write);

    const failed = 'The conditional request failed';
    expect(JSON.parse(transaction.body)).toStrictEqual({
      __type: 'TransactionCanceledException',
      Message: `${CANCELED} [ConditionalCheckFailed]`,
      CancellationReasons: [{ Code: 'ConditionalCheckFailed', Message: failed }],
    });
    expect(JSON.parse(single.body)).toStrictEqual({
      __type: 'ConditionalCheckFailedException',
      message: failed,
    });
    expect([transaction.statusCode, single.statusCode]).toStrictEqual([400, 400]);
  });
});

describe('the ClientRequestToken of TransactWriteItems', () => {
  const ClientRequestToken = '0d8f1a52-3b1e-4c55-9d3c-0d3a5f2b7c11';

  it('makes a repeated request succeed without another effect', async () => {
    const world = await openTables();

    await world.transact([increment(KEY)], { ClientRequestToken });
    await world.transact([increment(KEY)], { ClientRequestToken });

    expect(await world.stored()).toStrictEqual({ ...KEY, generation: { N: '1' } });
  });

  it('makes a repeated request succeed although its condition is now false', async () => {
    const world = await openTables();
    const items = [put(KEY, 'attribute_not_exists(pk)')];

    await world.transact(items, { ClientRequestToken });

    await expect(world.transact(items, { ClientRequestToken })).resolves.toBeDefined();
  });

  it('identifies a new request after 10 minutes', async () => {
    const world = await openTables();
    await world.transact([increment(KEY)], { ClientRequestToken });

    world.clock.advance(599_999);
    await world.transact([increment(KEY)], { ClientRequestToken });
    const within = await world.stored();
    world.clock.advance(1);
    await world.transact([increment(KEY)], { ClientRequestToken });

    expect(within).toStrictEqual({ ...KEY, generation: { N: '1' } });
    expect(await world.stored()).toStrictEqual({ ...KEY, generation: { N: '2' } });
  });

  it('protects the retry of the SDK after a lost response', async () => {
    let calls = 0;
    const loseFirstResponse: AwsInterceptor = async (_call, next) => {
      const response = await next();
      calls += 1;
      if (calls === 1) throw new ConnectionDropped();
      return response;
    };
    const world = await openTables([loseFirstResponse]);

    await world.transact([increment(KEY)]);

    expect(calls).toBe(2);
    expect(await world.stored()).toStrictEqual({ ...KEY, generation: { N: '1' } });
  });

  it('is refused for a request with different content', async () => {
    const world = await openTables();
    await world.transact([put(KEY)], { ClientRequestToken });

    const refusal = world.transact([put(OTHER)], { ClientRequestToken });

    await expect(refusal).rejects.toBeInstanceOf(IdempotentParameterMismatchException);
    await expect(refusal).rejects.toThrow(/^DynamoDB rejected the request/);
    expect(world.dynamoDb.items('journal')).toStrictEqual([KEY]);
  });

  it('can be used again after a canceled transaction', async () => {
    const world = await openTables();
    const items = [put(KEY, 'attribute_exists(pk)')];
    await expect(world.transact(items, { ClientRequestToken })).rejects.toThrow(CANCELED);
    await world.put();

    await expect(world.transact(items, { ClientRequestToken })).resolves.toBeDefined();
  });

  it('is refused when it has more than 36 characters', async () => {
    const { transact } = await openTables();

    const refusal = transact([put(KEY)], { ClientRequestToken: 'x'.repeat(37) });

    await expect(refusal).rejects.toMatchObject(
      invalid(
        "1 validation error detected: Value at 'clientRequestToken' failed to satisfy constraint: Member must have length less than or equal to 36",
      ),
    );
  });
});

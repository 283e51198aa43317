import {
  type AttributeValue,
  DeleteItemCommand,
  type DeleteItemCommandInput,
  DynamoDBClient,
  GetItemCommand,
  type GetItemCommandInput,
  PutItemCommand,
  type PutItemCommandInput,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HOUR_MS } from '../../../functions/shared/durations.ts';
import { Clock } from '../../../sandbox/clock.ts';
import { DynamoDb } from '../../../sandbox/dynamodb/dynamodb.ts';
import { ACCOUNT_ID, REGION, serveAws } from '../../helpers/aws-endpoint.ts';

const TABLE_ARN = `arn:aws:dynamodb:${REGION}:${ACCOUNT_ID}:table/failures`;
const KEY = { subject: { S: 'secret' } };
const ITEM = {
  ...KEY,
  failingSince: { S: '2026-03-02T10:30:00Z' },
  count: { N: '3' },
  redriven: { BOOL: false },
  error: { NULL: true },
} satisfies Record<string, AttributeValue>;

/** One table on a virtual clock, and a client that calls as the operator. */
async function openTable() {
  const clock = new Clock({ isVirtual: true });
  const dynamoDb = new DynamoDb({
    clock,
    accountId: ACCOUNT_ID,
    region: REGION,
    partition: 'aws',
  });
  dynamoDb.createTable({
    name: 'failures',
    arn: TABLE_ARN,
    partitionKey: 'subject',
    timeToLiveAttribute: 'expiresAt',
  });
  const { client } = await serveAws([dynamoDb]);
  const sdk = new DynamoDBClient(client);
  onTestFinished(() => sdk.destroy());
  return {
    dynamoDb,
    clock,
    get: (input: Partial<GetItemCommandInput> = {}) =>
      sdk.send(new GetItemCommand({ TableName: 'failures', Key: KEY, ConsistentRead: true, ...input })),
    put: (input: Partial<PutItemCommandInput> = {}) =>
      sdk.send(new PutItemCommand({ TableName: 'failures', Item: ITEM, ...input })),
    remove: (input: Partial<DeleteItemCommandInput> = {}) =>
      sdk.send(new DeleteItemCommand({ TableName: 'failures', Key: KEY, ...input })),
  };
}

/** A value that the types of the SDK do not allow, as another client might send it. */
function raw(value: object): AttributeValue {
  return value as AttributeValue;
}

describe('DynamoDB', () => {
  it('returns the item that was put', async () => {
    const { dynamoDb, get, put } = await openTable();

    await put();

    expect((await get()).Item).toStrictEqual(ITEM);
    expect(dynamoDb.items('failures')).toStrictEqual([ITEM]);
  });

  it('returns no item when there is none', async () => {
    const { get } = await openTable();

    const { Item } = await get();

    expect(Item).toBeUndefined();
  });

  it('replaces an existing item', async () => {
    const { get, put } = await openTable();
    await put();

    await put({ Item: KEY });

    expect((await get()).Item).toStrictEqual(KEY);
  });

  it('deletes an item, and succeeds if there is none', async () => {
    const { get, put, remove } = await openTable();
    await put();

    await remove();
    await remove();

    expect((await get()).Item).toBeUndefined();
  });

  it('also accepts the ARN of a table', async () => {
    const { get, put } = await openTable();
    await put();

    const { Item } = await get({ TableName: TABLE_ARN });

    expect(Item).toStrictEqual(ITEM);
  });

  it('returns the previous item of a write only on request', async () => {
    const { put, remove } = await openTable();
    const first = await put({ ReturnValues: 'ALL_OLD' });
    const second = await put({ Item: KEY, ReturnValues: 'ALL_OLD' });
    const byDefault = await put();
    const deleted = await remove({ ReturnValues: 'ALL_OLD' });

    expect([first, second, byDefault, deleted].map(({ Attributes }) => Attributes)).toStrictEqual([
      undefined,
      ITEM,
      undefined,
      ITEM,
    ]);
  });

  it.each([TABLE_ARN.replace('failures', 'other'), 'other', TABLE_ARN.replace(REGION, 'us-east-1')])(
    'throws ResourceNotFoundException for the table %s',
    async TableName => {
      const { get, put, remove } = await openTable();

      const refusals = [get({ TableName }), put({ TableName }), remove({ TableName })];

      for (const refusal of refusals) {
        await expect(refusal).rejects.toBeInstanceOf(ResourceNotFoundException);
        await expect(refusal).rejects.toThrow('Requested resource not found');
      }
    },
  );
});

describe('DynamoDB operation GetItem without ConsistentRead', () => {
  it('returns a write only after a delay', async () => {
    const { clock, get, put } = await openTable();
    await put();

    const atOnce = await get({ ConsistentRead: false });
    clock.advance(1000);
    const later = await get({ ConsistentRead: false });

    expect(atOnce.Item).toBeUndefined();
    expect(later.Item).toStrictEqual(ITEM);
  });
});

describe('expired DynamoDB items', () => {
  async function readAfter(hours: number): Promise<boolean> {
    const { clock, get, put } = await openTable();
    const expiresAt = { N: String(clock.nowMs() / 1000 + 3600) };
    await put({ Item: { ...KEY, expiresAt } });
    clock.advance(hours * HOUR_MS);
    return (await get()).Item !== undefined;
  }

  it('are kept for two days', async () => {
    expect([await readAfter(2), await readAfter(1 + 47.9), await readAfter(1 + 48)]).toStrictEqual([
      true,
      true,
      false,
    ]);
  });

  it('are kept forever when the attribute is not a number', async () => {
    const { clock, get, put } = await openTable();
    await put({ Item: { ...KEY, expiresAt: { S: '1' } } });

    clock.advance(1000 * HOUR_MS);

    expect((await get()).Item).toBeDefined();
  });
});

describe('DynamoDB throws ValidationException', () => {
  it.each<[string, Record<string, AttributeValue>]>([
    ['lacks the key', { failingSince: { S: 'x' } }],
    ['has a number for its key', { subject: { N: '1' } }],
    ['has an empty key', { subject: { S: '' } }],
    ['has an invalid number', { ...KEY, count: { N: 'many' } }],
    ['has a number of more than 38 digits', { ...KEY, count: { N: '1'.repeat(39) } }],
    ['has a NULL that is false', { ...KEY, error: raw({ NULL: false }) }],
    ['has a list, which is not emulated', { ...KEY, all: { L: [] } }],
    ['has a map, which is not emulated', { ...KEY, all: { M: {} } }],
    ['is larger than 400 KB', { ...KEY, text: { S: 'x'.repeat(400 * 1024) } }],
  ])('for an item that %s', async (_what, Item) => {
    const { dynamoDb, put } = await openTable();

    const refusal = put({ Item });

    await expect(refusal).rejects.toMatchObject({ name: 'ValidationException' });
    expect(dynamoDb.items('failures')).toStrictEqual([]);
  });

  it.each<[string, Record<string, AttributeValue>]>([
    ['another attribute', { other: { S: 'x' } }],
    ['an extra attribute', { ...KEY, other: { S: 'x' } }],
    ['another type', { subject: { N: '1' } }],
  ])('for a key with %s', async (_what, Key) => {
    const { get, remove } = await openTable();

    for (const refusal of [get({ Key }), remove({ Key })]) {
      await expect(refusal).rejects.toMatchObject({
        name: 'ValidationException',
        message: 'The provided key element does not match the schema',
      });
    }
  });

  it.each<[string, Partial<PutItemCommandInput>]>([
    ['expected', { Expected: { subject: { Exists: false } } }],
    ['returnConsumedCapacity', { ReturnConsumedCapacity: 'TOTAL' }],
    ['returnValues', { ReturnValues: 'ALL_NEW' }],
  ])('for the member %s, which is not emulated', async (member, input) => {
    const { put } = await openTable();

    const refusal = put(input);

    await expect(refusal).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(refusal).rejects.toThrow(`'${member}'`);
  });

  it('for a projection, which is not emulated', async () => {
    const { get } = await openTable();

    const refusal = get({ ProjectionExpression: 'failingSince' });

    await expect(refusal).rejects.toThrow("'projectionExpression'");
  });
});

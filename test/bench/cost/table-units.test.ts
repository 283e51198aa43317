import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { TableUnits } from '../../../bench/cost/table-units.ts';
import type { AwsCall } from '../../../sandbox/aws/service.ts';
import { Clock } from '../../../sandbox/clock.ts';
import type { Item } from '../../../sandbox/dynamodb/attribute-value.ts';
import { DynamoDb } from '../../../sandbox/dynamodb/dynamodb.ts';

const ACCOUNT = { partition: 'aws', region: 'eu-central-1', accountId: '111122223333' } as const;
const TABLE = { name: 'journal', arn: 'arn', partitionKey: 'pk', sortKey: 'sk' };
const FUNCTION: AwsCall['caller'] = { accountId: '1', arn: 'arn', userId: 'id', functionArn: 'function' };
const PERSON: AwsCall['caller'] = { accountId: '1', arn: 'arn', userId: 'id' };

function key(sort: string): Item {
  return { pk: { S: 'a' }, sk: { S: sort } };
}

/** The attribute names and the keys have 11 bytes; the rest is the value. */
function itemOf(bytes: number, sort = 'b'): Item {
  return { ...key(sort), value: { S: 'x'.repeat(bytes - 11) } };
}

describe('TableUnits', () => {
  let dynamoDb: DynamoDb;
  let units: TableUnits;

  beforeEach(() => {
    dynamoDb = new DynamoDb({ ...ACCOUNT, clock: new Clock({ isVirtual: true }) });
    dynamoDb.createTable(TABLE);
    units = new TableUnits(() => ({ dynamoDb, stack: { tables: [TABLE] } }));
  });

  async function call(operation: string, members: object, caller = FUNCTION): Promise<void> {
    const { schema, run } = dynamoDb.operations[operation] ?? {};
    if (schema === undefined || run === undefined) throw new Error(`There is no ${operation}.`);
    const input = v.parse(schema, { TableName: TABLE.name, ...members });
    const made = { service: 'dynamodb', operation, input, caller, requestId: 'request' };
    await units.awsInterceptor(made, async () => await run(input, made));
  }

  it.each([
    ['no item', undefined, 1],
    ['4 KB', 4_096, 1],
    ['more', 4_097, 2],
  ])('counts a consistent read of %s', async (_what, bytes, reads) => {
    if (bytes !== undefined) await call('PutItem', { Item: itemOf(bytes) }, PERSON);

    await call('GetItem', { Key: key('b'), ConsistentRead: true });

    expect(units).toMatchObject({ reads, writes: 0 });
  });

  it('counts half a unit for an eventually consistent read', async () => {
    await call('GetItem', { Key: key('b') });

    expect(units.reads).toBe(0.5);
  });

  it('bills a write by the larger of the old and the new item', async () => {
    await call('PutItem', { Item: itemOf(2_048) });
    expect(units.writes).toBe(2);

    await call('PutItem', { Item: itemOf(100) });
    expect(units.writes).toBe(2 + 2);

    await call('UpdateItem', {
      Key: key('b'),
      UpdateExpression: 'SET flag = :on',
      ExpressionAttributeValues: { ':on': { BOOL: true } },
    });
    expect(units.writes).toBe(2 + 2 + 1);
  });

  it('counts a write whose condition fails', async () => {
    const refused = call('PutItem', { Item: itemOf(100), ConditionExpression: 'attribute_exists(pk)' });

    await expect(refused).rejects.toMatchObject({ type: 'ConditionalCheckFailedException' });
    expect(units.writes).toBe(1);
  });

  it('counts each write of a transaction twice', async () => {
    await call('TransactWriteItems', {
      TransactItems: [
        { Put: { TableName: TABLE.name, Item: itemOf(1_025) } },
        { Put: { TableName: TABLE.name, Item: itemOf(100, 'c') } },
      ],
    });

    expect(units.writes).toBe(2 * (2 + 1));
  });

  it('does not count calls made by people', async () => {
    await call('PutItem', { Item: itemOf(100) }, PERSON);
    await call('GetItem', { Key: key('b') }, PERSON);

    expect(units).toMatchObject({ reads: 0, writes: 0 });
  });
});

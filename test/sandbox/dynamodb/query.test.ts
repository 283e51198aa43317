import { describe, expect, it } from 'vitest';
import { type Attributes, invalid, KEY, openTables } from './table-world.ts';

const TOKENS = ['token#1', 'token#10', 'token#2'];

/** Tables whose `journal` has three tokens and a lineage of one secret, and a token of another. */
async function openJournal() {
  const world = await openTables();
  for (const sk of ['token#2', 'lineage#a', 'token#10', 'token#1']) {
    await world.put({ Item: { ...KEY, sk: { S: sk } } });
  }
  await world.put({ Item: { pk: { S: 'secret-2' }, sk: { S: 'token#1' } } });
  return world;
}

function sortKeys(items: readonly Attributes[] | undefined): (string | undefined)[] | undefined {
  return items?.map(({ sk }) => sk?.S);
}

const TOKENS_OF_SECRET = {
  KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
  ExpressionAttributeValues: { ':pk': KEY.pk, ':prefix': { S: 'token#' } },
};

describe('Query', () => {
  it('returns the items of a partition, ordered by sort key', async () => {
    const { query } = await openJournal();

    const response = await query();

    expect(sortKeys(response.Items)).toStrictEqual(['lineage#a', ...TOKENS]);
    expect(response).toMatchObject({ Count: 4, ScannedCount: 4 });
    expect(response.LastEvaluatedKey).toBeUndefined();
  });

  it('returns the items whose sort key begins with a prefix', async () => {
    const { query } = await openJournal();

    const response = await query(TOKENS_OF_SECRET);

    expect(sortKeys(response.Items)).toStrictEqual(TOKENS);
  });

  it('accepts the conditions in reverse order, and #names', async () => {
    const { query } = await openJournal();

    const response = await query({
      ...TOKENS_OF_SECRET,
      KeyConditionExpression: 'begins_with(#sk, :prefix) and #pk=:pk',
      ExpressionAttributeNames: { '#pk': 'pk', '#sk': 'sk' },
    });

    expect(sortKeys(response.Items)).toStrictEqual(TOKENS);
  });

  it('orders sort keys by their UTF-8 bytes', async () => {
    const { put, query } = await openTables();
    await put({ Item: { ...KEY, sk: { S: '\u{1F600}' } } });
    await put({ Item: { ...KEY, sk: { S: '\uFF61' } } });

    const { Items } = await query();

    expect(sortKeys(Items)).toStrictEqual(['\uFF61', '\u{1F600}']);
  });

  it('returns nothing for a partition without items', async () => {
    const { query } = await openJournal();

    const response = await query({ ExpressionAttributeValues: { ':pk': { S: 'secret-3' } } });

    expect(response).toMatchObject({ Items: [], Count: 0 });
  });

  it('returns the item of a table without a sort key', async () => {
    const { put, query } = await openTables();
    const Item = { subject: { S: 'secret' }, redriven: { BOOL: false } };
    await put({ TableName: 'failures', Item });
    await put({ TableName: 'failures', Item: { subject: { S: 'other' } } });

    const { Items } = await query({
      TableName: 'failures',
      KeyConditionExpression: 'subject = :subject',
      ExpressionAttributeValues: { ':subject': { S: 'secret' } },
    });

    expect(Items).toStrictEqual([Item]);
  });

  it('returns items as they were before a write, until the lag has passed', async () => {
    const { clock, put, remove, update, query } = await openTables();
    await put();
    await put({ Item: { ...KEY, sk: { S: 'token#2' } } });
    clock.advance(1000);
    await remove();
    await update({
      Key: { ...KEY, sk: { S: 'token#2' } },
      UpdateExpression: 'ADD generation :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
    });
    await put({ Item: { ...KEY, sk: { S: 'token#3' } } });

    const stale = await query({ ConsistentRead: false });
    const consistent = await query();
    clock.advance(1000);
    const late = await query({ ConsistentRead: false });

    const after = [
      { ...KEY, sk: { S: 'token#2' }, generation: { N: '1' } },
      { ...KEY, sk: { S: 'token#3' } },
    ];
    expect(stale.Items).toStrictEqual([KEY, { ...KEY, sk: { S: 'token#2' } }]);
    expect(consistent.Items).toStrictEqual(after);
    expect(late.Items).toStrictEqual(after);
  });

  it.each<[string, Attributes, string]>([
    ['', { ':a': { S: 'x' } }, 'Invalid KeyConditionExpression: The expression can not be empty;'],
    ['sk = :a', { ':a': { S: 'x' } }, 'Query condition missed key schema element: pk'],
    [
      'begins_with(sk, :a) AND lineage = :a',
      { ':a': { S: 'x' } },
      'Query condition missed key schema element: pk',
    ],
    ['pk = :a AND lineage = :a', { ':a': { S: 'x' } }, 'Query condition missed key schema element: sk'],
    ['begins_with(pk, :a)', { ':a': { S: 'x' } }, 'Query key condition not supported'],
    [
      'pk = :a AND pk = :a',
      { ':a': { S: 'x' } },
      'Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key',
    ],
    [
      'pk = :a AND begins_with(sk, :a) AND lineage = :a',
      { ':a': { S: 'x' } },
      'The number of query conditions (3) exceeds the number of key attributes defined in the schema (2)',
    ],
    [
      'pk = :a',
      { ':a': { N: '1' } },
      'One or more parameter values were invalid: Condition parameter type does not match schema type',
    ],
    [
      'pk = :a AND begins_with(sk, :b)',
      { ':a': { S: 'x' }, ':b': { N: '1' } },
      'Invalid KeyConditionExpression: Incorrect operand type for operator or function; operator or function: begins_with, operand type: N',
    ],
    [
      'pk = :a',
      { ':a': { S: '' } },
      'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk',
    ],
    [
      'pk = :a OR sk = :a',
      { ':a': { S: 'x' } },
      'Invalid KeyConditionExpression: Invalid operator used in KeyConditionExpression: OR',
    ],
    [
      'pk <> :a',
      { ':a': { S: 'x' } },
      'Invalid KeyConditionExpression: Invalid operator used in KeyConditionExpression: <>',
    ],
    [
      'pk = :a AND contains(sk, :a)',
      { ':a': { S: 'x' } },
      'Invalid KeyConditionExpression: Invalid operator used in KeyConditionExpression: contains',
    ],
    [
      'pk = :a sk',
      { ':a': { S: 'x' } },
      'Invalid KeyConditionExpression: Syntax error; token: "sk", near: ":a sk"',
    ],
    [
      'pk = :a',
      { ':a': { S: 'x' }, ':b': { S: 'x' } },
      'Value provided in ExpressionAttributeValues unused in expressions: keys: {:b}',
    ],
    [
      'status = :a',
      { ':a': { S: 'x' } },
      'Invalid KeyConditionExpression: Attribute name is a reserved keyword; reserved keyword: status',
    ],
    [
      'pk = :a AND sk < :a',
      { ':a': { S: 'x' } },
      'Invalid KeyConditionExpression: < is not emulated by the sandbox',
    ],
    [
      'pk = :a AND sk BETWEEN :a AND :a',
      { ':a': { S: 'x' } },
      'Invalid KeyConditionExpression: BETWEEN is not emulated by the sandbox',
    ],
    [
      'pk = :a AND sk = :a',
      { ':a': { S: 'x' } },
      'Invalid KeyConditionExpression: = for the sort key is not emulated by the sandbox',
    ],
    [
      '(pk = :a)',
      { ':a': { S: 'x' } },
      'Invalid KeyConditionExpression: a parenthesis is not emulated by the sandbox',
    ],
    [
      ':a = pk',
      { ':a': { S: 'x' } },
      'Invalid KeyConditionExpression: a value on the left is not emulated by the sandbox',
    ],
  ])('refuses the condition %s with %j', async (KeyConditionExpression, values, message) => {
    const { query } = await openTables();

    const refusal = query({ KeyConditionExpression, ExpressionAttributeValues: values });

    await expect(refusal).rejects.toMatchObject(invalid(message));
  });

  it.each([
    ['exclusiveStartKey', { ExclusiveStartKey: KEY }],
    ['filterExpression', { FilterExpression: 'lineage = pk' }],
    ['indexName', { IndexName: 'by-lineage' }],
    ['limit', { Limit: 10 }],
    ['projectionExpression', { ProjectionExpression: 'sk' }],
    ['scanIndexForward', { ScanIndexForward: false }],
    ['select', { Select: 'COUNT' }],
  ] as const)('refuses the member %s, which is not emulated', async (member, input) => {
    const { query } = await openTables();

    await expect(query(input)).rejects.toMatchObject(
      invalid(
        `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member is not emulated by the sandbox`,
      ),
    );
  });

  it('throws ResourceNotFoundException for another table', async () => {
    const { query } = await openTables();

    await expect(query({ TableName: 'other' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

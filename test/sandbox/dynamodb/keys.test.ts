import { describe, expect, it } from 'vitest';
import { type Attributes, invalid, KEY, openTables } from './table-world.ts';

describe('a table with a sort key', () => {
  it('stores an item for each pair of partition key and sort key', async () => {
    const { put, get, remove, dynamoDb } = await openTables();
    const other = { ...KEY, sk: { S: 'token#2' } };
    await put({ Item: { ...KEY, generation: { N: '1' } } });
    await put({ Item: { ...other, generation: { N: '2' } } });

    await remove();
    const read = await get({ Key: other, ConsistentRead: true });

    expect(read.Item).toStrictEqual({ ...other, generation: { N: '2' } });
    expect(dynamoDb.items('journal')).toHaveLength(1);
  });

  it('does not confuse keys with the same concatenation', async () => {
    const { put, dynamoDb } = await openTables();

    await put({ Item: { pk: { S: 'a' }, sk: { S: 'bc' } } });
    await put({ Item: { pk: { S: 'ab' }, sk: { S: 'c' } } });

    expect(dynamoDb.items('journal')).toHaveLength(2);
  });

  it.each<[string, Attributes]>([
    ['without the sort key', { pk: KEY.pk }],
    ['without the partition key', { sk: KEY.sk }],
    ['with another attribute', { ...KEY, status: { S: 'issued' } }],
    ['with a number for the sort key', { ...KEY, sk: { N: '1' } }],
  ])('refuses a Key %s', async (_what, Key) => {
    const { get, remove, update } = await openTables();
    const refusal = invalid('The provided key element does not match the schema');

    await expect(get({ Key })).rejects.toMatchObject(refusal);
    await expect(remove({ Key })).rejects.toMatchObject(refusal);
    await expect(update({ Key })).rejects.toMatchObject(refusal);
  });

  it.each<[string, Attributes, string]>([
    [
      'without the sort key',
      { pk: KEY.pk },
      'One or more parameter values were invalid: Missing the key sk in the item',
    ],
    [
      'with a number for the sort key',
      { ...KEY, sk: { N: '1' } },
      'One or more parameter values were invalid: Type mismatch for key sk expected: S actual: N',
    ],
    [
      'with an empty sort key',
      { ...KEY, sk: { S: '' } },
      'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: sk',
    ],
    [
      'with a partition key of more than 2048 bytes',
      { ...KEY, pk: { S: 'é'.repeat(1025) } },
      'One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes',
    ],
    [
      'with a sort key of more than 1024 bytes',
      { ...KEY, sk: { S: 'é'.repeat(513) } },
      'One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes',
    ],
  ])('refuses an item %s', async (_what, Item, message) => {
    const { put, dynamoDb } = await openTables();

    await expect(put({ Item })).rejects.toMatchObject(invalid(message));
    expect(dynamoDb.items('journal')).toStrictEqual([]);
  });

  it('accepts keys of exactly 2048 and 1024 bytes', async () => {
    const { put, dynamoDb } = await openTables();
    const Item = { pk: { S: 'p'.repeat(2048) }, sk: { S: 's'.repeat(1024) } };

    await put({ Item });

    expect(dynamoDb.items('journal')).toStrictEqual([Item]);
  });
});

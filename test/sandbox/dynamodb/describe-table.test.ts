import { describe, expect, it } from 'vitest';
import { JOURNAL_ARN, openTables, tableArn } from './table-world.ts';

describe('DescribeTable', () => {
  it('returns name, ARN, status, keys and the time of creation', async () => {
    const { describeTable, clock } = await openTables();
    const createdAt = new Date(Math.floor(clock.nowMs() / 1_000) * 1_000);
    clock.advance(3_600_000);

    const { Table } = await describeTable();

    expect(Table).toMatchObject({
      TableName: 'journal',
      TableArn: JOURNAL_ARN,
      TableStatus: 'ACTIVE',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    });
    expect(Math.floor(Number(Table?.CreationDateTime) / 1_000)).toBe(createdAt.getTime() / 1_000);
  });

  it('accepts the ARN, and returns one key for a table without a sort key', async () => {
    const { describeTable } = await openTables();

    const { Table } = await describeTable({ TableName: tableArn('failures') });

    expect(Table?.KeySchema).toEqual([{ AttributeName: 'subject', KeyType: 'HASH' }]);
  });

  it.each(['none', 'arn:aws:dynamodb:eu-west-1:1:table/journal'])(
    'throws ResourceNotFoundException for %s',
    async TableName => {
      const { describeTable } = await openTables();

      await expect(describeTable({ TableName })).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
        message: `Requested resource not found: Table: ${TableName} not found`,
      });
    },
  );
});

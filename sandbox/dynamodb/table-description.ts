import type { Table } from './table.ts';

/**
 * A table as DescribeTable returns it, without throughput, size and settings, which nothing here depends on.
 *
 * @see Amazon DynamoDB API Reference, TableDescription
 */
export function tableDescription({ specification, createdAt }: Table): object {
  const { name, arn, partitionKey, sortKey } = specification;
  const keys = [
    { name: partitionKey, type: 'HASH' },
    ...(sortKey === undefined ? [] : [{ name: sortKey, type: 'RANGE' }]),
  ];
  return {
    TableName: name,
    TableArn: arn,
    TableStatus: 'ACTIVE',
    CreationDateTime: createdAt.getTime() / 1_000,
    AttributeDefinitions: keys.map(key => ({ AttributeName: key.name, AttributeType: 'S' })),
    KeySchema: keys.map(key => ({ AttributeName: key.name, KeyType: key.type })),
  };
}

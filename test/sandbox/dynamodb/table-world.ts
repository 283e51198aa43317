import {
  type AttributeValue,
  DeleteItemCommand,
  type DeleteItemCommandInput,
  DescribeTableCommand,
  type DescribeTableCommandInput,
  DynamoDBClient,
  GetItemCommand,
  type GetItemCommandInput,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  type QueryCommandInput,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { onTestFinished } from 'vitest';
import type { AwsInterceptor } from '../../../sandbox/aws/service.ts';
import { Clock } from '../../../sandbox/clock.ts';
import { DynamoDb } from '../../../sandbox/dynamodb/dynamodb.ts';
import { ACCOUNT_ID, REGION, serveAws } from '../../helpers/aws-endpoint.ts';
import { sendSigned } from '../../helpers/signed-request.ts';

export type Attributes = Record<string, AttributeValue>;

/** The default key of the calls below. */
export const KEY = { pk: { S: 'secret' }, sk: { S: 'token#1' } } satisfies Attributes;
export const JOURNAL_ARN = tableArn('journal');

export function tableArn(name: string): string {
  return `arn:aws:dynamodb:${REGION}:${ACCOUNT_ID}:table/${name}`;
}

/**
 * The tables `journal` (keys `pk` and `sk`) and `failures` (key `subject`) on a virtual clock, and a client that calls
 * as the operator.
 *
 * @param interceptors around every call; the client makes one more attempt for each
 */
export async function openTables(interceptors: readonly AwsInterceptor[] = []) {
  const clock = new Clock({ isVirtual: true });
  const account = { accountId: ACCOUNT_ID, region: REGION, partition: 'aws' };
  const dynamoDb = new DynamoDb({ clock, ...account });
  dynamoDb.createTable({ name: 'journal', arn: JOURNAL_ARN, partitionKey: 'pk', sortKey: 'sk' });
  dynamoDb.createTable({ name: 'failures', arn: tableArn('failures'), partitionKey: 'subject' });
  const { client, url, accessKey } = await serveAws([dynamoDb], { interceptors });
  const sdk = new DynamoDBClient({ ...client, maxAttempts: interceptors.length + 1 });
  onTestFinished(() => sdk.destroy());
  const TableName = 'journal';
  return {
    dynamoDb,
    clock,
    /** Sends a request that no SDK would send. */
    raw: (operation: string, input: object) =>
      sendSigned(
        {
          url,
          headers: {
            'content-type': 'application/x-amz-json-1.0',
            'x-amz-target': `DynamoDB_20120810.${operation}`,
          },
          body: JSON.stringify(input),
        },
        'dynamodb',
        accessKey,
      ),
    /** The item with {@link KEY}, from a consistent read. */
    stored: async () =>
      (await sdk.send(new GetItemCommand({ TableName, Key: KEY, ConsistentRead: true }))).Item,
    describeTable: (input: Partial<DescribeTableCommandInput> = {}) =>
      sdk.send(new DescribeTableCommand({ TableName, ...input })),
    get: (input: Partial<GetItemCommandInput> = {}) =>
      sdk.send(new GetItemCommand({ TableName, Key: KEY, ...input })),
    put: (input: Partial<PutItemCommandInput> = {}) =>
      sdk.send(new PutItemCommand({ TableName, Item: KEY, ...input })),
    update: (input: Partial<UpdateItemCommandInput> = {}) =>
      sdk.send(new UpdateItemCommand({ TableName, Key: KEY, ...input })),
    remove: (input: Partial<DeleteItemCommandInput> = {}) =>
      sdk.send(new DeleteItemCommand({ TableName, Key: KEY, ...input })),
    query: (input: Partial<QueryCommandInput> = {}) =>
      sdk.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': KEY.pk },
          ConsistentRead: true,
          ...input,
        }),
      ),
    transact: (TransactItems: TransactWriteItem[], input: Partial<TransactWriteItemsCommandInput> = {}) =>
      sdk.send(new TransactWriteItemsCommand({ TransactItems, ...input })),
  };
}

/** A ValidationException with this message, as the caller receives it. */
export function invalid(message: string): object {
  return { name: 'ValidationException', message, $metadata: { httpStatusCode: 400 } };
}

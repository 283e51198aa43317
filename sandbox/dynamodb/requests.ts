import * as v from 'valibot';
import { enumeration } from '../aws/enumeration.ts';

const notEmulated = v.optional(v.never());
const attributes = v.record(v.string(), v.record(v.string(), v.unknown()));
const tableName = v.pipe(v.string(), v.minLength(1), v.maxLength(1024));
const placeholders = {
  ExpressionAttributeNames: v.optional(v.record(v.string(), v.string())),
  ExpressionAttributeValues: v.optional(attributes),
};
const conditionalWrite = {
  TableName: tableName,
  ConditionExpression: v.optional(v.string()),
  ...placeholders,
  ReturnValuesOnConditionCheckFailure: v.optional(v.picklist(['NONE', 'ALL_OLD']), 'NONE'),
};
const singleWrite = {
  ...conditionalWrite,
  ConditionalOperator: notEmulated,
  Expected: notEmulated,
  ReturnConsumedCapacity: notEmulated,
  ReturnItemCollectionMetrics: notEmulated,
};
/** PutItem and DeleteItem do not accept the other values of the enumeration. */
const returnsOldItem = { ReturnValues: v.optional(v.picklist(['NONE', 'ALL_OLD']), 'NONE') };

/** Amazon DynamoDB API Reference, DescribeTable. */
export const describeTable = v.object({ TableName: tableName });

/** Amazon DynamoDB API Reference, GetItem. */
export const getItem = v.object({
  TableName: tableName,
  Key: attributes,
  ConsistentRead: v.optional(v.boolean(), false),
  AttributesToGet: notEmulated,
  ExpressionAttributeNames: notEmulated,
  ProjectionExpression: notEmulated,
  ReturnConsumedCapacity: notEmulated,
});

/** Amazon DynamoDB API Reference, PutItem. */
export const putItem = v.object({ ...singleWrite, ...returnsOldItem, Item: attributes });

/** Amazon DynamoDB API Reference, UpdateItem. */
export const updateItem = v.object({
  ...singleWrite,
  Key: attributes,
  UpdateExpression: v.optional(v.string()),
  ReturnValues: v.optional(
    enumeration(['NONE', 'ALL_OLD', 'ALL_NEW'], ['UPDATED_OLD', 'UPDATED_NEW']),
    'NONE',
  ),
  AttributeUpdates: notEmulated,
});

/** Amazon DynamoDB API Reference, DeleteItem. */
export const deleteItem = v.object({ ...singleWrite, ...returnsOldItem, Key: attributes });

/** Amazon DynamoDB API Reference, Query. */
export const query = v.object({
  TableName: tableName,
  KeyConditionExpression: v.string(),
  ...placeholders,
  ConsistentRead: v.optional(v.boolean(), false),
  AttributesToGet: notEmulated,
  ConditionalOperator: notEmulated,
  ExclusiveStartKey: notEmulated,
  FilterExpression: notEmulated,
  IndexName: notEmulated,
  KeyConditions: notEmulated,
  Limit: notEmulated,
  ProjectionExpression: notEmulated,
  QueryFilter: notEmulated,
  ReturnConsumedCapacity: notEmulated,
  ScanIndexForward: notEmulated,
  Select: notEmulated,
});

/** Amazon DynamoDB API Reference, TransactWriteItems and TransactWriteItem. */
export const transactWriteItems = v.object({
  TransactItems: v.pipe(
    v.array(
      v.object({
        ConditionCheck: v.optional(
          v.object({ ...conditionalWrite, Key: attributes, ConditionExpression: v.string() }),
        ),
        Delete: v.optional(v.object({ ...conditionalWrite, Key: attributes })),
        Put: v.optional(v.object({ ...conditionalWrite, Item: attributes })),
        Update: v.optional(v.object({ ...conditionalWrite, Key: attributes, UpdateExpression: v.string() })),
      }),
    ),
    v.minLength(1),
    v.maxLength(100),
  ),
  ClientRequestToken: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(36))),
  ReturnConsumedCapacity: notEmulated,
  ReturnItemCollectionMetrics: notEmulated,
});

export type TransactWriteItemsInput = v.InferOutput<typeof transactWriteItems>;

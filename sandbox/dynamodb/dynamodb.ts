import * as v from 'valibot';
import type { Account } from '../aws/account.ts';
import { AwsError } from '../aws/aws-error.ts';
import { type AccessRequest, type AwsOperation, type AwsService, operation } from '../aws/service.ts';
import type { Clock } from '../clock.ts';
import { type Item, readItem } from './attribute-value.ts';
import { type DynamoDbBehaviour, defaultBehaviour } from './behaviour.ts';
import { Table, type TableSpecification } from './table.ts';

/** What the emulated DynamoDB works with. */
export interface DynamoDbOptions extends Account {
  readonly clock: Clock;
  readonly behaviour?: Partial<DynamoDbBehaviour>;
}

const notEmulated = v.optional(v.never());
const attributes = v.record(v.string(), v.record(v.string(), v.unknown()));
const tableName = v.pipe(v.string(), v.minLength(1), v.maxLength(1024));
const writeMembers = {
  TableName: tableName,
  ReturnValues: v.optional(v.picklist(['NONE', 'ALL_OLD']), 'NONE'),
  ConditionExpression: notEmulated,
  ConditionalOperator: notEmulated,
  Expected: notEmulated,
  ExpressionAttributeNames: notEmulated,
  ExpressionAttributeValues: notEmulated,
  ReturnConsumedCapacity: notEmulated,
  ReturnItemCollectionMetrics: notEmulated,
  ReturnValuesOnConditionCheckFailure: notEmulated,
};
const getItem = v.object({
  TableName: tableName,
  Key: attributes,
  ConsistentRead: v.optional(v.boolean(), false),
  AttributesToGet: notEmulated,
  ExpressionAttributeNames: notEmulated,
  ProjectionExpression: notEmulated,
  ReturnConsumedCapacity: notEmulated,
});
const putItem = v.object({ ...writeMembers, Item: attributes });
const deleteItem = v.object({ ...writeMembers, Key: attributes });

type Attributes = v.InferOutput<typeof attributes>;

/**
 * Amazon DynamoDB, emulated: items by their key, without expressions.
 *
 * Source: Amazon DynamoDB API Reference, the operation of each name.
 */
export class DynamoDb implements AwsService {
  readonly id = 'dynamodb';
  readonly operations: Readonly<Record<string, AwsOperation>>;
  readonly #options: DynamoDbOptions;
  readonly #behaviour: DynamoDbBehaviour;
  readonly #tables = new Map<string, Table>();

  constructor(options: DynamoDbOptions) {
    this.#options = options;
    this.#behaviour = { ...defaultBehaviour, ...options.behaviour };
    this.operations = {
      GetItem: operation(
        getItem,
        input => {
          const table = this.#table(input.TableName);
          const item = table.get(table.keyOf(readItem(input.Key, 'key')), input.ConsistentRead);
          return item === undefined ? {} : { Item: item };
        },
        input => this.#access('GetItem', input.TableName, input.Key),
      ),
      PutItem: operation(
        putItem,
        input => {
          const table = this.#table(input.TableName);
          const item = readItem(input.Item, 'item');
          return replace(table, table.keyOfItem(item), item, input.ReturnValues);
        },
        input => this.#access('PutItem', input.TableName, input.Item, input.ReturnValues),
      ),
      DeleteItem: operation(
        deleteItem,
        input => {
          const table = this.#table(input.TableName);
          const key = table.keyOf(readItem(input.Key, 'key'));
          return replace(table, key, undefined, input.ReturnValues);
        },
        input => this.#access('DeleteItem', input.TableName, input.Key, input.ReturnValues),
      ),
    };
  }

  createTable(specification: TableSpecification): void {
    this.#tables.set(specification.name, new Table(specification, this.#options.clock, this.#behaviour));
  }

  /**
   * The items of a table, as the last writes left them.
   *
   * @throws AwsError ResourceNotFoundException
   */
  items(table: string): readonly Item[] {
    return this.#table(table).items();
  }

  /** A table by its name or ARN. */
  #table(nameOrArn: string): Table {
    const name = this.#nameOf(nameOrArn);
    const table = name === undefined ? undefined : this.#tables.get(name);
    if (table !== undefined) return table;
    throw new AwsError('ResourceNotFoundException', 'Requested resource not found');
  }

  #nameOf(nameOrArn: string): string | undefined {
    if (!nameOrArn.startsWith('arn:')) return nameOrArn;
    const prefix = this.#arn('');
    return nameOrArn.startsWith(prefix) ? nameOrArn.slice(prefix.length) : undefined;
  }

  #arn(name: string): string {
    const { partition, region, accountId } = this.#options;
    return `arn:${partition}:dynamodb:${region}:${accountId}:table/${name}`;
  }

  /**
   * The condition keys: Service Authorization Reference, "Actions, resources, and condition keys for Amazon DynamoDB".
   */
  #access(action: string, table: string, given: Attributes, returnValues?: string): AccessRequest[] {
    const name = this.#nameOf(table);
    const partitionKey = name === undefined ? undefined : this.#tables.get(name)?.specification.partitionKey;
    const key = partitionKey === undefined ? undefined : given[partitionKey]?.S;
    return [
      {
        action: `dynamodb:${action}`,
        resource: name === undefined ? table : this.#arn(name),
        context: {
          'dynamodb:Attributes': Object.keys(given),
          ...(typeof key === 'string' && { 'dynamodb:LeadingKeys': [key] }),
          ...(returnValues !== undefined && { 'dynamodb:ReturnValues': returnValues }),
        },
      },
    ];
  }
}

/** @returns the operation's output */
function replace(
  table: Table,
  key: string,
  item: Item | undefined,
  returnValues: 'NONE' | 'ALL_OLD',
): object {
  const before = table.get(key, true);
  table.put(key, item);
  return returnValues === 'ALL_OLD' && before !== undefined ? { Attributes: before } : {};
}

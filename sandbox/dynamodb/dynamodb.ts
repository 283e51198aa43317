import type { Account } from '../aws/account.ts';
import { AwsError } from '../aws/aws-error.ts';
import { epochSeconds } from '../aws/json-protocol.ts';
import { type AccessRequest, type AwsOperation, type AwsService, operation } from '../aws/service.ts';
import type { Clock } from '../clock.ts';
import { attributeOf, type Item, readItem } from './attribute-value.ts';
import { type ItemWrite, itemAfter, keyOfWrite, readWrite } from './item-write.ts';
import { keyRange, readKeyCondition } from './key-condition.ts';
import {
  deleteItem,
  describeTable,
  getItem,
  putItem,
  query,
  type TransactWriteItemsInput,
  transactWriteItems,
  updateItem,
} from './requests.ts';
import { Table, type TableSpecification } from './table.ts';
import { Transactions } from './transactions.ts';
import { validationError } from './validation-error.ts';

/** The dependencies of the emulated DynamoDB. */
export interface DynamoDbOptions extends Account {
  readonly clock: Clock;
}

type ReturnValues = 'NONE' | 'ALL_OLD' | 'ALL_NEW';

/** The details of a request from which its condition keys are derived. */
interface AccessDetails {
  /** Attributes with their values; the partition key is one of them. */
  readonly given: Item;
  /** The names of all attributes that the request names. */
  readonly attributes: readonly string[];
  /** The keys that do not depend on the table. */
  readonly context: NonNullable<AccessRequest['context']>;
}

const SINGLE = { inTransaction: false };

/**
 * Amazon DynamoDB, emulated: reads of items by key, conditional writes, transactions, queries of one partition, and
 * DescribeTable.
 *
 * Source: Amazon DynamoDB API Reference, the operation of each name.
 */
export class DynamoDb implements AwsService {
  readonly id = 'dynamodb';
  readonly operations: Readonly<Record<string, AwsOperation>>;
  readonly #options: DynamoDbOptions;
  readonly #tables = new Map<string, Table>();
  readonly #transactions: Transactions;

  constructor(options: DynamoDbOptions) {
    this.#options = options;
    this.#transactions = new Transactions(options.clock, nameOrArn => this.#table(nameOrArn));
    this.operations = {
      DescribeTable: operation(
        describeTable,
        ({ TableName }) => {
          const table = this.#find(TableName);
          if (table !== undefined) return { Table: tableDescription(table) };
          throw notFound(`Requested resource not found: Table: ${TableName} not found`);
        },
        ({ TableName }) => [{ action: 'dynamodb:DescribeTable', resource: this.#resource(TableName) }],
      ),
      GetItem: operation(
        getItem,
        input => {
          const table = this.#table(input.TableName);
          const item = table.get(table.keyOf(readItem(input.Key, 'key')), input.ConsistentRead);
          return item === undefined ? {} : { Item: item };
        },
        input => [this.#readAccess('GetItem', input.TableName, readItem(input.Key, 'key'))],
      ),
      Query: operation(
        query,
        input => {
          const condition = readKeyCondition(input);
          const table = this.#table(input.TableName);
          const items = table.query(keyRange(condition, table.specification), input.ConsistentRead);
          return { Items: items, Count: items.length, ScannedCount: items.length };
        },
        input => {
          const condition = readKeyCondition(input);
          const given = Object.fromEntries(condition.map(({ attribute, value }) => [attribute, value]));
          return [this.#readAccess('Query', input.TableName, given)];
        },
      ),
      PutItem: operation(
        putItem,
        input => this.#write(readWrite('PutItem', input, SINGLE), input.ReturnValues),
        input => [this.#writeAccess(readWrite('PutItem', input, SINGLE), input.ReturnValues)],
      ),
      UpdateItem: operation(
        updateItem,
        input => this.#write(readWrite('UpdateItem', input, SINGLE), input.ReturnValues),
        input => [this.#writeAccess(readWrite('UpdateItem', input, SINGLE), input.ReturnValues)],
      ),
      DeleteItem: operation(
        deleteItem,
        input => this.#write(readWrite('DeleteItem', input, SINGLE), input.ReturnValues),
        input => [this.#writeAccess(readWrite('DeleteItem', input, SINGLE), input.ReturnValues)],
      ),
      TransactWriteItems: operation(
        transactWriteItems,
        ({ TransactItems, ClientRequestToken }) => {
          this.#transactions.write(TransactItems.map(readTransactItem), TransactItems, ClientRequestToken);
          return {};
        },
        ({ TransactItems }) =>
          TransactItems.map(item => {
            const write = readTransactItem(item);
            return this.#writeAccess(write, write.returnsItemOnFailure ? 'ALL_OLD' : 'NONE', {
              'dynamodb:EnclosingOperation': 'TransactWriteItems',
            });
          }),
      ),
    };
  }

  createTable(specification: TableSpecification): void {
    this.#tables.set(specification.name, new Table(specification, this.#options.clock));
  }

  /**
   * The current items of a table.
   *
   * @throws AwsError ResourceNotFoundException
   */
  items(table: string): readonly Item[] {
    return this.#table(table).items();
  }

  /** @returns the operation's output */
  #write(write: ItemWrite, returnValues: ReturnValues): object {
    const table = this.#table(write.table);
    const key = keyOfWrite(write, table);
    const before = table.get(key, true);
    const after = itemAfter(write, before);
    table.put(key, after);
    const returned = { NONE: undefined, ALL_OLD: before, ALL_NEW: after }[returnValues];
    return returned === undefined ? {} : { Attributes: returned };
  }

  /** @throws AwsError ResourceNotFoundException */
  #table(nameOrArn: string): Table {
    const table = this.#find(nameOrArn);
    if (table !== undefined) return table;
    throw notFound('Requested resource not found');
  }

  #find(nameOrArn: string): Table | undefined {
    return this.#tables.get(this.#nameOf(nameOrArn) ?? '');
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

  /** The resource of a permission for a table. */
  #resource(nameOrArn: string): string {
    const name = this.#nameOf(nameOrArn);
    return name === undefined ? nameOrArn : this.#arn(name);
  }

  #readAccess(action: 'GetItem' | 'Query', table: string, given: Item): AccessRequest {
    const context = { 'dynamodb:Select': 'ALL_ATTRIBUTES' };
    return this.#access(action, table, { given, attributes: Object.keys(given), context });
  }

  #writeAccess(
    { action, table, given, attributes }: ItemWrite,
    returnValues: ReturnValues,
    context: AccessDetails['context'] = {},
  ): AccessRequest {
    return this.#access(action, table, {
      given,
      attributes,
      context: { 'dynamodb:ReturnValues': returnValues, ...context },
    });
  }

  /**
   * The condition keys: Service Authorization Reference, "Actions, resources, and condition keys for Amazon DynamoDB";
   * Amazon DynamoDB Developer Guide, "Using IAM policy conditions for fine-grained access control". An entry of a
   * transaction is authorised like the corresponding operation, and `ReturnValues` is what it returns on failure
   * (Amazon DynamoDB Developer Guide, "Using IAM with DynamoDB transactions").
   */
  #access(action: string, table: string, { given, attributes, context }: AccessDetails): AccessRequest {
    const partitionKey = this.#find(table)?.specification.partitionKey;
    const key = partitionKey === undefined ? undefined : attributeOf(given, partitionKey);
    return {
      action: `dynamodb:${action}`,
      resource: this.#resource(table),
      context: {
        'dynamodb:Attributes': attributes,
        ...(key !== undefined && 'S' in key && { 'dynamodb:LeadingKeys': [key.S] }),
        ...context,
      },
    };
  }
}

function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message);
}

/** @throws AwsError ValidationException, also when the entry does not have exactly one action */
function readTransactItem({
  ConditionCheck,
  Delete,
  Put,
  Update,
}: TransactWriteItemsInput['TransactItems'][number]): ItemWrite {
  const writes = [
    ['ConditionCheckItem', ConditionCheck] as const,
    ['DeleteItem', Delete] as const,
    ['PutItem', Put] as const,
    ['UpdateItem', Update] as const,
  ].flatMap(([action, members]) =>
    members === undefined ? [] : [readWrite(action, members, { inTransaction: true })],
  );
  const [write] = writes;
  if (write !== undefined && writes.length === 1) return write;
  throw validationError(
    write === undefined
      ? 'Invalid Request: TransactWriteRequest should contain Delete or Put or Update request'
      : 'TransactItems can only contain one of Check, Put, Update or Delete',
  );
}

/**
 * A table as DescribeTable returns it, without throughput, size and settings, which nothing in this project uses.
 *
 * @see Amazon DynamoDB API Reference, TableDescription
 */
function tableDescription({ specification, createdAt }: Table): object {
  const { name, arn, partitionKey, sortKey } = specification;
  const keys = [
    { name: partitionKey, type: 'HASH' },
    ...(sortKey === undefined ? [] : [{ name: sortKey, type: 'RANGE' }]),
  ];
  return {
    TableName: name,
    TableArn: arn,
    TableStatus: 'ACTIVE',
    CreationDateTime: epochSeconds(createdAt),
    AttributeDefinitions: keys.map(key => ({ AttributeName: key.name, AttributeType: 'S' })),
    KeySchema: keys.map(key => ({ AttributeName: key.name, KeyType: key.type })),
  };
}

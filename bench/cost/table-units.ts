import * as v from 'valibot';
import type { AwsInterceptor } from '../../sandbox/aws/service.ts';
import { type Item, itemBytes } from '../../sandbox/dynamodb/attribute-value.ts';
import type { DynamoDb } from '../../sandbox/dynamodb/dynamodb.ts';
import type { TableSpecification } from '../../sandbox/dynamodb/table.ts';

/** The bytes that one unit covers (Amazon DynamoDB Developer Guide, "DynamoDB read and write operations"). */
const READ_UNIT_BYTES = 4_096;
const WRITE_UNIT_BYTES = 1_024;

const item = v.custom<Item>(value => typeof value === 'object' && value !== null);
const read = v.object({ Key: item, ConsistentRead: v.optional(v.boolean(), false) });
const write = v.union([
  v.pipe(
    v.object({ TableName: v.string(), Item: item }),
    v.transform(({ TableName, Item }) => ({ table: TableName, key: Item })),
  ),
  v.pipe(
    v.object({ TableName: v.string(), Key: item }),
    v.transform(({ TableName, Key }) => ({ table: TableName, key: Key })),
  ),
]);
const transaction = v.object({
  TransactItems: v.array(
    v.pipe(
      v.record(v.string(), write),
      v.transform(members => Object.values(members)),
    ),
  ),
});

type Write = v.InferOutput<typeof write>;

/** The tables of a sandbox. */
interface Tables {
  readonly dynamoDb: DynamoDb;
  readonly stack: { readonly tables: readonly TableSpecification[] };
}

/**
 * Counts the request units that DynamoDB bills for the functions' calls in a sandbox.
 *
 * @see Amazon DynamoDB Developer Guide, "DynamoDB read and write operations"
 */
export class TableUnits {
  reads = 0;
  writes = 0;
  readonly #sandbox: () => Tables;

  /** @param sandbox first called when a request arrives */
  constructor(sandbox: () => Tables) {
    this.#sandbox = sandbox;
  }

  readonly awsInterceptor: AwsInterceptor = async ({ service, operation, input, caller }, next) => {
    if (service !== 'dynamodb' || caller.functionArn === undefined) return await next();
    if (operation === 'GetItem') {
      const output = await next();
      const found = 'Item' in output && v.is(item, output.Item) ? itemBytes(output.Item) : 0;
      // An eventually consistent read costs half a unit.
      this.reads += unitsOf(found, READ_UNIT_BYTES) * (v.parse(read, input).ConsistentRead ? 1 : 0.5);
      return output;
    }
    const isTransaction = operation === 'TransactWriteItems';
    const writes = isTransaction ? v.parse(transaction, input).TransactItems.flat() : [v.parse(write, input)];
    const before = writes.map(each => this.#bytesOf(each));
    try {
      return await next();
    } finally {
      for (const [index, each] of writes.entries()) {
        // A write is billed for the larger of the old and the new item, and twice as much in a transaction.
        const bytes = Math.max(before[index] ?? 0, this.#bytesOf(each));
        this.writes += unitsOf(bytes, WRITE_UNIT_BYTES) * (isTransaction ? 2 : 1);
      }
    }
  };

  #bytesOf({ table, key }: Write): number {
    const { stack, dynamoDb } = this.#sandbox();
    const specification = stack.tables.find(({ name }) => name === table);
    const names = [specification?.partitionKey, specification?.sortKey].filter(name => name !== undefined);
    const found = dynamoDb
      .items(table)
      .find(each => names.every(name => JSON.stringify(each[name]) === JSON.stringify(key[name])));
    return found === undefined ? 0 : itemBytes(found);
  }
}

/** An item that does not exist also costs a unit. */
function unitsOf(bytes: number, unitBytes: number): number {
  return Math.max(1, Math.ceil(bytes / unitBytes));
}

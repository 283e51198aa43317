import type { Clock } from '../clock.ts';
import { type AttributeValue, type Item, validationError } from './attribute-value.ts';
import type { DynamoDbBehaviour } from './behaviour.ts';

/** What a table is made from: its partition key is text, and it has neither sort key nor indexes. */
export interface TableSpecification {
  readonly name: string;
  readonly arn: string;
  readonly partitionKey: string;
  /** The attribute with the time after which an item may be deleted, in epoch seconds. */
  readonly timeToLiveAttribute?: string | undefined;
}

interface Entry {
  readonly item: Item | undefined;
  /** What was there before the last write. */
  readonly before: Item | undefined;
  readonly changedAtMs: number;
}

/** "Within a few days" (Amazon DynamoDB Developer Guide, "Using time to live (TTL) in DynamoDB"); here it is two. */
const LATE_DELETION_MS = 48 * 3_600_000;

/** One table with its items. */
export class Table {
  readonly specification: TableSpecification;
  readonly #clock: Clock;
  readonly #behaviour: DynamoDbBehaviour;
  readonly #entries = new Map<string, Entry>();

  constructor(specification: TableSpecification, clock: Clock, behaviour: DynamoDbBehaviour) {
    this.specification = specification;
    this.#clock = clock;
    this.#behaviour = behaviour;
  }

  /** The item under a key, as the last write left it or, without `consistent`, perhaps as it was before. */
  get(key: string, consistent: boolean): Item | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const isFresh = this.#clock.nowMs() >= entry.changedAtMs + this.#behaviour.eventualReadLagMs;
    return this.#unlessDeleted(consistent || isFresh ? entry.item : entry.before);
  }

  /**
   * Writes an item, or none to delete it.
   *
   * @returns what was there before
   */
  put(key: string, item: Item | undefined): Item | undefined {
    const before = this.get(key, true);
    this.#entries.set(key, { item, before, changedAtMs: this.#clock.nowMs() });
    return before;
  }

  /** All items, as the last writes left them. */
  items(): readonly Item[] {
    return [...this.#entries.keys()].map(key => this.get(key, true)).filter(item => item !== undefined);
  }

  /**
   * The partition key of an item.
   *
   * @throws AwsError ValidationException
   */
  keyOfItem(item: Item): string {
    const { partitionKey } = this.specification;
    const value = item[partitionKey];
    if (value === undefined) {
      throw validationError(
        `One or more parameter values were invalid: Missing the key ${partitionKey} in the item`,
      );
    }
    if (!('S' in value)) {
      throw validationError(
        `One or more parameter values were invalid: Type mismatch for key ${partitionKey} expected: S actual: ${Object.keys(value)}`,
      );
    }
    return this.#notEmpty(value.S);
  }

  /**
   * The partition key in a request's `Key`.
   *
   * @throws AwsError ValidationException
   */
  keyOf(key: Item): string {
    const value = key[this.specification.partitionKey];
    if (value === undefined || !('S' in value) || Object.keys(key).length > 1) {
      throw validationError('The provided key element does not match the schema');
    }
    return this.#notEmpty(value.S);
  }

  #notEmpty(key: string): string {
    if (key !== '') return key;
    throw validationError(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: ${this.specification.partitionKey}`,
    );
  }

  #unlessDeleted(item: Item | undefined): Item | undefined {
    const expiresAtMs = this.#expiresAtMs(item);
    const delayMs = this.#behaviour.expiredItems === 'late' ? LATE_DELETION_MS : 0;
    return expiresAtMs !== undefined && this.#clock.nowMs() >= expiresAtMs + delayMs ? undefined : item;
  }

  /** A time to live that is no number is none. */
  #expiresAtMs(item: Item | undefined): number | undefined {
    const { timeToLiveAttribute } = this.specification;
    const value: AttributeValue | undefined =
      timeToLiveAttribute === undefined ? undefined : item?.[timeToLiveAttribute];
    return value !== undefined && 'N' in value ? Number(value.N) * 1000 : undefined;
  }
}

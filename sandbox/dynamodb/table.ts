import type { Clock } from '../clock.ts';
import { HOUR_MS } from '../durations.ts';
import { attributeOf, compareText, type Item, typeOf } from './attribute-value.ts';
import { validationError } from './validation-error.ts';

/** The specification of a table. Its keys are strings, and it has no indexes. */
export interface TableSpecification {
  readonly name: string;
  readonly arn: string;
  readonly partitionKey: string;
  readonly sortKey?: string | undefined;
  /** The attribute that contains the time, in epoch seconds, after which an item may be deleted. */
  readonly timeToLiveAttribute?: string | undefined;
}

/** The items of one partition whose sort key begins with a prefix. */
export interface KeyRange {
  readonly partition: string;
  /** Empty for the whole partition. */
  readonly sortPrefix: string;
}

interface Entry {
  readonly item: Item | undefined;
  /** The item before the last write. */
  readonly before: Item | undefined;
  readonly changedAtMs: number;
}

/**
 * How long reads without ConsistentRead return the item from before a write: "usually within one second or less"
 * (Amazon DynamoDB Developer Guide, "DynamoDB read consistency").
 */
const EVENTUAL_READ_LAG_MS = 1000;
/** "Within a few days" (Amazon DynamoDB Developer Guide, "Using time to live (TTL) in DynamoDB"); here two days. */
const TTL_DELETION_DELAY_MS = 48 * HOUR_MS;
/** Amazon DynamoDB Developer Guide, "Service, account, and table quotas". */
const MAX_PARTITION_KEY_BYTES = 2048;
const MAX_SORT_KEY_BYTES = 1024;

/** One table with its items. */
export class Table {
  readonly specification: TableSpecification;
  readonly createdAt: Date;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(specification: TableSpecification, clock: Clock) {
    this.specification = specification;
    this.createdAt = new Date(clock.nowMs());
    this.#clock = clock;
  }

  /** The names of the attributes that make up the key. */
  get keyAttributes(): readonly string[] {
    const { partitionKey, sortKey } = this.specification;
    return sortKey === undefined ? [partitionKey] : [partitionKey, sortKey];
  }

  /** The item with this key; without `consistent`, it may be the item from before the last write. */
  get(key: string, consistent: boolean): Item | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const isFresh = this.#clock.nowMs() >= entry.changedAtMs + EVENTUAL_READ_LAG_MS;
    return this.#unlessDeleted(consistent || isFresh ? entry.item : entry.before);
  }

  /** The items of a range in the order of their sort keys; see {@link Table.get} for `consistent`. */
  query({ partition, sortPrefix }: KeyRange, consistent: boolean): readonly Item[] {
    const { partitionKey, sortKey = '' } = this.specification;
    return this.#items(consistent)
      .filter(item => text(item, partitionKey) === partition && text(item, sortKey).startsWith(sortPrefix))
      .sort((left, right) => compareText(text(left, sortKey), text(right, sortKey)));
  }

  /** Writes an item; undefined deletes it. */
  put(key: string, item: Item | undefined): void {
    const before = this.get(key, true);
    this.#entries.set(key, { item, before, changedAtMs: this.#clock.nowMs() });
  }

  /** All current items. */
  items(): readonly Item[] {
    return this.#items(true);
  }

  /**
   * The key of an item.
   *
   * @throws AwsError ValidationException
   */
  keyOfItem(item: Item): string {
    for (const name of this.keyAttributes) {
      const value = attributeOf(item, name);
      if (value === undefined) {
        throw validationError(
          `One or more parameter values were invalid: Missing the key ${name} in the item`,
        );
      }
      if ('S' in value) continue;
      throw validationError(
        `One or more parameter values were invalid: Type mismatch for key ${name} expected: S actual: ${typeOf(value)}`,
      );
    }
    return this.#key(item);
  }

  /**
   * The key in a request's `Key`.
   *
   * @throws AwsError ValidationException
   */
  keyOf(key: Item): string {
    const names = this.keyAttributes;
    const matches = names.every(name => {
      const value = attributeOf(key, name);
      return value !== undefined && 'S' in value;
    });
    if (!matches || Object.keys(key).length > names.length) {
      throw validationError('The provided key element does not match the schema');
    }
    return this.#key(key);
  }

  /**
   * Rejects an item or key with an empty key attribute.
   *
   * @throws AwsError ValidationException
   */
  requireNoEmptyKey(attributes: Item): void {
    for (const name of this.keyAttributes) {
      const value = attributeOf(attributes, name);
      if (value === undefined || !('S' in value) || value.S !== '') continue;
      throw validationError(
        `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: ${name}`,
      );
    }
  }

  #key(attributes: Item): string {
    this.requireNoEmptyKey(attributes);
    const [partition = '', sort = ''] = this.keyAttributes.map(name => text(attributes, name));
    if (Buffer.byteLength(partition) > MAX_PARTITION_KEY_BYTES) {
      throw validationError(
        'One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes',
      );
    }
    if (Buffer.byteLength(sort) > MAX_SORT_KEY_BYTES) {
      throw validationError(
        'One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes',
      );
    }
    return JSON.stringify([partition, sort]);
  }

  #items(consistent: boolean): Item[] {
    return [...this.#entries.keys()].map(key => this.get(key, consistent)).filter(item => item !== undefined);
  }

  #unlessDeleted(item: Item | undefined): Item | undefined {
    const expiresAtMs = this.#expiresAtMs(item);
    const isDeleted = expiresAtMs !== undefined && this.#clock.nowMs() >= expiresAtMs + TTL_DELETION_DELAY_MS;
    return isDeleted ? undefined : item;
  }

  /** Undefined if the TTL attribute is missing or not a number. */
  #expiresAtMs(item: Item | undefined): number | undefined {
    const { timeToLiveAttribute } = this.specification;
    if (item === undefined || timeToLiveAttribute === undefined) return undefined;
    const value = attributeOf(item, timeToLiveAttribute);
    return value !== undefined && 'N' in value ? Number(value.N) * 1000 : undefined;
  }
}

/** The string in an attribute; empty when the item does not have it. */
function text(item: Item, name: string): string {
  const value = attributeOf(item, name);
  return value !== undefined && 'S' in value ? value.S : '';
}

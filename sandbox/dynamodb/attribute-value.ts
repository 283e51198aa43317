import { AwsError } from '../aws/aws-error.ts';
import { compareNumbers, normalizeNumber } from './decimal.ts';
import { type Refusal, validationError } from './validation-error.ts';

/** A value in its wire format, in which numbers are strings. */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true };

/** The emulated value types. */
export type ValueType = 'S' | 'N' | 'BOOL' | 'NULL';

/** An item, or a key. */
export type Item = Readonly<Record<string, AttributeValue>>;

/** An item, a key, or the values of expressions, before their values are checked. */
export type UncheckedItem = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const MAX_ITEM_BYTES = 400 * 1024;

/**
 * Checks the values of an item.
 *
 * Source: Amazon DynamoDB API Reference, AttributeValue.
 *
 * @param where the request member, for error messages
 * @throws AwsError ValidationException, SerializationException
 */
export function readItem(attributes: UncheckedItem, where: string): Item {
  const item = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      readValue(value, `${where}.${name}`, validationError),
    ]),
  );
  if (isTooLarge(item)) throw validationError('Item size has exceeded the maximum allowed size');
  return item;
}

/**
 * Checks one value.
 *
 * @param where  the request member, for error messages
 * @param refuse makes the error for a value that AWS also rejects
 */
export function readValue(
  value: Readonly<Record<string, unknown>>,
  where: string,
  refuse: Refusal,
): AttributeValue {
  const [[type, content] = ['', undefined], ...others] = Object.entries(value);
  if (type === '') {
    throw refuse('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
  }
  if (others.length > 0) {
    throw refuse(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    );
  }
  switch (type) {
    case 'S':
      if (typeof content === 'string') return { S: content };
      break;
    case 'N':
      if (typeof content === 'string') return { N: normalizeNumber(content, refuse) };
      break;
    case 'BOOL':
      if (typeof content === 'boolean') return { BOOL: content };
      break;
    case 'NULL':
      if (content === true) return { NULL: true };
      throw refuse(
        'One or more parameter values were invalid: Null attribute value types must have the value of true',
      );
    default:
      throw validationError(
        `1 validation error detected: Value at '${where}.${type}' failed to satisfy constraint: Member is not emulated by the sandbox`,
      );
  }
  throw new AwsError('SerializationException', `Unexpected value type in ${where}.${type}`);
}

/** Whether an item exceeds 400 KB (Amazon DynamoDB Developer Guide, "Service, account, and table quotas"). */
export function isTooLarge(item: Item): boolean {
  return itemBytes(item) > MAX_ITEM_BYTES;
}

/** The size of an item (Amazon DynamoDB Developer Guide, "DynamoDB item sizes and formats"). */
export function itemBytes(item: Item): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOf(value),
    0,
  );
}

/** The value of an attribute; undefined when the item does not have it. */
export function attributeOf(item: Item, name: string): AttributeValue | undefined {
  return Object.hasOwn(item, name) ? item[name] : undefined;
}

/** The type of a value, as in its wire format. */
export function typeOf(value: AttributeValue): ValueType {
  if ('S' in value) return 'S';
  if ('N' in value) return 'N';
  return 'BOOL' in value ? 'BOOL' : 'NULL';
}

/**
 * Compares two strings or two numbers.
 *
 * @returns less than 0, 0, or greater than 0; undefined when their types differ or are not ordered
 */
export function compareValues(left: AttributeValue, right: AttributeValue): number | undefined {
  if ('S' in left && 'S' in right) return compareText(left.S, right.S);
  return 'N' in left && 'N' in right ? compareNumbers(left.N, right.N) : undefined;
}

/**
 * Compares strings by their UTF-8 bytes, as DynamoDB does (Amazon DynamoDB Developer Guide, "Supported data types and
 * naming rules").
 */
export function compareText(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

function sizeOf(value: AttributeValue): number {
  if ('S' in value) return Buffer.byteLength(value.S);
  return 'N' in value ? Math.ceil(value.N.length / 2) + 1 : 1;
}

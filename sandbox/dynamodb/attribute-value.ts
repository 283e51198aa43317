import { AwsError } from '../aws/aws-error.ts';

/** A value as it is on the wire; a number is text there. */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true };

/** An item, or a key. */
export type Item = Readonly<Record<string, AttributeValue>>;

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const LARGEST_ITEM_BYTES = 400 * 1024;
const MOST_DIGITS = 38;

/** The refusal of a request whose values or keys are wrong. */
export function validationError(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

/**
 * Checks the values of an item.
 *
 * Source: Amazon DynamoDB API Reference, AttributeValue; Developer Guide, "Supported data types and naming rules".
 *
 * @param where the request's member, to name a type that is not emulated
 * @throws AwsError ValidationException
 */
export function readItem(
  attributes: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  where: string,
): Item {
  const item = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, readValue(value, `${where}.${name}`)]),
  );
  const bytes = Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOf(value),
    0,
  );
  if (bytes > LARGEST_ITEM_BYTES) throw validationError('Item size has exceeded the maximum allowed size');
  return item;
}

function readValue(value: Readonly<Record<string, unknown>>, where: string): AttributeValue {
  const [[type, content] = ['', undefined], ...others] = Object.entries(value);
  if (type === '') {
    throw validationError(
      'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes',
    );
  }
  if (others.length > 0) {
    throw validationError(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    );
  }
  switch (type) {
    case 'S':
      if (typeof content === 'string') return { S: content };
      break;
    case 'N':
      if (typeof content === 'string') return { N: readNumber(content) };
      break;
    case 'BOOL':
      if (typeof content === 'boolean') return { BOOL: content };
      break;
    case 'NULL':
      if (content === true) return { NULL: true };
      throw validationError(
        'One or more parameter values were invalid: Null attribute value types must have the value of true',
      );
    default:
      throw validationError(
        `1 validation error detected: Value at '${where}.${type}' failed to satisfy constraint: Member is not emulated by the sandbox`,
      );
  }
  throw new AwsError('SerializationException', `Unexpected value type in ${where}.${type}`);
}

/** The text stays as it came, where DynamoDB would give `1.50` back as `1.5`. */
function readNumber(text: string): string {
  if (!NUMBER.test(text))
    throw validationError(`The parameter cannot be converted to a numeric value: ${text}`);
  const digits = text
    .replace(/[eE].*$/, '')
    .replace(/[+.-]/g, '')
    .replace(/^0+/, '');
  if (digits.length <= MOST_DIGITS) return text;
  throw validationError('Attempting to store more than 38 significant digits in a Number');
}

function sizeOf(value: AttributeValue): number {
  if ('S' in value) return Buffer.byteLength(value.S);
  return 'N' in value ? Math.ceil(value.N.length / 2) + 1 : 1;
}

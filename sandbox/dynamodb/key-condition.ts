import { type AttributeValue, typeOf } from './attribute-value.ts';
import { ExpressionReader } from './expression.ts';
import { type PlaceholderMembers, Placeholders } from './placeholders.ts';
import type { KeyRange, TableSpecification } from './table.ts';
import { validationError } from './validation-error.ts';

/** A condition on one attribute of the key. */
interface KeyTerm {
  readonly attribute: string;
  readonly operator: '=' | 'begins_with';
  readonly value: AttributeValue;
}

/** A `KeyConditionExpression`: all its terms must be true. */
export type KeyCondition = readonly KeyTerm[];

const NOT_EMULATED = ['<=', '<', '>=', '>', 'BETWEEN'];
const NEVER_VALID = ['<>', 'IN', 'OR', 'NOT'];

/**
 * Parses a `KeyConditionExpression`: equality for the partition key, and `begins_with` for the sort key.
 *
 * Source: Amazon DynamoDB Developer Guide, "Key condition expressions for the Query operation".
 *
 * @throws AwsError ValidationException, also for syntax that is not emulated: other comparators, parentheses, a value
 * on the
 *   left
 */
export function readKeyCondition(
  members: PlaceholderMembers & { readonly KeyConditionExpression: string },
): KeyCondition {
  const placeholders = new Placeholders(members);
  const text = members.KeyConditionExpression;
  const reader = new ExpressionReader('KeyConditionExpression', text, placeholders);
  const terms: KeyTerm[] = [];
  do {
    const term = readTerm(reader);
    if (terms.some(({ attribute }) => attribute === term.attribute)) {
      throw reader.invalid('KeyConditionExpressions must only contain one condition per key');
    }
    terms.push(term);
  } while (reader.skip('AND'));
  requireNoOtherOperator(reader);
  if (!reader.isAtEnd) throw reader.syntaxError();
  placeholders.requireAllUsed();
  return terms;
}

function readTerm(reader: ExpressionReader): KeyTerm {
  requireNoOtherOperator(reader);
  if (reader.isNext('(')) throw reader.notEmulated('a parenthesis');
  const name = reader.functionName();
  if (name !== undefined) {
    if (name !== 'begins_with') throw invalidOperator(reader, name);
    const attribute = reader.attribute();
    reader.require(',');
    const value = reader.value();
    reader.require(')');
    if ('S' in value) return { attribute, operator: name, value };
    throw reader.invalid(
      `Incorrect operand type for operator or function; operator or function: begins_with, operand type: ${typeOf(value)}`,
    );
  }
  const left = reader.operand();
  if ('value' in left) throw reader.notEmulated('a value on the left');
  requireNoOtherOperator(reader);
  reader.require('=');
  return { attribute: left.attribute, operator: '=', value: reader.value() };
}

function requireNoOtherOperator(reader: ExpressionReader): void {
  const invalid = NEVER_VALID.find(operator => reader.isNext(operator));
  if (invalid !== undefined) throw invalidOperator(reader, invalid);
  const unknown = NOT_EMULATED.find(operator => reader.isNext(operator));
  if (unknown !== undefined) throw reader.notEmulated(unknown);
}

function invalidOperator(reader: ExpressionReader, operator: string): Error {
  return reader.invalid(`Invalid operator used in KeyConditionExpression: ${operator}`);
}

/**
 * The range of keys in a table that match a key condition.
 *
 * @throws AwsError ValidationException
 */
export function keyRange(condition: KeyCondition, table: TableSpecification): KeyRange {
  const keys = [table.partitionKey, table.sortKey].filter(key => key !== undefined);
  if (condition.length > keys.length) {
    throw validationError(
      `The number of query conditions (${condition.length}) exceeds the number of key attributes defined in the schema (${keys.length})`,
    );
  }
  for (const key of keys.slice(0, condition.length)) {
    if (condition.some(({ attribute }) => attribute === key)) continue;
    throw validationError(`Query condition missed key schema element: ${key}`);
  }
  const [partition, sort] = keys.map(key => condition.find(({ attribute }) => attribute === key));
  if (partition?.operator !== '=') throw validationError('Query key condition not supported');
  if (sort?.operator === '=') {
    throw validationError(
      'Invalid KeyConditionExpression: = for the sort key is not emulated by the sandbox',
    );
  }
  return { partition: keyText(partition), sortPrefix: sort === undefined ? '' : keyText(sort) };
}

function keyText({ attribute, value }: KeyTerm): string {
  if (!('S' in value)) {
    throw validationError(
      'One or more parameter values were invalid: Condition parameter type does not match schema type',
    );
  }
  if (value.S !== '') return value.S;
  throw validationError(
    `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: ${attribute}`,
  );
}

import {
  type AttributeValue,
  attributeOf,
  type Item,
  isTooLarge,
  typeOf,
  type ValueType,
} from './attribute-value.ts';
import { calculate } from './decimal.ts';
import type { ExpressionReader, Operand } from './expression.ts';
import { validationError } from './validation-error.ts';

const SECTIONS = ['SET', 'REMOVE', 'ADD', 'DELETE'] as const;

/** A value to assign; `otherwise` is the second argument of `if_not_exists`. */
type UpdateOperand = Operand | { readonly ifNotExists: string; readonly otherwise: UpdateOperand };

interface Calculation {
  readonly operator: '+' | '-';
  readonly left: UpdateOperand;
  readonly right: UpdateOperand;
}

type Action = { readonly attribute: string } & (
  | { readonly section: 'SET'; readonly value: UpdateOperand | Calculation }
  | { readonly section: 'REMOVE' }
  | { readonly section: 'ADD'; readonly number: string }
);

/** What an `UpdateExpression` does to an item, attribute by attribute. */
export type Update = readonly Action[];

/** The type names in the errors of ADD. */
const TYPE_NAMES: Readonly<Record<ValueType, string>> = {
  S: 'STRING',
  N: 'NUMBER',
  BOOL: 'BOOLEAN',
  NULL: 'NULL',
};

/**
 * Parses an `UpdateExpression`.
 *
 * Source: Amazon DynamoDB Developer Guide, "Using update expressions in DynamoDB".
 *
 * @throws AwsError ValidationException, also for syntax that is not emulated: DELETE, list_append, parentheses, nested
 *   attributes
 */
export function readUpdate(reader: ExpressionReader): Update {
  const actions = new Map<string, Action>();
  const sections = new Set<string>();
  do {
    const section = reader.oneOf(SECTIONS);
    if (section === undefined) throw reader.syntaxError();
    if (section === 'DELETE') throw reader.notEmulated(section);
    if (sections.has(section)) {
      throw reader.invalid(`The "${section}" section can only be used once in an update expression;`);
    }
    sections.add(section);
    do {
      const action = readAction(reader, section);
      const path = `[${action.attribute}]`;
      if (actions.has(action.attribute)) {
        throw reader.invalid(
          `Two document paths overlap with each other; must remove or rewrite one of these paths; path one: ${path}, path two: ${path}`,
        );
      }
      actions.set(action.attribute, action);
    } while (reader.skip(','));
  } while (!reader.isAtEnd);
  return [...actions.values()];
}

function readAction(reader: ExpressionReader, section: Action['section']): Action {
  const attribute = reader.attribute();
  switch (section) {
    case 'SET':
      reader.require('=');
      return { attribute, section, value: readAssigned(reader) };
    case 'REMOVE':
      return { attribute, section };
    case 'ADD': {
      const value = reader.value();
      if ('N' in value) return { attribute, section, number: value.N };
      throw reader.invalid(
        `Incorrect operand type for operator or function; operator: ADD, operand type: ${TYPE_NAMES[typeOf(value)]}`,
      );
    }
  }
}

function readAssigned(reader: ExpressionReader): UpdateOperand | Calculation {
  const left = readOperand(reader);
  const operator = reader.oneOf(['+', '-']);
  if (operator === undefined) return left;
  const right = readOperand(reader);
  for (const operand of [left, right]) {
    if (!('value' in operand) || 'N' in operand.value) continue;
    throw reader.invalid(
      `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${typeOf(operand.value)}`,
    );
  }
  return { operator, left, right };
}

function readOperand(reader: ExpressionReader): UpdateOperand {
  if (reader.isNext('(')) throw reader.notEmulated('a parenthesis');
  const name = reader.functionName();
  if (name === undefined) return reader.operand();
  if (name === 'list_append') throw reader.notEmulated(name);
  if (name !== 'if_not_exists') throw reader.invalid(`Invalid function name; function: ${name}`);
  const operands: UpdateOperand[] = [];
  do {
    operands.push(readOperand(reader));
  } while (reader.skip(','));
  reader.require(')');
  const [path, otherwise] = operands;
  if (path === undefined || otherwise === undefined || operands.length !== 2) {
    throw reader.invalid(
      `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${operands.length}`,
    );
  }
  if ('attribute' in path) return { ifNotExists: path.attribute, otherwise };
  throw reader.invalid(`Operator or function requires a document path; operator or function: ${name}`);
}

/**
 * Applies an update to an item. All operands are read before the first attribute changes.
 *
 * Source: Amazon DynamoDB API Reference, UpdateItem. An update that only removes attributes does not create an item
 * (test_item.py of ScyllaDB's Alternator, which also runs on AWS).
 *
 * @param update undefined when the request has no `UpdateExpression`
 * @param key    the initial attributes of an item that does not exist yet
 * @throws AwsError ValidationException
 */
export function applyUpdate(
  update: Update | undefined,
  key: Item,
  before: Item | undefined,
): Item | undefined {
  if (update === undefined) return before ?? key;
  const onlyRemoves = update.every(({ section }) => section === 'REMOVE');
  if (before === undefined && onlyRemoves) return undefined;
  const item = before ?? key;
  const changes = update.map(action => [action.attribute, changed(action, item)] as const);
  const after = new Map<string, AttributeValue>(Object.entries(item));
  for (const [attribute, value] of changes) {
    if (value === undefined) after.delete(attribute);
    else after.set(attribute, value);
  }
  const result = Object.fromEntries(after);
  if (isTooLarge(result)) throw validationError('Item size to update has exceeded the maximum allowed size');
  return result;
}

/** The attribute's next value; undefined to remove it. */
function changed(action: Action, item: Item): AttributeValue | undefined {
  switch (action.section) {
    case 'SET': {
      const { value } = action;
      if (!('operator' in value)) return resolve(value, item);
      const [left, right] = [numberOf(value.left, item), numberOf(value.right, item)];
      return { N: calculate(left, value.operator, right) };
    }
    case 'REMOVE':
      return undefined;
    case 'ADD': {
      const current = { ifNotExists: action.attribute, otherwise: { value: { N: '0' } } };
      return { N: calculate(numberOf(current, item), '+', action.number) };
    }
  }
}

function numberOf(operand: UpdateOperand, item: Item): string {
  const value = resolve(operand, item);
  if ('N' in value) return value.N;
  throw validationError('An operand in the update expression has an incorrect data type');
}

function resolve(operand: UpdateOperand, item: Item): AttributeValue {
  if ('value' in operand) return operand.value;
  const value = attributeOf(item, 'attribute' in operand ? operand.attribute : operand.ifNotExists);
  if (value !== undefined) return value;
  if ('otherwise' in operand) return resolve(operand.otherwise, item);
  throw validationError('The provided expression refers to an attribute that does not exist in the item');
}

import { isDeepStrictEqual } from 'node:util';
import { type AttributeValue, attributeOf, compareValues, type Item, typeOf } from './attribute-value.ts';
import type { ExpressionReader, Operand } from './expression.ts';

const COMPARATORS = ['=', '<>', '<=', '<', '>=', '>'] as const;
const FUNCTIONS = ['attribute_exists', 'attribute_not_exists'] as const;
const FUNCTIONS_NOT_EMULATED = ['attribute_type', 'begins_with', 'contains', 'size'];

type Comparator = (typeof COMPARATORS)[number];

/** The condition that an item must meet to be written. */
export type Condition =
  | { readonly comparator: Comparator; readonly left: Operand; readonly right: Operand }
  | { readonly function: (typeof FUNCTIONS)[number]; readonly attribute: string }
  | { readonly operator: 'AND' | 'OR'; readonly left: Condition; readonly right: Condition }
  | { readonly operator: 'NOT'; readonly condition: Condition };

/** A part of an expression: a condition, or an operand that needs a comparator. */
type Term = (
  | { readonly condition: Condition; readonly operand?: never }
  | { readonly operand: Operand; readonly condition?: never }
) & { readonly inParentheses?: true };

/**
 * Parses a `ConditionExpression`.
 *
 * Source: Amazon DynamoDB Developer Guide, "Condition and filter expressions, operators, and functions in DynamoDB".
 *
 * @throws AwsError ValidationException, also for syntax that is not emulated: BETWEEN, IN, nested attributes, other
 * functions
 */
export function readCondition(reader: ExpressionReader): Condition {
  const condition = requireCondition(reader, alternatives(reader));
  if (!reader.isAtEnd) throw reader.syntaxError();
  return condition;
}

function alternatives(reader: ExpressionReader): Term {
  let term = conjunction(reader);
  while (reader.isNext('OR')) {
    const left = requireCondition(reader, term);
    reader.require('OR');
    term = { condition: { operator: 'OR', left, right: requireCondition(reader, conjunction(reader)) } };
  }
  return term;
}

function conjunction(reader: ExpressionReader): Term {
  let term = negation(reader);
  while (reader.isNext('AND')) {
    const left = requireCondition(reader, term);
    reader.require('AND');
    term = { condition: { operator: 'AND', left, right: requireCondition(reader, negation(reader)) } };
  }
  return term;
}

function negation(reader: ExpressionReader): Term {
  if (!reader.skip('NOT')) return comparison(reader);
  return { condition: { operator: 'NOT', condition: requireCondition(reader, negation(reader)) } };
}

function comparison(reader: ExpressionReader): Term {
  const left = primary(reader);
  const keyword = reader.oneOf(['BETWEEN', 'IN']);
  if (keyword !== undefined) throw reader.notEmulated(keyword);
  const comparator = reader.oneOf(COMPARATORS);
  if (comparator === undefined) return left;
  const operands = { left: requireOperand(reader, left), right: requireOperand(reader, primary(reader)) };
  requireComparable(reader, comparator, operands);
  return { condition: { comparator, ...operands } };
}

function primary(reader: ExpressionReader): Term {
  if (reader.skip('(')) {
    const term = alternatives(reader);
    reader.require(')');
    if (term.inParentheses) throw reader.invalid('The expression has redundant parentheses;');
    return { ...term, inParentheses: true };
  }
  const name = reader.functionName();
  return name === undefined ? { operand: reader.operand() } : { condition: functionCall(reader, name) };
}

function functionCall(reader: ExpressionReader, name: string): Condition {
  const known = FUNCTIONS.find(each => each === name);
  if (FUNCTIONS_NOT_EMULATED.includes(name)) throw reader.notEmulated(name);
  if (known === undefined) throw reader.invalid(`Invalid function name; function: ${name}`);
  const operands: Operand[] = [];
  do {
    operands.push(requireOperand(reader, primary(reader)));
  } while (reader.skip(','));
  reader.require(')');
  const [operand] = operands;
  if (operand === undefined || operands.length !== 1) {
    throw reader.invalid(
      `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${operands.length}`,
    );
  }
  if ('attribute' in operand) return { function: known, attribute: operand.attribute };
  throw reader.invalid(`Operator or function requires a document path; operator or function: ${name}`);
}

function requireCondition(reader: ExpressionReader, { condition }: Term): Condition {
  if (condition === undefined) throw reader.syntaxError();
  return condition;
}

function requireOperand(reader: ExpressionReader, { operand, condition }: Term): Operand {
  if (operand !== undefined) return operand;
  if (condition === undefined || !('function' in condition)) throw reader.syntaxError();
  throw reader.invalid(
    `The function is not allowed to be used this way in an expression; function: ${condition.function}`,
  );
}

function requireComparable(
  reader: ExpressionReader,
  comparator: Comparator,
  { left, right }: { readonly left: Operand; readonly right: Operand },
): void {
  if ('attribute' in left && 'attribute' in right && left.attribute === right.attribute) {
    throw reader.invalid(
      `The first operand must be distinct from the remaining operands for this operator or function; operator: ${comparator}, first operand: [${left.attribute}]`,
    );
  }
  if (comparator === '=' || comparator === '<>') return;
  for (const operand of [left, right]) {
    if ('attribute' in operand || 'S' in operand.value || 'N' in operand.value) continue;
    throw reader.invalid(
      `Incorrect operand type for operator or function; operator or function: ${comparator}, operand type: ${typeOf(operand.value)}`,
    );
  }
}

/**
 * Whether an item, or the absence of an item, meets a condition.
 *
 * A missing attribute is not equal to any value, nor to another missing attribute; it is neither less nor greater than
 * any value. The same applies to values of different types (test_condition_expression.py of
 * ScyllaDB's Alternator, which also runs on AWS).
 */
export function isMet(condition: Condition, item: Item = {}): boolean {
  if ('function' in condition) {
    const exists = attributeOf(item, condition.attribute) !== undefined;
    return exists === (condition.function === 'attribute_exists');
  }
  if ('comparator' in condition) {
    return compare(
      condition.comparator,
      operandValue(condition.left, item),
      operandValue(condition.right, item),
    );
  }
  switch (condition.operator) {
    case 'AND':
      return isMet(condition.left, item) && isMet(condition.right, item);
    case 'OR':
      return isMet(condition.left, item) || isMet(condition.right, item);
    case 'NOT':
      return !isMet(condition.condition, item);
  }
}

function operandValue(operand: Operand, item: Item): AttributeValue | undefined {
  return 'value' in operand ? operand.value : attributeOf(item, operand.attribute);
}

function compare(
  comparator: Comparator,
  left: AttributeValue | undefined,
  right: AttributeValue | undefined,
): boolean {
  const bothExist = left !== undefined && right !== undefined;
  if (comparator === '=') return bothExist && isDeepStrictEqual(left, right);
  if (comparator === '<>') return !bothExist || !isDeepStrictEqual(left, right);
  const order = bothExist ? compareValues(left, right) : undefined;
  if (order === undefined) return false;
  switch (comparator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { invalidDefinition, NotEmulated } from './definition-errors.ts';
import { type PathScope, parseReferencePath, type ReferencePath, resolvePath } from './reference-path.ts';
import { StateFailed, StatesError } from './state-failure.ts';
import { timestampMs } from './timestamp.ts';

/** One entry of a Choice state's `Choices`. */
export interface ChoiceRule {
  readonly next: string;
  /** @throws StateFailed `States.Runtime` when a variable other than that of `IsPresent` is missing */
  readonly applies: Condition;
}

type Condition = (scope: PathScope) => boolean;
/** Compares a variable with an expected value; a value of the wrong type never matches. */
interface Comparison {
  readonly accepts: (expected: Json) => boolean;
  readonly holds: (actual: Json, expected: Json) => boolean;
}

/**
 * Reads a rule of a Choice state (Amazon States Language specification, "Choice State").
 *
 * @throws NotEmulated for an unknown operator
 */
export function compileChoiceRule(rule: JsonObject): ChoiceRule {
  const { Next: next, Comment: _comment, ...condition } = rule;
  if (typeof next !== 'string') throw invalidDefinition("A rule in 'Choices' needs the field 'Next'");
  return { next, applies: compileCondition(condition) };
}

function compileCondition(condition: Json): Condition {
  if (!isJsonObject(condition)) throw invalidDefinition("A condition in 'Choices' must be an object");
  const { Comment: _comment, Variable: variable, ...operators } = condition;
  const [[operator, operand] = [undefined, null], ...others] = Object.entries(operators);
  if (operator === undefined || others.length > 0) {
    throw invalidDefinition("A condition in 'Choices' needs exactly one operator");
  }
  if (operator === 'Not') {
    const inner = compileCondition(operand);
    return scope => !inner(scope);
  }
  if (operator === 'And' || operator === 'Or') {
    if (!Array.isArray(operand) || operand.length === 0) {
      throw invalidDefinition(`'${operator}' needs at least one condition`);
    }
    const inner = (operand as readonly Json[]).map(compileCondition);
    return operator === 'And'
      ? scope => inner.every(one => one(scope))
      : scope => inner.some(one => one(scope));
  }
  if (typeof variable !== 'string') throw invalidDefinition(`'${operator}' needs the field 'Variable'`);
  return compileTest(operator, parseReferencePath(variable), operand);
}

function compileTest(operator: string, variable: ReferencePath, operand: Json): Condition {
  const typeTest = TYPE_TESTS.get(operator);
  if (operator === 'IsPresent' || typeTest !== undefined) {
    if (typeof operand !== 'boolean') throw invalidDefinition(`'${operator}' needs a boolean`);
    if (typeTest === undefined) return scope => (resolvePath(variable, scope) !== undefined) === operand;
    return scope => typeTest(valueAt(variable, scope)) === operand;
  }

  const literal = COMPARISONS.get(operator);
  if (literal !== undefined) {
    if (!literal.accepts(operand)) throw invalidDefinition(`'${operator}' has a value of the wrong type`);
    return scope => literal.holds(valueAt(variable, scope), operand);
  }

  const byPath = operator.endsWith('Path') ? COMPARISONS.get(operator.slice(0, -'Path'.length)) : undefined;
  if (byPath === undefined || operator === 'StringMatchesPath') {
    throw new NotEmulated(`The comparison operator '${operator}'`);
  }
  if (typeof operand !== 'string') throw invalidDefinition(`'${operator}' needs a path`);
  const expected = parseReferencePath(operand);
  return scope => byPath.holds(valueAt(variable, scope), valueAt(expected, scope));
}

function valueAt(path: ReferencePath, scope: PathScope): Json {
  const value = resolvePath(path, scope);
  if (value !== undefined) return value;
  throw new StateFailed(
    StatesError.runtime,
    `Invalid path '${path.text}': The choice state's condition path references an invalid value.`,
  );
}

const TYPE_TESTS: ReadonlyMap<string, (value: Json) => boolean> = new Map([
  ['IsNull', (value: Json) => value === null],
  ['IsNumeric', (value: Json) => typeof value === 'number'],
  ['IsString', (value: Json) => typeof value === 'string'],
  ['IsBoolean', (value: Json) => typeof value === 'boolean'],
  ['IsTimestamp', (value: Json) => timestampMs(value) !== undefined],
]);

const asString = (value: Json): string | undefined => (typeof value === 'string' ? value : undefined);
const asNumber = (value: Json): number | undefined => (typeof value === 'number' ? value : undefined);
const asBoolean = (value: Json): boolean | undefined => (typeof value === 'boolean' ? value : undefined);

const COMPARISONS: ReadonlyMap<string, Comparison> = new Map([
  ['BooleanEquals', comparison(asBoolean, (actual, expected) => actual === expected)],
  ['StringMatches', comparison(asString, (actual, expected) => wildcard(expected).test(actual))],
  ...ordered('String', asString),
  ...ordered('Numeric', asNumber),
  ...ordered('Timestamp', timestampMs),
]);

function comparison<Value>(
  read: (value: Json) => Value | undefined,
  holds: (actual: Value, expected: Value) => boolean,
): Comparison {
  return {
    accepts: value => read(value) !== undefined,
    holds: (actual, expected) => {
      const left = read(actual);
      const right = read(expected);
      return left !== undefined && right !== undefined && holds(left, right);
    },
  };
}

function ordered<Value extends string | number>(
  kind: string,
  read: (value: Json) => Value | undefined,
): [string, Comparison][] {
  return [
    [`${kind}Equals`, comparison(read, (actual, expected) => actual === expected)],
    [`${kind}LessThan`, comparison(read, (actual, expected) => actual < expected)],
    [`${kind}GreaterThan`, comparison(read, (actual, expected) => actual > expected)],
    [`${kind}LessThanEquals`, comparison(read, (actual, expected) => actual <= expected)],
    [`${kind}GreaterThanEquals`, comparison(read, (actual, expected) => actual >= expected)],
  ];
}

/** `*` stands for any characters, `\*` and `\\` for themselves. */
function wildcard(pattern: string): RegExp {
  const source = pattern.replaceAll(/\\([*\\])|\*|[^*\\]|\\/g, (part, escaped: string | undefined) =>
    part === '*' ? '[^]*' : (escaped ?? part).replace(/[.*+?^${}()|[\]\\/]/, '\\$&'),
  );
  return new RegExp(`^${source}$`);
}

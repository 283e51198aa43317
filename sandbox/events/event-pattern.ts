import { isJsonObject } from '../json.ts';

/** Whether an event matches. */
export type EventMatcher = (event: unknown) => boolean;

type Test = (value: unknown) => boolean;

/** A missing value, as opposed to `null`. */
const ABSENT = Symbol('absent');

/**
 * Parses an event pattern. Every field in the pattern, at any depth, must match one of the values in its list. Emulates
 * the filters `prefix`, `suffix`, `anything-but` and `exists`.
 *
 * Source: Amazon EventBridge User Guide, "Creating Amazon EventBridge event patterns" and "Comparison operators".
 *
 * @throws RuleNotEmulated for any other filter
 * @throws Error InvalidEventPattern
 */
export function eventMatcher(pattern: unknown): EventMatcher {
  if (!isJsonObject(pattern) || Object.keys(pattern).length === 0) {
    throw new InvalidEventPattern('an event pattern must be an object with at least one field');
  }
  const fields = Object.entries(pattern).map(([name, value]) => [name, fieldMatcher(name, value)] as const);
  return event => fields.every(([name, matches]) => matches(member(event, name)));
}

/** EventBridge would reject the pattern. */
class InvalidEventPattern extends Error {
  override readonly name = 'InvalidEventPattern';
}

function fieldMatcher(name: string, pattern: unknown): Test {
  if (name.startsWith('$')) throw new RuleNotEmulated(`${name} in an event pattern`);
  if (!Array.isArray(pattern)) {
    const matches = eventMatcher(pattern);
    return value => (isJsonObject(value) ? matches(value) : matches({}));
  }
  if (pattern.length === 0) throw new InvalidEventPattern(`the list of ${name} is empty`);
  const tests = pattern.map(alternative => valueTest(alternative));
  // A list in the event matches if any of its values matches.
  return value => {
    const values = Array.isArray(value) ? (value as unknown[]) : [value];
    return tests.some(test => values.some(test));
  };
}

function valueTest(alternative: unknown): Test {
  if (Array.isArray(alternative)) throw new InvalidEventPattern('a list within a list');
  if (!isJsonObject(alternative)) return value => value === alternative;
  const [[filter, operand] = ['', undefined], ...others] = Object.entries(alternative);
  if (others.length > 0) throw new InvalidEventPattern('a filter must be an object with exactly one field');
  return filterTest(filter, operand);
}

function filterTest(filter: string, operand: unknown): Test {
  switch (filter) {
    case 'prefix':
    case 'suffix': {
      if (typeof operand !== 'string')
        throw new RuleNotEmulated(`${filter} with a value that is not a string`);
      return filter === 'prefix'
        ? value => typeof value === 'string' && value.startsWith(operand)
        : value => typeof value === 'string' && value.endsWith(operand);
    }
    case 'anything-but': {
      const excluded: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
      if (excluded.some(value => typeof value === 'object')) {
        throw new RuleNotEmulated('anything-but with a nested filter');
      }
      return value => value !== ABSENT && !excluded.includes(value);
    }
    case 'exists':
      if (typeof operand !== 'boolean') throw new InvalidEventPattern('exists must be true or false');
      // `exists` matches leaves only, not objects.
      return value => (value !== ABSENT && !isJsonObject(value)) === operand;
    default:
      throw new RuleNotEmulated(`the filter ${filter}`);
  }
}

function member(event: unknown, name: string): unknown {
  return isJsonObject(event) && Object.hasOwn(event, name) ? event[name] : ABSENT;
}

/** A rule uses a feature of EventBridge that is not emulated; the message names it. */
export class RuleNotEmulated extends Error {
  override readonly name = 'RuleNotEmulated';

  /** @param what e.g. `the filter numeric` */
  constructor(what: string) {
    super(`EventBridge: ${what} is not emulated.`);
  }
}

import { arnMatcher, type Matcher, wildcardMatcher } from './patterns.ts';

/** A request's values of a condition key; undefined without the key. */
type RequestValues = readonly string[] | undefined;

/** Evaluates an operator against the request's values. */
export type ConditionTest = (values: RequestValues) => boolean;

interface Comparison {
  readonly matcher: (policyValue: string) => Matcher;
  readonly negated: boolean;
}

const equals = (policyValue: string): Matcher => wildcardFree(policyValue, text => text);
const equalsIgnoringCase = (policyValue: string): Matcher =>
  wildcardFree(policyValue, text => text.toLowerCase());

/** The comparisons; `ArnEquals` and `ArnLike` behave identically, and so do their negations. */
const COMPARISONS: Readonly<Record<string, Comparison>> = {
  StringEquals: { matcher: equals, negated: false },
  StringNotEquals: { matcher: equals, negated: true },
  StringEqualsIgnoreCase: { matcher: equalsIgnoringCase, negated: false },
  StringNotEqualsIgnoreCase: { matcher: equalsIgnoringCase, negated: true },
  StringLike: { matcher: value => wildcardMatcher(value), negated: false },
  StringNotLike: { matcher: value => wildcardMatcher(value), negated: true },
  ArnEquals: { matcher: arnMatcher, negated: false },
  ArnNotEquals: { matcher: arnMatcher, negated: true },
  ArnLike: { matcher: arnMatcher, negated: false },
  ArnNotLike: { matcher: arnMatcher, negated: true },
  Bool: { matcher: equalsIgnoringCase, negated: false },
};

const OPERATOR = /^(?:(?<set>ForAllValues|ForAnyValue):)?(?<name>[A-Za-z]+?)(?<ifExists>IfExists)?$/;

/** A condition operator with its prefix and suffix. */
export interface ConditionOperator {
  /** Whether it accepts a key with several values. */
  readonly takesSets: boolean;
  readonly test: (policyValues: readonly string[]) => ConditionTest;
}

/**
 * Parses the name of an operator. `ForAnyValue` with `IfExists` counts as unknown, because AWS does not document how it
 * handles an absent key.
 *
 * @returns undefined for an unknown operator
 * @see AWS IAM User Guide, "IAM JSON policy elements: Condition operators" and "Set operators for multivalued
 *      context keys"
 */
export function conditionOperator(operator: string): ConditionOperator | undefined {
  const { set, name = '', ifExists } = OPERATOR.exec(operator)?.groups ?? {};
  if (name === 'Null' && set === undefined && ifExists === undefined) {
    return { takesSets: true, test: nullTest };
  }
  const comparison = Object.hasOwn(COMPARISONS, name) ? COMPARISONS[name] : undefined;
  if (comparison === undefined || (set === 'ForAnyValue' && ifExists !== undefined)) return undefined;
  return {
    takesSets: set !== undefined,
    test: policyValues => comparisonTest(comparison, policyValues, { set, ifExists: ifExists !== undefined }),
  };
}

/** `true` requires the key to be absent, `false` requires it to be present. */
function nullTest(policyValues: readonly string[]): ConditionTest {
  return values => policyValues.includes(String(values === undefined));
}

function comparisonTest(
  { matcher, negated }: Comparison,
  policyValues: readonly string[],
  { set, ifExists }: { set: string | undefined; ifExists: boolean },
): ConditionTest {
  const matchers = policyValues.map(matcher);
  // One of the policy's values must match, or none if the operator is negated.
  const isMet = (value: string): boolean => matchers.some(matches => matches(value)) !== negated;
  return values => {
    if (set !== undefined) {
      // The set operators ignore an empty value.
      const given = (values ?? []).filter(value => value !== '');
      return set === 'ForAllValues' ? given.every(isMet) : given.some(isMet);
    }
    return values === undefined ? ifExists || negated : values.every(isMet);
  };
}

function wildcardFree(policyValue: string, fold: (text: string) => string): Matcher {
  const expected = fold(policyValue);
  return text => fold(text) === expected;
}

import { isJsonObject, type Json } from '../json.ts';
import { conditionKeyKind } from './condition-keys.ts';
import { type ConditionTest, conditionOperator } from './condition-operators.ts';

/** The condition keys of a request, in lower case, with their values. */
export type RequestKeys = ReadonlyMap<string, readonly string[]>;

/** One key of a `Condition` element. */
interface ConditionEntry {
  readonly operator: string;
  readonly takesSets: boolean;
  readonly key: string;
  readonly test: ConditionTest;
}

/** Throws an error that identifies the policy. */
export type Refuse = (problem: string) => never;

/** The `Condition` element of a statement (AWS IAM User Guide, "IAM JSON policy elements: Condition"). */
export class Conditions {
  readonly #entries: readonly ConditionEntry[];
  readonly #refuse: Refuse;

  /** @param refuse is called for an unknown operator and for invalid values */
  constructor(condition: Json | undefined, refuse: Refuse) {
    this.#refuse = refuse;
    this.#entries = condition === undefined ? [] : entries(condition, refuse);
  }

  /** The keys that the conditions use, as written. */
  get keys(): readonly string[] {
    return this.#entries.map(({ key }) => key);
  }

  /** Rejects keys that the sandbox does not set for the action. */
  check(action: string): void {
    for (const { key, operator, takesSets } of this.#entries) {
      const kind = conditionKeyKind(action, key);
      if (kind === undefined) this.#refuse(`the condition key ${key} is unknown for ${action}.`);
      if (kind === 'multiple' && !takesSets) {
        this.#refuse(
          `${operator} cannot compare ${key}, which has several values; use ForAllValues or ForAnyValue.`,
        );
      }
    }
  }

  /** Whether a request meets all conditions. */
  areMet(action: string, keys: RequestKeys): boolean {
    if (this.#entries.length === 0) return true;
    this.check(action);
    return this.#entries.every(({ key, test }) => test(keys.get(key.toLowerCase())));
  }
}

function entries(condition: Json, refuse: Refuse): ConditionEntry[] {
  if (!isJsonObject(condition)) return refuse('Condition is not an object.');
  return Object.entries(condition).flatMap(([name, keys]) => {
    const operator = conditionOperator(name);
    if (operator === undefined) return refuse(`the condition operator ${name} is unknown.`);
    if (!isJsonObject(keys)) return refuse(`${name} is not an object.`);
    return Object.entries(keys).map(([key, value]) => ({
      operator: name,
      takesSets: operator.takesSets,
      key,
      test: operator.test(policyValues(value, `${name} ${key}`, refuse)),
    }));
  });
}

function policyValues(value: Json, where: string, refuse: Refuse): string[] {
  const values = Array.isArray(value) ? (value as readonly Json[]) : [value];
  if (values.length === 0) return refuse(`${where} has no value.`);
  return values.map(each => {
    if (each === null || typeof each === 'object')
      return refuse(`${where} has a value that is not a string, number or boolean.`);
    return withoutVariables(String(each), refuse);
  });
}

/**
 * Returns the text; rejects policy variables, which are not emulated.
 *
 * @see AWS IAM User Guide, "IAM policy elements: Variables and tags"
 */
export function withoutVariables(text: string, refuse: Refuse): string {
  return text.includes('${') ? refuse(`the policy variable in ${text} is not emulated.`) : text;
}

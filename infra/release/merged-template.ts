import { isDeepStrictEqual } from 'node:util';

/** A JSON value in a template. */
type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** A JSON object in a template. */
export interface JsonObject {
  readonly [key: string]: Json;
}

const NO_VALUE: JsonObject = { Ref: 'AWS::NoValue' };

/**
 * Merges two templates into one that equals the first if a condition is true, and the second if it is false. Resources
 * and outputs that only one of them has get the condition; other differences become `Fn::If`.
 *
 * @param condition the name of a condition that both templates have
 * @throws Error the templates differ in something that cannot depend on a condition
 */
export function mergedTemplate(condition: string, whenTrue: JsonObject, whenFalse: JsonObject): JsonObject {
  const conditions: Record<string, Json> = { ...section(whenTrue, 'Conditions') };
  for (const [name, expression] of Object.entries(section(whenFalse, 'Conditions'))) {
    conditions[name] = expression;
  }

  /** The name of a condition that is true if both conditions are. */
  const both = (name: string, other: Json | undefined): string => {
    if (typeof other !== 'string') return name;
    const combined = `${name}And${other}`;
    conditions[combined] = { 'Fn::And': [{ Condition: name }, { Condition: other }] };
    return combined;
  };
  const not = (name: string): string => {
    const negated = `No${name}`;
    conditions[negated] = { 'Fn::Not': [{ Condition: name }] };
    return negated;
  };

  const merged: Record<string, Json> = { ...whenFalse, ...whenTrue };
  for (const kind of ['Resources', 'Outputs']) {
    const [first, second] = [section(whenTrue, kind), section(whenFalse, kind)];
    merged[kind] = Object.fromEntries(
      [...new Set([...Object.keys(first), ...Object.keys(second)])].map(id => {
        const [a, b] = [first[id], second[id]];
        if (isObject(a) && isObject(b)) return [id, entry(condition, a, b, id)];
        if (isObject(a)) return [id, { ...a, Condition: both(condition, a.Condition) }];
        if (isObject(b)) return [id, { ...b, Condition: both(not(condition), b.Condition) }];
        throw new Error(`${id} is not an object.`);
      }),
    );
  }
  for (const kind of ['Parameters', 'Mappings', 'Rules']) {
    if (!isDeepStrictEqual(whenTrue[kind], whenFalse[kind])) throw new Error(`${kind} differ.`);
  }
  return { ...merged, Conditions: conditions };
}

/** Merges a resource or output. Only properties and values can contain intrinsic functions. */
function entry(condition: string, a: JsonObject, b: JsonObject, id: string): JsonObject {
  const merged: Record<string, Json> = { ...a };
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    if (isDeepStrictEqual(a[key], b[key])) continue;
    if (key !== 'Properties' && key !== 'Value') throw new Error(`${id} differs in ${key}.`);
    merged[key] = value(condition, a[key], b[key]);
  }
  return merged;
}

function value(condition: string, a: Json | undefined, b: Json | undefined): Json {
  if (a !== undefined && isDeepStrictEqual(a, b)) return a;
  if (isPlain(a) && isPlain(b)) {
    return Object.fromEntries(
      [...new Set([...Object.keys(a), ...Object.keys(b)])].map(key => [
        key,
        value(condition, a[key], b[key]),
      ]),
    );
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    const merged = list(condition, a as readonly Json[], b as readonly Json[]);
    if (merged !== undefined) return merged;
  }
  return { 'Fn::If': [condition, a ?? NO_VALUE, b ?? NO_VALUE] };
}

/** Merges lists of the same length item by item, or a list that contains all items of the other one in the same order. */
function list(condition: string, a: readonly Json[], b: readonly Json[]): readonly Json[] | undefined {
  if (a.length === b.length) return a.map((item, index) => value(condition, item, b[index]));
  const [longer, shorter] = a.length > b.length ? [a, b] : [b, a];
  let found = 0;
  const merged = longer.map(item => {
    if (found < shorter.length && isDeepStrictEqual(item, shorter[found])) {
      found++;
      return item;
    }
    return { 'Fn::If': [condition, ...(longer === a ? [item, NO_VALUE] : [NO_VALUE, item])] };
  });
  return found === shorter.length ? merged : undefined;
}

/** An object that is not an intrinsic function. */
function isPlain(json: Json | undefined): json is JsonObject {
  if (!isObject(json)) return false;
  const keys = Object.keys(json);
  return !(keys.length === 1 && (keys[0] === 'Ref' || keys[0]?.startsWith('Fn::')));
}

function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function section(template: JsonObject, kind: string): JsonObject {
  const found = template[kind];
  return isObject(found) ? found : {};
}

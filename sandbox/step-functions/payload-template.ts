import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { invalidDefinition } from './definition-errors.ts';
import { type PathScope, parseReferencePath, type ReferencePath, resolvePath } from './reference-path.ts';
import { StateFailed, StatesError } from './state-failure.ts';

/** A `Parameters` or `ResultSelector` (Amazon States Language specification, "Payload Template"). */
export interface PayloadTemplate {
  readonly source: JsonObject;
  /**
   * Fills in the fields whose name ends in `.$`.
   *
   * @throws StateFailed `States.Runtime` when a path selects nothing; as on AWS, the cause contains the whole input
   */
  readonly evaluate: (scope: PathScope) => Json;
}

/** @throws NotEmulated when a field contains anything but a reference path */
export function compileTemplate(source: JsonObject): PayloadTemplate {
  return { source, evaluate: compile(source) };
}

type Evaluate = (scope: PathScope) => Json;

function compile(value: Json): Evaluate {
  if (isJsonObject(value)) return compileObject(value);
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map(compile);
    return scope => items.map(item => item(scope));
  }
  return () => value;
}

function compileObject(value: JsonObject): Evaluate {
  const fields = Object.entries(value).map(([key, member]): readonly [string, Evaluate] => {
    if (!key.endsWith('.$')) return [key, compile(member)];
    if (typeof member !== 'string') {
      throw invalidDefinition(`The value for the field '${key}' must be a valid JSONPath`);
    }
    return [key.slice(0, -2), selects(key, parseReferencePath(member))];
  });
  return scope => Object.fromEntries(fields.map(([key, evaluate]) => [key, evaluate(scope)]));
}

function selects(field: string, path: ReferencePath): Evaluate {
  return scope => {
    const value = resolvePath(path, scope);
    if (value !== undefined) return value;
    throw new StateFailed(
      StatesError.runtime,
      `The JSONPath '${path.text}' specified for the field '${field}' could not be found in the input '${JSON.stringify(scope[path.root])}'`,
    );
  };
}

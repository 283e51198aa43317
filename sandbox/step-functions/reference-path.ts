import { isJsonObject, type Json } from '../json.ts';
import { NotEmulated } from './definition-errors.ts';
import { StateFailed, StatesError } from './state-failure.ts';

/** A path to exactly one location (Amazon States Language specification, "Reference Paths"). */
export interface ReferencePath {
  readonly text: string;
  /** `$` starts at the state's data, `$$` at the context object. */
  readonly root: 'data' | 'context';
  readonly steps: readonly (string | number)[];
}

/** The values that `$` and `$$` stand for. */
export interface PathScope {
  readonly data: Json;
  readonly context: Json;
}

const STEP = /\.([\p{L}_][\p{L}\p{N}_-]*)|\[(\d+)\]|\['([^'\\]+)'\]|\["([^"\\]+)"\]/uy;

/**
 * Reads `$`, `$$`, `.name`, `['name']`, `["name"]` and `[0]`.
 *
 * @throws NotEmulated for every other form, e.g. wildcards, filters and intrinsic functions
 */
export function parseReferencePath(text: string): ReferencePath {
  if (text.startsWith('States.')) throw new NotEmulated(`The intrinsic function '${text}'`);
  const root = text.startsWith('$$') ? 'context' : 'data';
  let position = root === 'context' ? 2 : 1;
  if (!text.startsWith('$')) throw new NotEmulated(`The path '${text}'`);

  const steps: (string | number)[] = [];
  while (position < text.length) {
    STEP.lastIndex = position;
    const match = STEP.exec(text);
    if (match === null) throw new NotEmulated(`The path '${text}'`);
    const [whole, name, index, singleQuoted, doubleQuoted] = match;
    steps.push(index === undefined ? (name ?? singleQuoted ?? doubleQuoted ?? '') : Number(index));
    position += whole.length;
  }
  return { text, root, steps };
}

/** The value at a path, or undefined (a JSON null is a value). */
export function resolvePath(path: ReferencePath, scope: PathScope): Json | undefined {
  let value: Json | undefined = scope[path.root];
  for (const step of path.steps) {
    value = member(value, step);
    if (value === undefined) return undefined;
  }
  return value;
}

/**
 * A copy of `target` with `value` at `steps`; creates missing objects on the path (Amazon States Language
 * specification, "Input and Output Processing", ResultPath).
 *
 * @throws StateFailed `States.ResultPathMatchFailure` when a step does not match the existing value
 */
export function placeAtPath(target: Json, steps: ReferencePath['steps'], value: Json): Json {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  if (typeof step === 'string' && isJsonObject(target)) {
    return { ...target, [step]: placeAtPath(member(target, step) ?? {}, rest, value) };
  }
  if (typeof step === 'number' && Array.isArray(target) && step < target.length) {
    const items: readonly Json[] = target;
    return items.map((item, index) => (index === step ? placeAtPath(item, rest, value) : item));
  }
  throw new StateFailed(
    StatesError.resultPathMatchFailure,
    `Unable to apply step "${step}" to input ${JSON.stringify(target)}`,
  );
}

function member(value: Json, step: string | number): Json | undefined {
  if (typeof step === 'number') return Array.isArray(value) ? value[step] : undefined;
  return isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}

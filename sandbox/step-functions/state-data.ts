import type { Json } from '../json.ts';
import { jsonSizeBytes } from './json.ts';
import type { PayloadTemplate } from './payload-template.ts';
import { type PathScope, placeAtPath, type ReferencePath, resolvePath } from './reference-path.ts';
import { StateFailed, StatesError } from './state-failure.ts';

/** The most bytes of a state's input or output (AWS Step Functions Developer Guide, "Quotas"). */
export const LARGEST_DATA_BYTES = 262_144;

/**
 * What a state works on: `InputPath`, then `Parameters` (Amazon States Language specification, "Input and
 * Output Processing").
 *
 * @throws StateFailed `States.Runtime` when a path leads nowhere
 */
export function effectiveInput(
  state: {
    readonly InputPath?: ReferencePath | null | undefined;
    readonly Parameters?: PayloadTemplate | undefined;
  },
  scope: PathScope,
): Json {
  const selected = selectPath(state.InputPath, scope);
  return state.Parameters === undefined
    ? selected
    : state.Parameters.evaluate({ data: selected, context: scope.context });
}

/**
 * What a state hands on: its result at `ResultPath` of the raw input, then `OutputPath`.
 *
 * @param scope with the raw input as its data
 * @throws StateFailed `States.ResultPathMatchFailure`, `States.Runtime`
 */
export function effectiveOutput(
  state: {
    readonly ResultPath?: ReferencePath | null | undefined;
    readonly OutputPath?: ReferencePath | null | undefined;
  },
  scope: PathScope,
  result: Json,
): Json {
  const data = placeResult(state.ResultPath, scope.data, result);
  return selectPath(state.OutputPath, { data, context: scope.context });
}

/** The input with the result in it: in place of it by default, not at all for null. */
export function placeResult(
  resultPath: ReferencePath | null | undefined,
  rawInput: Json,
  result: Json,
): Json {
  return resultPath === null ? rawInput : placeAtPath(rawInput, resultPath?.steps ?? [], result);
}

/** The value at an `InputPath` or `OutputPath`: all by default, an empty object for null. */
export function selectPath(path: ReferencePath | null | undefined, scope: PathScope): Json {
  if (path === null) return {};
  if (path === undefined) return scope.data;
  const value = resolvePath(path, scope);
  if (value !== undefined) return value;
  throw new StateFailed(StatesError.runtime, `Invalid path '${path.text}': No results for the path`);
}

/**
 * @param producer the state's name, or the Task's resource
 * @throws StateFailed `States.DataLimitExceeded`
 */
export function checkSize(value: Json, producer: string): Json {
  if (jsonSizeBytes(value) <= LARGEST_DATA_BYTES) return value;
  throw new StateFailed(
    StatesError.dataLimitExceeded,
    `The state/task '${producer}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
}

import type { Json } from '../json.ts';
import { placeAtPath, type ReferencePath } from './reference-path.ts';
import { StateFailed, StatesError } from './state-failure.ts';

// Amazon States Language specification, "Input and Output Processing".

/** The most bytes of a state's input or output (AWS Step Functions Developer Guide, "Quotas"). */
export const MAX_DATA_BYTES = 262_144;

/**
 * The raw input with the result in it: in place of it by default, not at all for null.
 *
 * @throws StateFailed `States.ResultPathMatchFailure`
 */
export function placeResult(
  resultPath: ReferencePath | null | undefined,
  rawInput: Json,
  result: Json,
): Json {
  return resultPath === null ? rawInput : placeAtPath(rawInput, resultPath?.steps ?? [], result);
}

/**
 * @param producer the state's name, or the Task's resource
 * @throws StateFailed `States.DataLimitExceeded`
 */
export function checkSize(value: Json, producer: string): Json {
  if (Buffer.byteLength(JSON.stringify(value), 'utf8') <= MAX_DATA_BYTES) return value;
  throw new StateFailed(
    StatesError.dataLimitExceeded,
    `The state/task '${producer}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
}

import type { Json } from '../json.ts';
import { placeAtPath, type ReferencePath } from './reference-path.ts';
import { StateFailed, StatesError } from './state-failure.ts';

// Amazon States Language specification, "Input and Output Processing".

/** The maximum size of a state's input or output, in bytes (AWS Step Functions Developer Guide, "Quotas"). */
export const MAX_DATA_BYTES = 262_144;

/**
 * Combines raw input and result: the result replaces the input by default; null discards the result.
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

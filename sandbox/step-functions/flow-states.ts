import type { ChoiceState, FailState, PassState, WaitState } from './definition-schema.ts';
import { type PathScope, type ReferencePath, resolvePath } from './reference-path.ts';
import { checkSize, placeResult } from './state-data.ts';
import { StateFailed, StatesError } from './state-failure.ts';
import type { StateResult, Visit } from './visit.ts';

// Amazon States Language specification, "State Types": the states without calls.

/** @throws StateFailed `States.Runtime` when no rule applies and there is no Default, or a variable is missing */
export function runChoice(state: ChoiceState, visit: Visit): StateResult {
  const scope = { data: visit.input, context: visit.context() };
  const rule = state.Choices.find(
    ({ Variable, StringEquals }) => variableAt(Variable, scope) === StringEquals,
  );
  const next = rule?.Next ?? state.Default;
  if (next === undefined) {
    throw new StateFailed(
      StatesError.runtime,
      'Failed to transition out of the state. The state does not point to a next state.',
    );
  }
  return { output: visit.input, next };
}

/** Outputs its `Result`, its `Parameters`, or its input. */
export function runPass(state: PassState, visit: Visit): StateResult {
  const parameters = state.Parameters?.evaluate({ data: visit.input, context: visit.context() });
  const result = state.Result === undefined ? (parameters ?? visit.input) : state.Result;
  const output = placeResult(state.ResultPath, visit.input, result);
  return { output: checkSize(output, visit.stateName), next: state.Next };
}

/** Waits; a redrive restarts `Seconds`. */
export async function runWait(state: WaitState, visit: Visit): Promise<StateResult> {
  await visit.sleep(state.Seconds * 1000);
  return { output: visit.input, next: state.Next };
}

/** @throws StateFailed always, with the state's `Error` and `Cause` */
export function runFail(state: FailState): never {
  throw new StateFailed(state.Error ?? '', state.Cause);
}

function variableAt(path: ReferencePath, scope: PathScope) {
  const value = resolvePath(path, scope);
  if (value !== undefined) return value;
  throw new StateFailed(
    StatesError.runtime,
    `Invalid path '${path.text}': The choice state's condition path references an invalid value.`,
  );
}

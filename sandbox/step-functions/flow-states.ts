import type { Json } from '../json.ts';
import type { ChoiceState, FailState, PassState, SucceedState, WaitState } from './definition-schema.ts';
import { type PathScope, type ReferencePath, resolvePath } from './reference-path.ts';
import { checkSize, effectiveInput, effectiveOutput, selectPath } from './state-data.ts';
import { StateFailed, StatesError } from './state-failure.ts';
import { timestampMs } from './timestamp.ts';
import type { StateResult, Visit } from './visit.ts';

// Amazon States Language specification, "State Types": the states that call nothing.

/** @throws StateFailed `States.Runtime` when no rule applies and there is no Default, or a variable is missing */
export function runChoice(state: ChoiceState, visit: Visit): StateResult {
  const { data, context } = input(state, visit);
  const rule = state.Choices.find(({ applies }) => applies({ data, context }));
  const next = rule?.next ?? state.Default;
  if (next === undefined) {
    throw new StateFailed(
      StatesError.runtime,
      'Failed to transition out of the state. The state does not point to a next state.',
    );
  }
  return { output: selectPath(state.OutputPath, { data, context }), next };
}

/** Hands on `Result`, or its effective input. */
export function runPass(state: PassState, visit: Visit): StateResult {
  const { data, context } = input(state, visit);
  const result = state.Result === undefined ? data : state.Result;
  const output = effectiveOutput(state, { data: visit.input, context }, result);
  return { output: checkSize(output, visit.stateName), next: state.Next };
}

/** Waits; a redrive waits `Seconds` in full again, and not at all for a timestamp that has passed. */
export async function runWait(state: WaitState, visit: Visit): Promise<StateResult> {
  const scope = input(state, visit);
  await visit.sleep(waitMs(state, scope, visit));
  return { output: selectPath(state.OutputPath, scope), next: state.Next };
}

export function runSucceed(state: SucceedState, visit: Visit): StateResult {
  return { output: selectPath(state.OutputPath, input(state, visit)), next: undefined };
}

/** @throws StateFailed always, with the state's `Error` and `Cause` */
export function runFail(state: FailState, visit: Visit): never {
  const scope = { data: visit.input, context: visit.context() };
  throw new StateFailed(
    state.Error ?? textAt(state.ErrorPath, scope) ?? '',
    state.Cause ?? textAt(state.CausePath, scope),
  );
}

function input(
  state: Pick<PassState, 'InputPath'> & Partial<Pick<PassState, 'Parameters'>>,
  visit: Visit,
): PathScope {
  const context = visit.context();
  return { data: effectiveInput(state, { data: visit.input, context }), context };
}

function waitMs(state: WaitState, scope: PathScope, visit: Visit): number {
  if (state.Seconds !== undefined) return state.Seconds * 1000;
  if (state.SecondsPath !== undefined) {
    const seconds = resolvePath(state.SecondsPath, scope);
    if (typeof seconds === 'number' && Number.isInteger(seconds) && seconds >= 0) return seconds * 1000;
    throw invalidWait('SecondsPath', state.SecondsPath);
  }
  const untilMs = timestampMs(state.Timestamp ?? timestampAt(state.TimestampPath, scope));
  if (untilMs === undefined) throw invalidWait('TimestampPath', state.TimestampPath);
  return Math.max(0, untilMs - visit.engine.clock.nowMs());
}

function timestampAt(path: ReferencePath | undefined, scope: PathScope): Json | undefined {
  return path === undefined ? undefined : resolvePath(path, scope);
}

function invalidWait(field: string, path: ReferencePath | undefined): StateFailed {
  return new StateFailed(
    StatesError.runtime,
    `The ${field} parameter does not reference a valid value: ${path?.text ?? ''}`,
  );
}

function textAt(path: ReferencePath | undefined, scope: PathScope): string | undefined {
  if (path === undefined) return undefined;
  const value = resolvePath(path, scope);
  if (typeof value === 'string') return value;
  throw new StateFailed(StatesError.runtime, `The path '${path.text}' does not lead to a string`);
}

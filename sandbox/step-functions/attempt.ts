import type { Json } from '../json.ts';
import type { InvocationOrigin } from '../lambda/invoker.ts';
import type { Definition } from './definition.ts';
import type { State } from './definition-schema.ts';
import { runChoice, runFail, runPass, runWait } from './flow-states.ts';
import type { History } from './history.ts';
import { type Failure, failure, StateFailed, StatesError } from './state-failure.ts';
import { runTask } from './task-state.ts';
import { type Engine, type ExecutionContext, passTransition, type StateResult, Visit } from './visit.ts';

/** The state that an execution is in, kept for a redrive. */
export interface Position {
  readonly stateName: string;
  /** The state's raw input. */
  readonly input: Json;
  /** Absent before the state's first entry. */
  readonly entered?: { readonly at: Date; readonly eventId: number };
}

/** The result of an attempt that was not aborted. */
export type Outcome =
  | { readonly status: 'SUCCEEDED'; readonly output: Json }
  | { readonly status: 'FAILED'; readonly failure: Failure };

/** The dependencies of one run of an execution, from its start or a redrive. */
export interface AttemptOptions {
  readonly engine: Engine;
  readonly definition: Definition;
  readonly history: History;
  readonly context: ExecutionContext;
  readonly origin: InvocationOrigin;
  readonly signal: AbortSignal;
  /** Called with every state that is entered. */
  readonly onPosition: (position: Position) => void;
}

/**
 * Runs state after state until the execution ends or a state fails.
 *
 * @param from    a state that was already entered (redrive) continues without a second Entered event
 * @returns the result, or undefined when the signal aborted
 */
export async function runAttempt(from: Position, options: AttemptOptions): Promise<Outcome | undefined> {
  const { signal } = options;
  // The caller gets its response before the first state runs.
  await Promise.resolve();
  let position = from;
  try {
    while (!signal.aborted) {
      position = await enter(position, options);
      const { output, next } = await visit(position, options);
      leave(position, output, options);
      if (next === undefined) return { status: 'SUCCEEDED', output };
      position = { stateName: next, input: output };
    }
    return undefined;
  } catch (error) {
    if (signal.aborted) return undefined;
    return { status: 'FAILED', failure: failureOf(error, position) };
  }
}

function stateOf(position: Position, { definition }: AttemptOptions): State {
  const state = definition.states.get(position.stateName);
  // The definition's transitions were validated when it was read.
  if (state === undefined) throw new Error(`The state '${position.stateName}' does not exist.`);
  return state;
}

async function enter(position: Position, options: AttemptOptions): Promise<Position> {
  if (position.entered !== undefined) return position;
  const { history, onPosition } = options;
  const first = history.events.length === 1;
  const state = stateOf(position, options);
  onPosition(position);
  await passTransition(options);
  const event = history.append(
    `${state.Type}StateEntered`,
    {
      name: position.stateName,
      input: JSON.stringify(position.input),
      inputDetails: { truncated: false },
    },
    first ? { previousEventId: 0 } : {},
  );
  const entered = { ...position, entered: { at: event.at, eventId: event.id } };
  onPosition(entered);
  return entered;
}

function leave(position: Position, output: Json, options: AttemptOptions): void {
  const state = stateOf(position, options);
  if (state.Type === 'Fail') return;
  options.history.append(`${state.Type}StateExited`, {
    name: position.stateName,
    output: JSON.stringify(output),
    outputDetails: { truncated: false },
  });
}

async function visit(position: Position, options: AttemptOptions): Promise<StateResult> {
  const state = stateOf(position, options);
  const stay = new Visit(
    {
      stateName: position.stateName,
      input: position.input,
      enteredAt: position.entered?.at ?? options.engine.clock.now(),
    },
    options,
    options.context,
  );
  switch (state.Type) {
    case 'Task':
      return await runTask(state, stay);
    case 'Choice':
      return runChoice(state, stay);
    case 'Pass':
      return runPass(state, stay);
    case 'Wait':
      return await runWait(state, stay);
    case 'Succeed':
      return { output: position.input, next: undefined };
    case 'Fail':
      return runFail(state);
  }
}

function failureOf(error: unknown, position: Position): Failure {
  if (!(error instanceof StateFailed)) {
    // A bug in the sandbox: report it, do not swallow it.
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return failure(StatesError.runtime, text);
  }
  if (error.error !== StatesError.runtime) return failure(error.error || undefined, error.causeText);
  const eventId = position.entered?.eventId ?? 0;
  return failure(
    error.error,
    `An error occurred while executing the state '${position.stateName}' (entered at the event id #${eventId}). ${error.causeText ?? ''}`,
  );
}

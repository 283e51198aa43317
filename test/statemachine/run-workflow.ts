import { ExecutionError, StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import { definitionText } from '../../statemachine/definition-text.ts';

type Json = Parameters<StateMachine['run']>[0];

type EventLog =
  ReturnType<StateMachine['run']>['eventLogs'] extends AsyncGenerator<infer Event> ? Event : never;

/** The outcome of one call of a Task: the function's payload, or the error that Step Functions gets. */
type Outcome = { readonly payload: Json } | { readonly error: string };

/** The outcomes of each Task, call by call. A Task that is called more often fails with `UnexpectedCall`. */
export type Script = Readonly<Record<string, readonly Outcome[]>>;

/** The course of an execution. */
interface Run {
  /** The states in the order in which they were entered. */
  readonly states: readonly string[];
  /** The calls of the Tasks. */
  readonly calls: readonly {
    readonly state: string;
    readonly functionName: string;
    readonly payload: Json;
  }[];
  /** Every state's input and output as JSON text. */
  readonly stateData: string;
  /** The input of the state that was entered last. */
  readonly lastInput: Json;
  readonly output?: Json;
  /** How often the execution was redriven. */
  readonly redriveCount: number;
  /** The state that the execution failed in, and the error. */
  readonly failure?: { readonly state: string; readonly error: string };
}

/** The deployed definition, with functions named after their placeholders. */
export function filledDefinition(): StateMachineDefinition {
  return JSON.parse(
    definitionText()
      .replaceAll(/\$\{Partition\}/g, 'aws')
      .replaceAll(/\$\{(\w+)Arn\}/g, 'arn:aws:lambda:eu-central-1:111122223333:function:$1'),
  );
}

/** The Task succeeds with this result of its function. */
export function payload(value: Json): Outcome {
  return { payload: value };
}

/** The Task fails with an error of this name. */
export function failure(error: string): Outcome {
  return { error };
}

/** Runs the definition with the script in place of the functions, and without the waits between retries. */
export async function runWorkflow(script: Script, input: Json): Promise<Run> {
  return run(filledDefinition(), script, input, 0);
}

/**
 * Redrives a failed run: it resumes in the state that failed, with the input that this state had
 * (AWS Step Functions Developer Guide, "Redriving executions").
 */
export async function redriveWorkflow(failed: Run, script: Script): Promise<Run> {
  if (failed.failure === undefined) throw new Error('Only a run that has failed can be redriven.');
  return run(
    { ...filledDefinition(), StartAt: failed.failure.state },
    script,
    failed.lastInput,
    failed.redriveCount + 1,
  );
}

async function run(
  definition: StateMachineDefinition,
  script: Script,
  input: Json,
  redriveCount: number,
): Promise<Run> {
  const names = Object.keys(definition.States);
  const state = trackState(definition, redriveCount);
  const calls: Run['calls'][number][] = [];
  const outcomes = new Map(Object.entries(script).map(([name, list]) => [name, [...list]]));

  const call = async (parameters: Json): Promise<Json> => {
    const { FunctionName, Payload } = parameters as { FunctionName: string; Payload: Json };
    calls.push({ state: state.Name, functionName: FunctionName, payload: Payload });
    const outcome = outcomes.get(state.Name)?.shift() ?? failure('UnexpectedCall');
    if ('payload' in outcome)
      return { ExecutedVersion: '$LATEST', Payload: outcome.payload, StatusCode: 200 };
    state.RetryCount++;
    throw Object.assign(new Error('scripted'), { name: outcome.error });
  };
  const { result, eventLogs } = new StateMachine(definition, { validationOptions: { noValidate: true } }).run(
    input,
    {
      // The interpreter does not provide these.
      context: {
        Execution: {
          Id: 'arn:aws:states:eu-central-1:111122223333:execution:rotation:by-name',
          RedriveCount: redriveCount,
        },
        State: state,
      },
      overrides: {
        taskResourceLocalHandlers: Object.fromEntries(names.map(name => [name, call])),
        retryIntervalOverrides: Object.fromEntries(names.map(name => [name, 0])),
      },
    },
  );

  const ending = await result.then(
    output => ({ output }),
    error => ({ failure: { state: state.Name, error: causeName(error) } }),
  );
  const events: EventLog[] = [];
  for await (const event of eventLogs) events.push(event);
  const entered = events.flatMap(event => (event.type === 'StateEntered' ? [event.state] : []));
  return {
    states: entered.map(({ name }) => name),
    calls,
    stateData: JSON.stringify(events),
    lastInput: entered.at(-1)?.input ?? null,
    redriveCount,
    ...ending,
  };
}

/** `$$.State` of the state that an execution is in. */
interface StateContext {
  Name: string;
  EnteredTime: string;
  RetryCount: number;
}

/**
 * Maintains `$$.State`, which the interpreter does not: it reads a state from `States` whenever it enters one. States are
 * entered one second apart, starting at midnight; each redrive begins one day later.
 */
function trackState(definition: StateMachineDefinition, redriveCount: number): StateContext {
  const current: StateContext = { Name: '', EnteredTime: '', RetryCount: 0 };
  let entered = 0;
  for (const [name, state] of Object.entries(definition.States)) {
    Object.defineProperty(definition.States, name, {
      get() {
        const EnteredTime = new Date(Date.UTC(2030, 0, 1 + redriveCount, 0, 0, entered++)).toISOString();
        Object.assign(current, { Name: name, EnteredTime, RetryCount: 0 });
        return state;
      },
    });
  }
  return current;
}

function causeName(error: unknown): string {
  if (error instanceof ExecutionError && error.cause instanceof Error) return error.cause.name;
  throw error;
}

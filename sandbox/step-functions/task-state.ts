import { isJsonObject, type Json } from '../json.ts';
import type { Catcher, TaskState } from './definition-schema.ts';
import { type FunctionResponse, invokeFunction, invokeResult } from './lambda-task.ts';
import { errorMatches, RetryPolicy } from './retry-policy.ts';
import { checkSize, placeResult } from './state-data.ts';
import { failure, StateFailed, StatesError } from './state-failure.ts';
import { passTransition, type StateResult, type Visit } from './visit.ts';

/**
 * Runs a Task with its retries and catchers (Amazon States Language specification, "Task State", "Errors").
 *
 * @throws StateFailed when neither a retrier nor a catcher matches the error
 */
export async function runTask(state: TaskState, visit: Visit): Promise<StateResult> {
  const retries = new RetryPolicy(state.Retry ?? [], visit.engine.random);
  for (;;) {
    try {
      return { output: await attempt(state, visit), next: state.Next };
    } catch (error) {
      if (!(error instanceof StateFailed)) throw error;
      const delayMs = retries.delayAfterMs(error.error);
      if (delayMs === undefined) return caught(state, visit, error);
      visit.countRetry();
      await visit.sleep(delayMs);
      await passTransition(visit);
    }
  }
}

async function attempt(state: TaskState, visit: Visit): Promise<Json> {
  const scope = { data: visit.input, context: visit.context() };
  const parameters = checkSize(state.Parameters?.evaluate(scope) ?? visit.input, visit.stateName);
  const result = await callFunction(state, visit, parameters);
  const selected = state.ResultSelector?.evaluate({ data: result, context: scope.context }) ?? result;
  return checkSize(placeResult(state.ResultPath, visit.input, selected), visit.stateName);
}

/** Invokes the function and records it (AWS Step Functions API Reference, HistoryEvent). */
async function callFunction(state: TaskState, visit: Visit, parameters: Json): Promise<Json> {
  const { functionName, payload } = invokeParameters(parameters);
  const { history, engine } = visit;
  const common = { resourceType: 'lambda', resource: 'invoke' };
  history.append('TaskScheduled', {
    ...common,
    region: engine.region,
    parameters: JSON.stringify(parameters),
    timeoutInSeconds: state.TimeoutSeconds,
  });
  history.append('TaskStarted', common);
  try {
    const response = await invokeInTime(state, visit, functionName, payload);
    const result = checkSize(invokeResult(response, engine.clock.now()), state.Resource);
    history.append('TaskSucceeded', {
      ...common,
      output: JSON.stringify(result),
      outputDetails: { truncated: false },
    });
    return result;
  } catch (error) {
    if (error instanceof StateFailed) {
      const timedOut = error.error === StatesError.timeout;
      history.append(timedOut ? 'TaskTimedOut' : 'TaskFailed', {
        ...common,
        ...failure(error.error, timedOut ? undefined : error.causeText),
      });
    }
    throw error;
  }
}

/** Without a payload, the function receives an empty object. */
function invokeParameters(parameters: Json): { functionName: string; payload: Json } {
  const { FunctionName: functionName, Payload: payload = {} } = isJsonObject(parameters) ? parameters : {};
  if (typeof functionName === 'string') return { functionName, payload };
  throw new StateFailed(StatesError.runtime, "The value of the field 'FunctionName' must be a string");
}

/**
 * Waits for the function until the Task's `TimeoutSeconds` have passed or the execution closes. Neither stops the
 * function: it keeps running, and its response is discarded.
 */
async function invokeInTime(
  state: TaskState,
  visit: Visit,
  functionArn: string,
  payload: Json,
): Promise<FunctionResponse> {
  const { engine, origin } = visit;
  const { clock, functions } = engine;
  const timeoutSeconds = state.TimeoutSeconds;
  const late = Promise.withResolvers<never>();
  const onAbort = (): void => late.reject(visit.signal.reason);
  visit.signal.addEventListener('abort', onAbort, { once: true });
  const timer =
    timeoutSeconds === undefined
      ? undefined
      : clock.schedule(timeoutSeconds * 1000, () => late.reject(new StateFailed(StatesError.timeout)));
  try {
    const response = await Promise.race([
      late.promise,
      invokeFunction(functions, functionArn, payload, origin),
    ]);
    visit.signal.throwIfAborted();
    return response;
  } catch (error) {
    visit.signal.throwIfAborted();
    throw error;
  } finally {
    timer?.cancel();
    visit.signal.removeEventListener('abort', onAbort);
  }
}

function caught(state: TaskState, visit: Visit, error: StateFailed): StateResult {
  const catcher = state.Catch?.find(({ ErrorEquals }) => errorMatches(ErrorEquals, error.error));
  if (catcher === undefined) throw error;
  return { output: errorOutput(catcher, visit, error), next: catcher.Next };
}

function errorOutput(catcher: Catcher, visit: Visit, error: StateFailed): Json {
  const { error: name = '', cause = '' } = failure(error.error, error.causeText);
  const output = placeResult(catcher.ResultPath, visit.input, { Error: name, Cause: cause });
  return checkSize(output, visit.stateName);
}

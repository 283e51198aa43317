import { FUNCTIONS, TASK_FUNCTIONS as NAMES, type TaskFunctionName } from '../../infra/function-list.ts';
import { errorMatches, RetryPolicy } from '../../sandbox/step-functions/retry-policy.ts';
import type { State } from '../../statemachine/definition.ts';
import { latencyMs } from '../latencies.ts';
import { failure, failureName } from './failure.ts';
import { announceClosed } from './notifications.ts';
import type { SimulatedExecution, SimulatedSecret } from './simulated-secret.ts';
import { TASK_FUNCTIONS } from './task-functions.ts';
import type { Process } from './timeline.ts';
import type { World } from './world.ts';

/** The route of a rotation that no earlier attempt has changed. */
const ROUTE = 'refresh';

/** The pause of a throttled execution before its next transition, in ms: Step Functions retries by itself. */
const TRANSITION_PAUSE_MS = 100;

/** Starts an execution, or resumes one at the state that failed, as a redrive does. */
export function startWorkflow(world: World, secret: SimulatedSecret, startAt?: string): void {
  const execution: SimulatedExecution = { status: 'RUNNING', failedState: undefined };
  secret.execution = execution;
  world.timeline.start(run(world, secret, execution, startAt ?? world.definition.StartAt));
}

function* run(
  world: World,
  secret: SimulatedSecret,
  execution: SimulatedExecution,
  startAt: string,
): Process {
  const beganAtMs = world.timeline.nowMs();
  let name: string | undefined = startAt;
  while (name !== undefined) {
    const state: State | undefined = world.definition.States[name];
    if (state === undefined) throw new Error(`There is no state ${name}.`);
    try {
      name = yield* enter(world, secret, state);
    } catch (error) {
      world.tally.failedExecutions.add(`${name}: ${failureName(error)}`);
      execution.failedState = name;
      break;
    }
  }
  execution.status = execution.failedState === undefined ? 'SUCCEEDED' : 'FAILED';
  if (execution.status === 'SUCCEEDED' && startAt === world.definition.StartAt)
    world.tally.executionMs.push(world.timeline.nowMs() - beganAtMs);
  announceClosed(world, secret, execution);
}

/** @returns the state that comes next; undefined at the end */
function* enter(world: World, secret: SimulatedSecret, state: State): Process<string | undefined> {
  yield* transition(world);
  switch (state.Type) {
    case 'Choice':
      return state.Choices.find(({ StringEquals }) => StringEquals === ROUTE)?.Next;
    case 'Succeed':
      return undefined;
    case 'Task':
      return yield* runTask(world, secret, state);
    default:
      throw new Error(`A ${state.Type} state is not simulated.`);
  }
}

function* runTask(world: World, secret: SimulatedSecret, state: State): Process<string | undefined> {
  const functionName = functionOf(state);
  const policy = new RetryPolicy(state.Retry.map(withJitter), world.random);
  for (;;) {
    try {
      const beganAtMs = world.timeline.nowMs();
      yield* world.lambda.invoke(functionName, invocation =>
        TASK_FUNCTIONS[functionName](world, invocation, secret),
      );
      // The Task has timed out by then, but the function still runs to its end.
      if (world.timeline.nowMs() - beganAtMs > (state.TimeoutSeconds ?? Number.POSITIVE_INFINITY) * 1000)
        throw failure('States.Timeout');
      return state.Next;
    } catch (error) {
      const errorName = failureName(error);
      const delayMs = policy.delayAfterMs(errorName);
      if (delayMs === undefined) {
        const caught = state.Catch.find(({ ErrorEquals }) => errorMatches(ErrorEquals, errorName));
        if (caught === undefined) throw error;
        return caught.Next;
      }
      yield delayMs;
      yield* transition(world);
    }
  }
}

/** Enters or repeats a state as soon as the quota allows it. */
function* transition({ tally, quotas, random }: World): Process {
  while (!quotas.take('StateTransition')) {
    tally.refused.add('StateTransition');
    yield TRANSITION_PAUSE_MS;
  }
  tally.transitions += 1;
  yield latencyMs('stateTransition', random);
}

function functionOf({ Parameters }: State): TaskFunctionName {
  const found = (Object.keys(NAMES) as TaskFunctionName[]).find(
    name => Parameters?.FunctionName === `\${${FUNCTIONS[name].constructId}Arn}`,
  );
  if (found === undefined) throw new Error(`No function belongs to ${Parameters?.FunctionName}.`);
  return found;
}

function withJitter({ JitterStrategy, ...retrier }: State['Retry'][number]) {
  return { ...retrier, JitterStrategy: JitterStrategy === 'FULL' ? ('FULL' as const) : ('NONE' as const) };
}

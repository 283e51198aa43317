import { TIME_TO_ANSWER_MS } from '../../functions/rotation/await-execution.ts';
import {
  EXECUTION_POLLING,
  FAILURE_POLLING,
  type PollingSchedule,
  waitBeforePollMs,
} from '../../functions/rotation/polling.ts';
import type { ROTATION_STEPS } from '../../functions/rotation/rotation-event.ts';
import { call } from './calls.ts';
import { failure, failureName } from './failure.ts';
import type { Invocation } from './lambda-service.ts';
import type { SimulatedExecution, SimulatedSecret } from './simulated-secret.ts';
import type { Process } from './timeline.ts';
import { startWorkflow } from './workflow.ts';
import type { World } from './world.ts';

/**
 * Does what the rotation function does at a step: createSecret starts, attaches or redrives an execution, and waits;
 * setSecret does nothing, and the other steps find the version current.
 *
 * @throws Failure `RotationFailed`, `RotationStillRunning`, `ThrottlingException`, `Sandbox.Timedout`
 */
export function* rotationStep(
  world: World,
  invocation: Invocation,
  secret: SimulatedSecret,
  step: (typeof ROTATION_STEPS)[number],
): Process {
  if (step === 'setSecret') return;
  yield* call(world, invocation, 'DescribeSecret');
  if (secret.isPromoted) return;
  if (step !== 'createSecret') throw failure('RotationFailed');
  yield* call(world, invocation, 'GenerateDataKey');
  // Refused when there is an execution of that name.
  yield* call(world, invocation, 'StartExecution');
  if (secret.execution === undefined) startWorkflow(world, secret);
  else if ((yield* statusOf(world, invocation, secret.execution)) === 'FAILED') {
    yield* call(world, invocation, 'RedriveExecution');
    startWorkflow(world, secret, secret.execution.failedState);
  }
  yield* awaitExecution(world, invocation, secret);
}

/** Reads the status of an execution; retries while the call is refused. */
function* statusOf(
  world: World,
  invocation: Invocation,
  execution: SimulatedExecution,
): Process<SimulatedExecution['status']> {
  for (let number = 0; ; number++) {
    if (yield* poll(world, invocation, 'DescribeExecution')) return execution.status;
    const leftMs = invocation.remainingMs() - TIME_TO_ANSWER_MS;
    if (leftMs <= 0) throw failure('ThrottlingException');
    yield* wait(world, invocation, { schedule: EXECUTION_POLLING, number, leftMs });
  }
}

/** The labels show the success; the execution is asked seldom, and only for failures. */
function* awaitExecution(world: World, invocation: Invocation, secret: SimulatedSecret): Process {
  const begunMs = invocation.remainingMs();
  let executionPolls = 0;
  let executionDueMs = waitBeforePollMs(0, FAILURE_POLLING, world.random);
  for (let number = 0; ; number++) {
    const leftMs = invocation.remainingMs() - TIME_TO_ANSWER_MS;
    if (leftMs <= 0) throw failure('RotationStillRunning');
    yield* wait(world, invocation, { schedule: world.polling, number, leftMs });
    if ((yield* poll(world, invocation, 'DescribeSecret')) && secret.isPromoted) return;
    const passedMs = begunMs - invocation.remainingMs();
    if (passedMs < executionDueMs) continue;
    executionPolls += 1;
    executionDueMs = passedMs + waitBeforePollMs(executionPolls, FAILURE_POLLING, world.random);
    if (!(yield* poll(world, invocation, 'DescribeExecution'))) continue;
    if (secret.execution?.status === 'FAILED') throw failure('RotationFailed');
  }
}

function* wait(
  world: World,
  invocation: Invocation,
  { schedule, number, leftMs }: { schedule: PollingSchedule; number: number; leftMs: number },
): Process {
  const ms = Math.min(waitBeforePollMs(number, schedule, world.random), leftMs);
  world.tally.waitedMs += ms;
  yield* invocation.pass(ms);
}

/** @returns false when the call was refused */
function* poll(
  world: World,
  invocation: Invocation,
  operation: 'DescribeSecret' | 'DescribeExecution',
): Process<boolean> {
  try {
    yield* call(world, invocation, operation);
    if (operation === 'DescribeSecret') world.tally.polls += 1;
    return true;
  } catch (error) {
    if (failureName(error) !== 'ThrottlingException') throw error;
    return false;
  }
}

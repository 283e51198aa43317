import { latencyMs } from '../latencies.ts';
import { call } from './calls.ts';
import { failureName } from './failure.ts';
import type { Invocation } from './lambda-service.ts';
import type { SimulatedExecution, SimulatedSecret } from './simulated-secret.ts';
import type { Process } from './timeline.ts';
import type { World } from './world.ts';

/** AWS Lambda Developer Guide, "How Lambda handles errors and retries with asynchronous invocation": after an error. */
const RETRIES_MS = [60_000, 120_000];

/** The same page: after a refusal, from a second on, twice as long each time, up to five minutes. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 300_000;

/** The same page: Lambda reads a long queue more slowly. By how much is assumed, in ms for each event in it. */
const PAUSE_FOR_EACH_MS = 20;

/** How long a report of Secrets Manager waits for the report of the failed execution, in ms. */
const PRECEDENCE_MS = 20_000;

/** EventBridge notifies the function `notify` of a closed execution. */
export function announceClosed(world: World, secret: SimulatedSecret, execution: SimulatedExecution): void {
  const succeeded = execution.status === 'SUCCEEDED';
  deliver(world, function* (invocation) {
    if (succeeded) {
      yield* call(world, invocation, 'GetItem');
      yield* call(world, invocation, 'GetItem');
      return;
    }
    yield* call(world, invocation, 'DescribeExecution');
    yield* call(world, invocation, 'GetExecutionHistory');
    yield* call(world, invocation, 'GetItem');
    secret.failureIsKnown = true;
  });
}

/** EventBridge notifies it that an attempt of Secrets Manager has succeeded or failed. */
export function announceAttempt(world: World, secret: SimulatedSecret, succeeded: boolean): void {
  deliver(world, function* (invocation) {
    if (succeeded) {
      yield* call(world, invocation, 'GetItem');
      yield* call(world, invocation, 'GetItem');
      return;
    }
    yield* call(world, invocation, 'DescribeSecret');
    if (secret.isPromoted) return;
    yield* call(world, invocation, 'GetItem');
    if (secret.failureIsKnown) return;
    yield* invocation.pass(PRECEDENCE_MS);
    yield* call(world, invocation, 'GetItem');
    secret.failureIsKnown = true;
  });
}

function deliver(world: World, notify: (invocation: Invocation) => Process): void {
  world.timeline.start(insist(world, notify));
}

function* insist(world: World, notify: (invocation: Invocation) => Process): Process {
  const { lambda, random, tally } = world;
  yield latencyMs('eventDelivery', random);
  let pauseMs = FIRST_PAUSE_MS;
  for (let failures = 0; ; ) {
    try {
      return yield* lambda.invoke('notify', notify);
    } catch (error) {
      if (failureName(error) === 'Lambda.TooManyRequestsException') {
        world.queued.notify += 1;
        yield Math.min(Math.max(pauseMs, PAUSE_FOR_EACH_MS * world.queued.notify), LONGEST_PAUSE_MS);
        world.queued.notify -= 1;
        pauseMs *= 2;
        continue;
      }
      const retryMs = RETRIES_MS[failures++];
      if (retryMs === undefined) {
        tally.lostNotifications += 1;
        return;
      }
      yield retryMs;
    }
  }
}

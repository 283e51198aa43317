import { AWS_CLIENT_LIMITS } from '../../functions/shared/aws-clients.ts';
import { latencyMs } from '../latencies.ts';
import { Failure } from './failure.ts';
import type { Invocation } from './lambda-service.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { endOf, type Process } from './timeline.ts';
import type { World } from './world.ts';

/** The longest first pause of the AWS SDK after a refusal, in ms (AWS SDK for JavaScript, standard retry mode). */
const THROTTLING_PAUSE_MS = 1_000;

/**
 * Calls AWS as the SDK does, which repeats what is refused.
 *
 * @throws Failure `ThrottlingException`, `Sandbox.Timedout`
 */
export function* call(world: World, invocation: Invocation, operation: Operation): Process {
  const { random, tally, quotas } = world;
  const { latency, quotas: counted } = OPERATIONS[operation];
  for (let attempt = 1; ; attempt++) {
    const refusing = counted.find(quota => !quotas.take(quota));
    yield* invocation.pass(latencyMs(latency, random));
    if (refusing === undefined) {
      tally.calls.add(operation);
      return;
    }
    tally.refused.add(refusing);
    if (attempt === AWS_CLIENT_LIMITS.maxAttempts) throw new Failure('ThrottlingException');
    yield* invocation.pass(random() * THROTTLING_PAUSE_MS * 2 ** (attempt - 1));
  }
}

/** Calls that are made side by side; throws what the first of them in the list throws that fails, once all have ended. */
export function* callTogether(
  world: World,
  invocation: Invocation,
  operations: readonly Operation[],
): Process {
  const calls = operations.map(operation => world.timeline.start(call(world, invocation, operation)));
  for (const each of calls) if (!each.hasEnded) yield each;
  for (const each of calls) yield* endOf(each);
}

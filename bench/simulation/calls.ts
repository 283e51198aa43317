import { AWS_CLIENT_LIMITS } from '../../functions/shared/aws-clients.ts';
import { latencyMs } from '../latencies.ts';
import { failure } from './failure.ts';
import type { Invocation } from './lambda-service.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import type { QuotaName } from './quotas.ts';
import { endOf, type Process } from './timeline.ts';
import type { World } from './world.ts';

/** The longest first pause of the AWS SDK after a refusal, in ms (AWS SDK for JavaScript, standard retry mode). */
const THROTTLING_PAUSE_MS = 1_000;

/** A request on its way. */
interface Request {
  readonly operation: Operation;
  /** The quota that refuses it; undefined when it is let through. */
  readonly refusing: QuotaName | undefined;
  readonly takesMs: number;
}

/**
 * Calls AWS as the SDK does, which retries refused requests.
 *
 * @throws Failure `ThrottlingException`, `Sandbox.Timedout`
 */
export function* call(world: World, invocation: Invocation, operation: Operation): Process {
  const request = send(world, operation);
  yield* invocation.pass(request.takesMs);
  yield* insistOn(world, invocation, request);
}

/** Makes calls in parallel. When all have ended, throws the error of the first one in the list that failed. */
export function* callTogether(
  world: World,
  invocation: Invocation,
  operations: readonly Operation[],
): Process {
  const requests = operations.map(operation => send(world, operation));
  yield* invocation.pass(Math.max(...requests.map(({ takesMs }) => takesMs)));
  const ends = requests
    .filter(({ refusing }) => refusing !== undefined)
    .map(request => world.timeline.start(insistOn(world, invocation, request)));
  for (const end of ends) if (!end.hasEnded) yield end;
  for (const end of ends) yield* endOf(end);
}

function send({ quotas, tally, random }: World, operation: Operation): Request {
  const { latency, quotas: counted } = OPERATIONS[operation];
  const refusing = counted.find(quota => !quotas.take(quota));
  if (refusing === undefined) tally.calls.add(operation);
  else tally.refused.add(refusing);
  return { operation, refusing, takesMs: latencyMs(latency, random) };
}

function* insistOn(world: World, invocation: Invocation, answered: Request): Process {
  let request = answered;
  for (let attempt = 1; request.refusing !== undefined; attempt++) {
    if (attempt === AWS_CLIENT_LIMITS.maxAttempts) throw failure('ThrottlingException');
    yield* invocation.pass(world.random() * THROTTLING_PAUSE_MS * 2 ** (attempt - 1));
    request = send(world, request.operation);
    yield* invocation.pass(request.takesMs);
  }
}

import type { TaskFunctionName } from '../../infra/function-list.ts';
import { latencyMs } from '../latencies.ts';
import { call, callTogether } from './calls.ts';
import { failure } from './failure.ts';
import type { Invocation } from './lambda-service.ts';
import type { SimulatedSecret } from './simulated-secret.ts';
import type { Process } from './timeline.ts';
import type { World } from './world.ts';

/** What a function of the workflow does in an undisturbed rotation: its calls, in their order. */
export type TaskFunction = (world: World, invocation: Invocation, secret: SimulatedSecret) => Process;

/** The functions of the workflow, by name. */
export const TASK_FUNCTIONS: Readonly<Record<TaskFunctionName, TaskFunction>> = {
  *fetch(world, invocation) {
    yield* callTogether(world, invocation, ['DescribeSecret', 'GetSecretValue']);
  },

  *refresh(world, invocation, secret) {
    yield* call(world, invocation, 'GetSecretValue');
    // The token in AWSCURRENT, and the newest pair of its lineage.
    yield* call(world, invocation, 'GetItem');
    yield* call(world, invocation, 'GetItem');
    if (secret.isRecorded) {
      yield* call(world, invocation, 'GetItem');
      return;
    }
    yield* call(world, invocation, 'GenerateDataKey');
    yield* call(world, invocation, 'PutItem');
    yield* askGenesys(world, invocation, 'token', secret);
    secret.refreshes += 1;
    yield* call(world, invocation, 'TransactWriteItems');
    secret.isRecorded = true;
  },

  *'store-pending'(world, invocation) {
    yield* callTogether(world, invocation, ['Decrypt', 'Decrypt', 'GetSecretValue', 'GetItem', 'GetItem']);
    yield* call(world, invocation, 'PutSecretValue');
    yield* call(world, invocation, 'UpdateItem');
  },

  *verify(world, invocation, secret) {
    yield* call(world, invocation, 'GetSecretValue');
    yield* askGenesys(world, invocation, 'api', secret);
  },

  *promote(world, invocation, secret) {
    yield* callTogether(world, invocation, ['DescribeSecret', 'UpdateItem']);
    yield* call(world, invocation, 'UpdateSecretVersionStage');
    secret.isPromoted = true;
  },
};

/** @throws Failure `GenesysRateLimited`; the functions leave retries to the workflow */
function* askGenesys(
  { random, genesys, tally }: World,
  invocation: Invocation,
  kind: 'token' | 'api',
  { number }: SimulatedSecret,
): Process {
  const isAllowed = genesys.take(kind, number);
  yield* invocation.pass(latencyMs(kind === 'token' ? 'tokenEndpoint' : 'genesysApi', random));
  if (isAllowed) return;
  tally.refused.add(kind === 'token' ? 'token endpoint' : 'Genesys Cloud API');
  throw failure('GenesysRateLimited');
}

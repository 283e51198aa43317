import { RESPONSE_RESERVE_MS } from '../../functions/rotation/await-execution.ts';
import { AWS_CLIENT_LIMITS } from '../../functions/shared/aws-clients.ts';
import { FUNCTIONS } from '../../infra/function-list.ts';
import { TokenBucket } from '../../sandbox/aws/rate-limits.ts';
import { seededRandom } from '../../sandbox/seeded-random.ts';
import { RetryPolicy } from '../../sandbox/step-functions/retry-policy.ts';
import { type Definition, parseDefinition, type Retrier } from '../../statemachine/definition.ts';
import { definitionText } from '../../statemachine/definition-text.ts';
import { type LatencyName, latencyMs } from '../latencies.ts';
import { QUOTAS } from './quotas.ts';

/** Rotations that start at the same moment, with cold functions. */
export interface Burst {
  readonly rotations: number;
  /** Attempts that fail: the retries or the time of the rotation function are used up. */
  readonly failed: number;
  /** From the start until AWSCURRENT has moved, in ms. */
  readonly p50Ms: number;
  readonly maxMs: number;
}

/** The state shared by the rotations of a burst. */
interface Account {
  readonly definition: Definition;
  readonly random: () => number;
  readonly writes: TokenBucket;
  readonly transitions: TokenBucket;
  nowMs: number;
}

/** Yields waits in ms and returns whether the attempt has succeeded. */
type Process<Result> = Generator<number, Result, undefined>;

/** The maximum delay before the first retry of the AWS SDK, in ms (AWS SDK for JavaScript, standard retry mode). */
const SDK_PAUSE_MS = 1_000;

/** The assumed delay before Step Functions retries a throttled transition, in ms. */
const TRANSITION_PAUSE_MS = 100;

const COLD_TASK = ['stateTransition', 'invoke', 'coldStart'] as const;

/** The calls before `store-pending` is entered. Of parallel calls, only the slowest kind is listed. */
const BEFORE_STORE_PENDING: readonly LatencyName[] = [
  ...(['invoke', 'coldStart', 'secretRead', 'startExecution'] as const),
  ...COLD_TASK,
  'secretRead', // Fetch
  'stateTransition', // Route
  ...COLD_TASK,
  'secretRead',
  'tableRead',
  'tableRead',
  'keyUse',
  'tableWrite',
  'tokenEndpoint',
  'tableTransaction',
];

const VERIFY: readonly LatencyName[] = [...COLD_TASK, 'secretRead', 'genesysApi'];

/** The time available to the rotation function. */
const LIMIT_MS = FUNCTIONS.rotation.timeoutSeconds * 1_000 - RESPONSE_RESERVE_MS;

/**
 * Simulates the two writes of each rotation in a burst, because retries decide how many succeed. The retriers, the
 * limits of the AWS clients and the time of the rotation function are the deployed ones. The other quotas allow more
 * rotations at once; see {@link quotaLimits}.
 *
 * @param seed the same seed gives the same figures
 */
export function simulateBurst(rotations: number, region: string, seed = 1): Burst {
  const account: Account = {
    definition: parseDefinition(definitionText()),
    random: seededRandom(seed),
    writes: new TokenBucket(QUOTAS['writing secrets'].bucket(), 0),
    transitions: new TokenBucket(QUOTAS.StateTransition.bucket(region), 0),
    nowMs: 0,
  };
  const movedAtMs: number[] = [];
  const running = Array.from({ length: rotations }, () => ({ process: rotate(account), dueMs: 0 }));
  while (running.length > 0) {
    const next = running.reduce((first, each) => (each.dueMs < first.dueMs ? each : first));
    account.nowMs = next.dueMs;
    const { value, done } = next.process.next();
    if (done !== true) next.dueMs += value;
    else {
      running.splice(running.indexOf(next), 1);
      if (value && account.nowMs <= LIMIT_MS) movedAtMs.push(account.nowMs);
    }
  }
  movedAtMs.sort((one, other) => one - other);
  return {
    rotations,
    failed: rotations - movedAtMs.length,
    p50Ms: movedAtMs[Math.floor(movedAtMs.length / 2)] ?? Number.NaN,
    maxMs: movedAtMs.at(-1) ?? Number.NaN,
  };
}

/** @returns whether AWSCURRENT has moved */
function* rotate(account: Account): Process<boolean> {
  yield* pass(account, BEFORE_STORE_PENDING);
  if (!(yield* writingTask(account, 'StorePending'))) return false;
  yield* pass(account, VERIFY);
  return yield* writingTask(account, 'Promote');
}

/** Runs a Task that reads and then writes the secret, and retries it as defined. */
function* writingTask(account: Account, state: string): Process<boolean> {
  const policy = new RetryPolicy(retriersOf(account.definition, state), account.random);
  yield latencyMs('coldStart', account.random);
  for (;;) {
    yield* pass(account, ['stateTransition', 'invoke', 'secretRead']);
    if (yield* write(account)) return true;
    const delayMs = policy.delayAfterMs('ThrottlingException');
    if (delayMs === undefined) return false;
    yield delayMs;
  }
}

/** Writes the secret; retries a throttled call as the AWS SDK does. */
function* write(account: Account): Process<boolean> {
  for (let attempt = 1; ; attempt++) {
    const isAllowed = account.writes.take(account.nowMs);
    yield latencyMs('secretWrite', account.random);
    if (isAllowed) return true;
    if (attempt === AWS_CLIENT_LIMITS.maxAttempts) return false;
    yield account.random() * SDK_PAUSE_MS * 2 ** (attempt - 1);
  }
}

function* pass(account: Account, latencies: readonly LatencyName[]): Process<void> {
  for (const name of latencies) {
    while (name === 'stateTransition' && !account.transitions.take(account.nowMs)) yield TRANSITION_PAUSE_MS;
    yield latencyMs(name, account.random);
  }
}

function retriersOf({ States }: Definition, state: string) {
  const retriers: readonly Retrier[] | undefined = States[state]?.Retry;
  if (retriers === undefined) throw new Error(`The definition has no state ${state}.`);
  return retriers.map(({ JitterStrategy, ...retrier }) => ({
    ...retrier,
    JitterStrategy: JitterStrategy === 'FULL' ? ('FULL' as const) : ('NONE' as const),
  }));
}

import { FUNCTIONS, type FunctionName } from '../../infra/function-list.ts';
import { TokenBucket } from '../../sandbox/aws/token-bucket.ts';
import { latencyMs } from '../latencies.ts';
import { failure } from './failure.ts';
import type { Tally } from './tally.ts';
import type { Process, Timeline } from './timeline.ts';

/** An account's capacity in Lambda. */
export interface LambdaCapacity {
  /** Concurrent executions in the account and region: 1,000 by default, less in new accounts. */
  readonly concurrency: number;
  /** Reserved for each function, and its maximum; undefined: all share the account's. */
  readonly reserved: number | undefined;
}

/** AWS Lambda Developer Guide, "Lambda scaling behavior": for each function. */
const SCALING = { size: 1_000, refillPerSecond: 100 };

/** How long Lambda keeps an idle environment, in ms. Assumed: AWS does not publish it. */
const IDLE_LIFE_MS = 300_000;

/** One invocation of a function, which Lambda ends after the function's timeout. */
export class Invocation {
  readonly #timeline: Timeline;
  readonly #endsAtMs: number;

  constructor(timeline: Timeline, timeoutMs: number) {
    this.#timeline = timeline;
    this.#endsAtMs = timeline.nowMs() + timeoutMs;
  }

  remainingMs(): number {
    return this.#endsAtMs - this.#timeline.nowMs();
  }

  /**
   * Lets time pass.
   *
   * @throws Failure `Sandbox.Timedout` the function's timeout comes first
   */
  *pass(ms: number): Process {
    const leftMs = this.remainingMs();
    if (ms < leftMs) yield ms;
    else {
      yield Math.max(0, leftMs);
      throw failure('Sandbox.Timedout');
    }
  }
}

interface Environments {
  /** When each idle one ends, the last used one at the end. */
  readonly idleUntilMs: number[];
  readonly scaling: TokenBucket;
  running: number;
}

interface LambdaParts {
  readonly timeline: Timeline;
  readonly random: () => number;
  readonly tally: Tally;
  readonly capacity: LambdaCapacity;
}

/** Runs functions as Lambda does: one environment per concurrent invocation, cold or warm, within the account's limits. */
export class LambdaService {
  readonly #parts: LambdaParts;
  readonly #functions = new Map<FunctionName, Environments>();
  #running = 0;

  constructor(parts: LambdaParts) {
    this.#parts = parts;
  }

  /**
   * Invokes a function.
   *
   * @throws Failure `Lambda.TooManyRequestsException`, `Sandbox.Timedout`, or what the function throws
   */
  *invoke<Result>(name: FunctionName, body: (invocation: Invocation) => Process<Result>): Process<Result> {
    const { timeline, random, tally } = this.#parts;
    yield latencyMs('invoke', random);
    const environments = this.#environmentsOf(name);
    const isWarm = this.#admit(environments);
    tally.invocations.add(name);
    this.#running += 1;
    environments.running += 1;
    tally.peakConcurrency = Math.max(tally.peakConcurrency, this.#running);
    try {
      if (!isWarm) {
        tally.coldStarts.add(name);
        yield latencyMs('coldStart', random);
      }
      return yield* body(new Invocation(timeline, FUNCTIONS[name].timeoutSeconds * 1000));
    } finally {
      this.#running -= 1;
      environments.running -= 1;
      environments.idleUntilMs.push(timeline.nowMs() + IDLE_LIFE_MS);
    }
  }

  /** @returns whether there is an idle environment, which is then used; otherwise one is started */
  #admit(environments: Environments): boolean {
    const { timeline, tally, capacity } = this.#parts;
    const isFull =
      capacity.reserved === undefined
        ? this.#running >= capacity.concurrency
        : environments.running >= capacity.reserved;
    if (isFull) {
      tally.refused.add('Lambda concurrency');
      throw failure('Lambda.TooManyRequestsException');
    }
    const idleUntilMs = environments.idleUntilMs.pop();
    if (idleUntilMs !== undefined && idleUntilMs > timeline.nowMs()) return true;
    // The others were idle for longer, so they have ended as well.
    environments.idleUntilMs.length = 0;
    if (environments.scaling.take(timeline.nowMs())) return false;
    tally.refused.add('Lambda scaling rate');
    throw failure('Lambda.TooManyRequestsException');
  }

  #environmentsOf(name: FunctionName): Environments {
    let environments = this.#functions.get(name);
    if (environments === undefined) {
      environments = {
        idleUntilMs: [],
        scaling: new TokenBucket(SCALING, this.#parts.timeline.nowMs()),
        running: 0,
      };
      this.#functions.set(name, environments);
    }
    return environments;
  }
}

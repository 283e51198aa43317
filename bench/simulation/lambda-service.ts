import { FUNCTIONS, type FunctionName } from '../../infra/function-list.ts';
import { TokenBucket } from '../../sandbox/step-functions/token-bucket.ts';
import { latencyMs } from '../latencies.ts';
import { failure } from './failure.ts';
import type { Tally } from './tally.ts';
import type { Process, Timeline } from './timeline.ts';

/** What an account has of Lambda. */
export interface LambdaCapacity {
  /** Executions at a time, in the account and region; 1,000 by default, in new accounts less. */
  readonly concurrency: number;
  /** Set aside for each function, which it may not exceed; undefined shares the account's. */
  readonly reserved: number | undefined;
}

/** AWS Lambda Developer Guide, "Lambda scaling behavior": for each function. */
const SCALING = { size: 1_000, refillPerSecond: 100 };

/** How long an environment waits for its next invocation, in ms. Assumed: AWS does not say how long it keeps one. */
const IDLE_LIFE_MS = 300_000;

/** One invocation of a function, which Lambda ends after its time-out. */
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
   * @throws Failure `Sandbox.Timedout` the function's time is over before
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
  /** Until when each waits, the one that was used last at the end. */
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

/**
 * Runs functions as Lambda does: an environment for each invocation at a time, cold or warm, within the account's
 * limits.
 */
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

  /** @returns whether an environment is waiting, which is taken then; otherwise one has to be made */
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
    // The others waited longer, so they are gone as well.
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

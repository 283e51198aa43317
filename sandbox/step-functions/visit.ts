import type { Clock } from '../clock.ts';
import type { Json, JsonObject } from '../json.ts';
import type { FunctionInvoker, InvocationOrigin } from '../lambda/invoker.ts';
import type { History } from './history.ts';

/** The dependencies of states. */
export interface Engine {
  readonly clock: Clock;
  readonly region: string;
  readonly functions: FunctionInvoker;
  /** From 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
  /** The duration of a state transition or retry. */
  readonly transitionMs: (executionArn: string) => number;
}

/** The execution and state machine in the context object. */
export interface ExecutionContext extends JsonObject {
  readonly Execution: JsonObject;
  readonly StateMachine: JsonObject;
}

/** The transition out of a state. */
export interface StateResult {
  readonly output: Json;
  /** Undefined at the end of the execution. */
  readonly next: string | undefined;
}

/**
 * Waits for the duration of a state transition.
 *
 * @throws the signal's reason when the execution closes first
 */
export async function passTransition({
  engine,
  origin,
  signal,
}: Pick<Visit, 'engine' | 'origin' | 'signal'>): Promise<void> {
  const ms = engine.transitionMs(origin.sourceArn ?? '');
  if (ms > 0) await engine.clock.sleep(ms, signal);
}

/** An execution's visit to a state. */
export class Visit {
  readonly stateName: string;
  /** The raw input. */
  readonly input: Json;
  readonly enteredAt: Date;
  readonly engine: Engine;
  readonly history: History;
  /** The role of the Tasks, and their execution. */
  readonly origin: InvocationOrigin;
  /** Aborts when the execution closes before the state is done. */
  readonly signal: AbortSignal;
  readonly #execution: ExecutionContext;
  #retryCount = 0;

  constructor(
    entry: Pick<Visit, 'stateName' | 'input' | 'enteredAt'>,
    attempt: Pick<Visit, 'engine' | 'history' | 'origin' | 'signal'>,
    execution: ExecutionContext,
  ) {
    this.stateName = entry.stateName;
    this.input = entry.input;
    this.enteredAt = entry.enteredAt;
    this.engine = attempt.engine;
    this.history = attempt.history;
    this.origin = attempt.origin;
    this.signal = attempt.signal;
    this.#execution = execution;
  }

  countRetry(): void {
    this.#retryCount += 1;
  }

  /**
   * The context object, `$$` (AWS Step Functions Developer Guide, "Accessing execution data from the Context object").
   */
  context(): Json {
    return {
      ...this.#execution,
      State: {
        Name: this.stateName,
        EnteredTime: this.enteredAt.toISOString(),
        RetryCount: this.#retryCount,
      },
    };
  }

  /**
   * Resolves once `delayMs` have passed.
   *
   * @throws the signal's reason when the execution closes first
   */
  async sleep(delayMs: number): Promise<void> {
    await this.engine.clock.sleep(delayMs, this.signal);
    // The execution may have closed since the end of the wait.
    this.signal.throwIfAborted();
  }
}

import type { Json } from '../json.ts';
import { type Outcome, type Position, runAttempt } from './attempt.ts';
import { History, type HistoryEvent, type HistoryEventType } from './history.ts';
import type { Failure } from './state-failure.ts';
import type { StateMachine } from './state-machine.ts';
import type { Engine, ExecutionContext } from './visit.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** An execution's current state, without the delay of DescribeExecution. */
export interface ExecutionSnapshot {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly status: ExecutionStatus;
  /** As given. */
  readonly input: string;
  /** JSON; only when SUCCEEDED. */
  readonly output: string | undefined;
  readonly failure: Failure;
  /** Its current or last state. */
  readonly stateName: string;
  readonly startedAt: Date;
  readonly closedAt: Date | undefined;
  readonly redriveCount: number;
  readonly redrivenAt: Date | undefined;
  readonly history: readonly HistoryEvent[];
}

/** The properties of a new execution. */
interface ExecutionOptions {
  readonly executionArn: string;
  readonly name: string;
  readonly input: string;
  readonly machine: StateMachine;
  readonly engine: Engine;
  readonly onEvent: (event: HistoryEvent) => void;
  /** Called when it has started, closed, or been redriven. */
  readonly onStatusChange: (execution: ExecutionSnapshot) => void;
}

const CLOSING_EVENTS = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
} as const satisfies Record<Exclude<ExecutionStatus, 'RUNNING'>, HistoryEventType>;

/** One execution of a Standard workflow, over all its redrives. */
export class Execution {
  readonly executionArn: string;
  readonly name: string;
  readonly input: string;
  /** Definition and role are those at the start, even if the state machine changes. */
  readonly machine: StateMachine;
  readonly startedAt: Date;
  readonly history: History;
  readonly #options: ExecutionOptions;
  readonly #input: Json;
  #status: ExecutionStatus = 'RUNNING';
  #output: string | undefined;
  #failure: Failure = {};
  #closedAt: Date | undefined;
  #redriveCount = 0;
  #redrivenAt: Date | undefined;
  #position: Position;
  #run = new AbortController();
  #closed = Promise.withResolvers<ExecutionSnapshot>();

  /** Starts the execution; its first state is entered after the caller has received its response. */
  constructor(options: ExecutionOptions) {
    this.#options = options;
    this.executionArn = options.executionArn;
    this.name = options.name;
    this.input = options.input;
    this.#input = JSON.parse(options.input);
    this.machine = options.machine;
    this.startedAt = options.engine.clock.now();
    this.history = new History(options.engine.clock, options.onEvent);
    this.#position = { stateName: options.machine.definition.startAt, input: this.#input };
    const details = { input: options.input, inputDetails: { truncated: false } };
    this.history.append('ExecutionStarted', { ...details, roleArn: options.machine.roleArn });
    this.#begin();
    options.onStatusChange(this.snapshot());
  }

  /** Resolves when the current run has ended. */
  get closed(): Promise<ExecutionSnapshot> {
    return this.#closed.promise;
  }

  get status(): ExecutionStatus {
    return this.#status;
  }

  get closedAt(): Date | undefined {
    return this.#closedAt;
  }

  snapshot(): ExecutionSnapshot {
    return {
      executionArn: this.executionArn,
      stateMachineArn: this.machine.stateMachineArn,
      name: this.name,
      status: this.#status,
      input: this.input,
      output: this.#output,
      failure: this.#failure,
      stateName: this.#position.stateName,
      startedAt: this.startedAt,
      closedAt: this.#closedAt,
      redriveCount: this.#redriveCount,
      redrivenAt: this.#redrivenAt,
      history: [...this.history.events],
    };
  }

  /** Ends the execution as ABORTED without stopping a running function. Does nothing if it has already closed. */
  stop(reason: Failure): void {
    if (this.#status === 'RUNNING') this.#close('ABORTED', reason);
  }

  /**
   * Continues at the unsuccessful state with that state's input; retry counters and timeouts restart (AWS Step
   * Functions Developer Guide, "Redriving executions"). The caller has checked that a redrive is allowed.
   */
  redrive(): Date {
    const now = this.#options.engine.clock.now();
    this.#redriveCount += 1;
    this.#redrivenAt = now;
    this.#status = 'RUNNING';
    this.#failure = {};
    this.#closedAt = undefined;
    this.#run = new AbortController();
    this.#closed = Promise.withResolvers();
    this.history.append('ExecutionRedriven', { redriveCount: this.#redriveCount });
    this.#begin();
    this.#options.onStatusChange(this.snapshot());
    return now;
  }

  #begin(): void {
    const { engine } = this.#options;
    const { timeoutSeconds } = this.machine.definition;
    const run = this.#run;
    if (timeoutSeconds !== undefined) {
      const timer = engine.clock.schedule(timeoutSeconds * 1000, () => this.#close('TIMED_OUT', {}));
      run.signal.addEventListener('abort', () => timer.cancel(), { once: true });
    }
    void this.#runTo(run.signal);
  }

  async #runTo(signal: AbortSignal): Promise<void> {
    const { engine } = this.#options;
    const outcome = await runAttempt(this.#resumeFrom(), {
      engine,
      definition: this.machine.definition,
      history: this.history,
      context: this.#context(),
      origin: { roleArn: this.machine.roleArn, sourceArn: this.executionArn },
      signal,
      onPosition: position => {
        this.#position = position;
      },
    });
    // It may have been stopped since the end of its last state.
    if (outcome === undefined || signal.aborted) return;
    this.#end(outcome);
  }

  #end(outcome: Outcome): void {
    if (outcome.status === 'FAILED') {
      this.#close('FAILED', outcome.failure);
      return;
    }
    this.#output = JSON.stringify(outcome.output);
    this.#close('SUCCEEDED', {});
  }

  #close(status: keyof typeof CLOSING_EVENTS, failure: Failure): void {
    const output = { output: this.#output, outputDetails: { truncated: false } };
    const event = this.history.append(CLOSING_EVENTS[status], status === 'SUCCEEDED' ? output : failure, {
      closes: true,
      previousEventId: status === 'ABORTED' ? 0 : undefined,
    });
    this.#status = status;
    this.#failure = failure;
    this.#closedAt = event.at;
    this.#run.abort();
    this.#closed.resolve(this.snapshot());
    this.#options.onStatusChange(this.snapshot());
  }

  /** A Task and a Wait continue; other states are entered again. */
  #resumeFrom(): Position {
    const { stateName, input } = this.#position;
    const type = this.machine.definition.states.get(stateName)?.Type;
    return type === 'Wait' || type === 'Task' ? this.#position : { stateName, input };
  }

  #context(): ExecutionContext {
    return {
      Execution: {
        Id: this.executionArn,
        Input: this.#input,
        Name: this.name,
        RoleArn: this.machine.roleArn,
        StartTime: this.startedAt.toISOString(),
        RedriveCount: this.#redriveCount,
        ...(this.#redrivenAt === undefined ? {} : { RedriveTime: this.#redrivenAt.toISOString() }),
      },
      StateMachine: { Id: this.machine.stateMachineArn, Name: this.machine.name },
    };
  }
}

/** A history event, reduced to what determines the runs of states. */
export interface RecordedEvent {
  readonly id: number;
  readonly type: string;
  readonly at: Date;
  /** The members of the type's details, e.g. of `taskFailedEventDetails`. */
  readonly details: Readonly<Record<string, unknown>> | undefined;
}

/** A period of time. Without an end it is still open. */
export interface Period {
  readonly from: Date;
  readonly to?: Date;
}

/** One call of a Task's function. */
export interface Attempt extends Period {
  /** From 1, over all redrives. */
  readonly number: number;
  /** The execution's redrive count at that time. */
  readonly redriveCount: number;
  /** `abandoned`: the execution closed before the response. */
  readonly status: 'running' | 'succeeded' | 'failed' | 'timedOut' | 'abandoned';
  readonly error?: string;
  readonly cause?: string;
  /** The task's parameters, JSON. */
  readonly parameters?: string;
}

/** The status of an entered state. `waiting`: its last attempt failed, and a retry will follow. */
type RunStatus = 'running' | 'waiting' | 'succeeded' | 'caught' | 'failed' | 'timedOut' | 'aborted';

/** One stay of an execution in a state, from its entry to its exit, over all redrives. */
export interface StateRun {
  readonly name: string;
  /** `Task`, `Choice`, … */
  readonly type: string;
  readonly status: RunStatus;
  /** JSON. */
  readonly input?: string;
  /** JSON; only for a state that has exited. */
  readonly output?: string;
  /** Why it failed, or what was caught. */
  readonly error?: string;
  readonly cause?: string;
  /** Only a Task has attempts. */
  readonly attempts: readonly Attempt[];
  /** The number of redrives that resumed it. */
  readonly redriveCount: number;
  /** When it ran: one period, and one more for each redrive that resumed it. */
  readonly periods: readonly Period[];
}

/** The runs of an execution. */
export interface ExecutionRuns {
  /** In the order of entry. */
  readonly states: readonly StateRun[];
  /** When the execution ran: one period from the start and one from each redrive. */
  readonly periods: readonly Period[];
}

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };
type OpenRun = Writable<Omit<StateRun, 'attempts' | 'periods'>> & {
  attempts: Writable<Attempt>[];
  periods: Writable<Period>[];
};

/** The status that a closing event gives to the open state (AWS Step Functions API Reference, HistoryEvent: `type`). */
const CLOSING_STATUS: ReadonlyMap<string, RunStatus> = new Map([
  ['ExecutionFailed', 'failed'],
  ['ExecutionTimedOut', 'timedOut'],
  ['ExecutionAborted', 'aborted'],
  ['ExecutionSucceeded', 'succeeded'],
]);

const ATTEMPT_EVENT = /^Task(?<what>Scheduled|Succeeded|Failed|TimedOut)$/;

/** Reads all events of one execution, in their order. */
export function readRuns(events: readonly RecordedEvent[]): ExecutionRuns {
  const reader = new RunReader();
  for (const event of events) reader.read(event);
  return { states: reader.states, periods: reader.periods };
}

/** The total duration of the periods; an open one counts up to now. */
export function workedMs(periods: readonly Period[], now: Date): number {
  return periods.reduce((sum, { from, to = now }) => sum + to.getTime() - from.getTime(), 0);
}

class RunReader {
  readonly states: OpenRun[] = [];
  readonly periods: Writable<Period>[] = [];
  /** The current state, or the one in which the execution ended. */
  #open: OpenRun | undefined;
  #redriveCount = 0;

  read({ type, at, details = {} }: RecordedEvent): void {
    const what = ATTEMPT_EVENT.exec(type)?.groups?.what;
    if (type === 'ExecutionStarted') this.periods.push({ from: at });
    else if (type === 'ExecutionRedriven') this.#redriven(at);
    else if (type.endsWith('StateEntered')) this.#entered(type, at, details);
    else if (type.endsWith('StateExited')) this.#left(at, details);
    else if (what !== undefined) this.#attempt(what, at, details);
    else {
      const status = CLOSING_STATUS.get(type);
      if (status !== undefined) this.#closed(status, at, details);
    }
  }

  #redriven(at: Date): void {
    this.periods.push({ from: at });
    this.#redriveCount += 1;
    const run = this.#open;
    if (run === undefined) return;
    run.status = 'running';
    run.redriveCount += 1;
    run.periods.push({ from: at });
    clearFailure(run);
  }

  /** A redriven state may be entered a second time, or just continue. */
  #entered(type: string, at: Date, details: Readonly<Record<string, unknown>>): void {
    const name = String(details.name);
    if (this.#open?.name === name) return;
    this.#open = {
      name,
      type: type.slice(0, -'StateEntered'.length),
      status: 'running',
      ...stringMembers(details, 'input'),
      attempts: [],
      redriveCount: 0,
      periods: [{ from: at }],
    };
    this.states.push(this.#open);
  }

  #attempt(what: string, at: Date, details: Readonly<Record<string, unknown>>): void {
    const run = this.#open;
    if (run === undefined) return;
    if (what === 'Scheduled') {
      run.status = 'running';
      clearFailure(run);
      run.attempts.push({
        number: run.attempts.length + 1,
        redriveCount: this.#redriveCount,
        status: 'running',
        from: at,
        ...stringMembers(details, 'parameters'),
      });
      return;
    }
    const attempt = run.attempts.at(-1);
    if (attempt === undefined) return;
    attempt.to = at;
    if (what === 'Succeeded') {
      attempt.status = 'succeeded';
      return;
    }
    attempt.status = what === 'Failed' ? 'failed' : 'timedOut';
    const failure = stringMembers(details, 'error', 'cause');
    Object.assign(attempt, failure);
    Object.assign(run, { status: 'waiting', ...failure });
  }

  #left(at: Date, details: Readonly<Record<string, unknown>>): void {
    const run = this.#open;
    if (run === undefined) return;
    run.status = run.error === undefined ? 'succeeded' : 'caught';
    Object.assign(run, stringMembers(details, 'output'));
    endLast(run.periods, at);
    this.#open = undefined;
  }

  #closed(status: RunStatus, at: Date, details: Readonly<Record<string, unknown>>): void {
    endLast(this.periods, at);
    const run = this.#open;
    if (run === undefined) return;
    run.status = status;
    Object.assign(run, stringMembers(details, 'error', 'cause'));
    endLast(run.periods, at);
    const attempt = run.attempts.at(-1);
    if (attempt?.status === 'running') Object.assign(attempt, { status: 'abandoned', to: at });
  }
}

function clearFailure(run: OpenRun): void {
  delete run.error;
  delete run.cause;
}

function endLast(periods: readonly Writable<Period>[], at: Date): void {
  const last = periods.at(-1);
  if (last !== undefined) last.to ??= at;
}

/** The named members that are strings. */
function stringMembers(details: Readonly<Record<string, unknown>>, ...names: readonly string[]): object {
  return Object.fromEntries(
    names.flatMap(name => (typeof details[name] === 'string' ? [[name, details[name]]] : [])),
  );
}

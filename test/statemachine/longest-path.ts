import { type Definition, type Retrier, type State, transitions } from '../../statemachine/definition.ts';

// What Step Functions takes where a retrier does not say (Amazon States Language specification, "Retrying after error").
const DEFAULT_INTERVAL_SECONDS = 1;
const DEFAULT_MAX_ATTEMPTS = 3;
const DEFAULT_BACKOFF_RATE = 2;

/** A run of an execution: the first one, or one after a redrive. */
interface Run {
  /** A redrive begins at the state that failed. The definition's `StartAt` if left out. */
  readonly startAt?: string;
  /** An error that no Task reports any more once the run has been through one of these states. */
  readonly excluded?: { readonly error: string; readonly after: readonly string[] };
}

/** A way through the state machine, and the longest time that it may take. */
interface Path {
  readonly seconds: number;
  readonly states: readonly string[];
}

/**
 * The way through a state machine that takes longest when every Task runs into its time-out, is tried as often as its
 * retriers allow, waits the longest delay before each retry, and only then succeeds or is caught.
 *
 * @throws Error a Task has no time-out, a way leads back to where it was, or a type of state is not known here
 */
export function longestPath(
  definition: Definition,
  { startAt = definition.StartAt, excluded }: Run = {},
): Path {
  const ways = transitions(definition);
  const openWays = ways.filter(({ kind, label }) => kind !== 'catch' || label !== excluded?.error);

  const from = (name: string, isExcluded: boolean, before: readonly string[]): Path => {
    const state = definition.States[name];
    if (state === undefined) throw new Error(`There is no state ${name}.`);
    if (before.includes(name))
      throw new Error(`The states from ${name} on form a loop, which may take any time.`);
    const nowExcluded = isExcluded || (excluded?.after.includes(name) ?? false);
    // Where the ways close, the run may come once more through the states that it has been through.
    const through = nowExcluded === isExcluded ? [...before, name] : [name];
    const rest = (nowExcluded ? openWays : ways)
      .filter(way => way.from === name)
      .map(way => from(way.to, nowExcluded, through))
      .reduce((longest, path) => (path.seconds >= longest.seconds ? path : longest), {
        seconds: 0,
        states: [],
      });
    return { seconds: longestSeconds(name, state) + rest.seconds, states: [name, ...rest.states] };
  };
  return from(startAt, false, []);
}

function longestSeconds(name: string, { Type, TimeoutSeconds, Retry }: State): number {
  if (Type === 'Choice' || Type === 'Succeed') return 0;
  if (Type !== 'Task') throw new Error(`How long ${name} takes is not known: it is a ${Type} state.`);
  if (TimeoutSeconds === undefined) throw new Error(`Task ${name} has no TimeoutSeconds.`);
  return Retry.reduce(
    (seconds, retrier) => seconds + attempts(retrier) * TimeoutSeconds + delaySeconds(retrier),
    TimeoutSeconds,
  );
}

function attempts({ MaxAttempts = DEFAULT_MAX_ATTEMPTS }: Retrier): number {
  return MaxAttempts;
}

/** All delays of a retrier together; jitter only ever shortens one. */
function delaySeconds(retrier: Retrier): number {
  const {
    IntervalSeconds = DEFAULT_INTERVAL_SECONDS,
    BackoffRate = DEFAULT_BACKOFF_RATE,
    MaxDelaySeconds,
  } = retrier;
  let seconds = 0;
  for (let attempt = 0; attempt < attempts(retrier); attempt++) {
    seconds += Math.min(
      IntervalSeconds * BackoffRate ** attempt,
      MaxDelaySeconds ?? Number.POSITIVE_INFINITY,
    );
  }
  return seconds;
}

import { AwsError } from '../aws/aws-error.ts';
import { DAY_MS, MINUTE_MS } from '../durations.ts';
import { arnOfKind } from './arn.ts';
import type { StepFunctionsBehaviour } from './behaviour.ts';
import { Execution, type ExecutionSnapshot } from './execution.ts';
import type { HistoryEvent } from './history.ts';
import { type ListedExecution, listedAt } from './listed-execution.ts';
import { notRedrivableReason } from './redrive-rule.ts';
import type { Failure } from './state-failure.ts';
import type { StateMachine } from './state-machine.ts';
import type { Engine } from './visit.ts';

/** How long a closed execution is kept and its name stays reserved (AWS Step Functions Developer Guide, "Quotas"). */
const RETENTION_MS = 90 * DAY_MS;

interface Entry {
  readonly execution: Execution;
  readonly tokens: RedriveTokens;
  /** What DescribeExecution still shows after a redrive. */
  stale?: { readonly snapshot: ExecutionSnapshot; readonly untilMs: number };
}

/** A history event together with the execution it belongs to. */
export interface ExecutionEvent extends HistoryEvent {
  readonly executionArn: string;
}

/** The listeners of executions. */
export interface ExecutionListener {
  readonly onEvent: (event: ExecutionEvent) => void;
  readonly onStatusChange: (execution: ExecutionSnapshot) => void;
}

/** The executions of an account and region. */
export class Executions {
  readonly #engine: Engine;
  readonly #behaviour: StepFunctionsBehaviour;
  readonly #listener: ExecutionListener;
  readonly #entries = new Map<string, Entry>();

  constructor(engine: Engine, behaviour: StepFunctionsBehaviour, listener: ExecutionListener) {
    this.#engine = engine;
    this.#behaviour = behaviour;
    this.#listener = listener;
  }

  /**
   * Starts an execution, or returns the running one with the same name and input (AWS Step Functions API Reference,
   * StartExecution).
   *
   * @throws AwsError InvalidName, InvalidExecutionInput, ExecutionAlreadyExists
   */
  start(machine: StateMachine, name: string, input: string): Execution {
    checkExecutionName(name);
    checkInput(input);
    const prefix = machine.stateMachineArn.replace(':stateMachine:', ':execution:');
    const executionArn = `${prefix}:${name}`;
    const existing = this.#kept(executionArn);
    if (existing !== undefined) return this.#same(existing.execution, input);

    const execution = new Execution({
      executionArn,
      name,
      input,
      machine,
      engine: this.#engine,
      onEvent: event => this.#listener.onEvent({ ...event, executionArn }),
      onStatusChange: snapshot => this.#listener.onStatusChange(snapshot),
    });
    this.#entries.set(executionArn, { execution, tokens: new RedriveTokens() });
    return execution;
  }

  /** @throws AwsError InvalidArn, ExecutionDoesNotExist */
  get(executionArn: string): Execution {
    return this.#entry(executionArn).execution;
  }

  /**
   * The execution for DescribeExecution, which is eventually consistent.
   *
   * @throws AwsError InvalidArn, ExecutionDoesNotExist (also shortly after the start)
   */
  describe(executionArn: string): ExecutionSnapshot {
    const { execution, stale } = this.#entry(executionArn);
    const nowMs = this.#engine.clock.nowMs();
    if (nowMs < execution.startedAt.getTime() + this.#behaviour.startLagMs) throw doesNotExist(executionArn);
    return stale !== undefined && nowMs < stale.untilMs ? stale.snapshot : execution.snapshot();
  }

  /** Why it cannot be redriven now, or undefined if it can. */
  notRedrivableReason(snapshot: ExecutionSnapshot): string | undefined {
    return notRedrivableReason(snapshot, this.#engine.clock.nowMs());
  }

  /**
   * @param clientToken a repeated call with it returns the first response
   * @returns the time of the redrive
   * @throws AwsError InvalidArn, ExecutionDoesNotExist, ExecutionNotRedrivable
   */
  redrive(executionArn: string, clientToken: string | undefined): Date {
    const entry = this.#entry(executionArn);
    const nowMs = this.#engine.clock.nowMs();
    const before = clientToken === undefined ? undefined : entry.tokens.redrivenAt(clientToken, nowMs);
    if (before !== undefined) return before;

    const snapshot = entry.execution.snapshot();
    const reason = notRedrivableReason(snapshot, nowMs);
    if (reason !== undefined) throw new AwsError('ExecutionNotRedrivable', reason);
    const redrivenAt = entry.execution.redrive();
    entry.stale = { snapshot, untilMs: nowMs + this.#behaviour.describeLagMs };
    if (clientToken !== undefined) entry.tokens.remember(clientToken, redrivenAt);
    return redrivenAt;
  }

  /**
   * @returns the stopped execution, or one that had already closed
   * @throws AwsError InvalidArn, ExecutionDoesNotExist
   */
  stop(executionArn: string, reason: Failure): ExecutionSnapshot {
    const { execution } = this.#entry(executionArn);
    execution.stop(reason);
    return execution.snapshot();
  }

  /** The executions of a state machine for ListExecutions, oldest first. */
  listed(stateMachineArn: string): readonly ListedExecution[] {
    const executions = this.ofMachine(stateMachineArn);
    const { listLagMs } = this.#behaviour;
    if (listLagMs === 0) return executions;
    const at = new Date(this.#engine.clock.nowMs() - listLagMs);
    return executions.map(execution => listedAt(execution, at)).filter(listed => listed !== undefined);
  }

  /** All executions of a state machine, oldest first. */
  ofMachine(stateMachineArn: string): readonly ExecutionSnapshot[] {
    return [...this.#entries.keys()]
      .map(executionArn => this.#kept(executionArn)?.execution)
      .filter(execution => execution !== undefined)
      .filter(execution => execution.machine.stateMachineArn === stateMachineArn)
      .map(execution => execution.snapshot());
  }

  #same(execution: Execution, input: string): Execution {
    const running = execution.status === 'RUNNING';
    // Compares the text: AWS does not document whether equivalent JSON is enough.
    if (running && execution.input === input) return execution;
    throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${execution.executionArn}'`);
  }

  #entry(executionArn: string): Entry {
    const entry = this.#kept(arnOfKind('execution', executionArn));
    if (entry === undefined) throw doesNotExist(executionArn);
    return entry;
  }

  #kept(executionArn: string): Entry | undefined {
    const entry = this.#entries.get(executionArn);
    const closedAt = entry?.execution.closedAt;
    if (closedAt === undefined || this.#engine.clock.nowMs() - closedAt.getTime() <= RETENTION_MS)
      return entry;
    this.#entries.delete(executionArn);
    return undefined;
  }
}

function doesNotExist(executionArn: string): AwsError {
  return new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
}

function checkInput(input: string): void {
  try {
    JSON.parse(input);
  } catch {
    // The parser's own message would quote the input.
    throw new AwsError(
      'InvalidExecutionInput',
      "Invalid State Machine Execution Input: 'The input is not valid JSON'",
    );
  }
}

const FORBIDDEN = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]/u;
const MAX_NAME_LENGTH = 80;

/**
 * @throws AwsError InvalidName (AWS Step Functions API Reference, StartExecution: `name`)
 */
function checkExecutionName(name: string): void {
  if (name.length >= 1 && name.length <= MAX_NAME_LENGTH && !FORBIDDEN.test(name)) return;
  throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
}

const TOKEN_RETENTION_MS = 15 * MINUTE_MS;
const MAX_TOKENS = 10;

/**
 * The client tokens of an execution's redrives: the last 10, each for 15 minutes (AWS Step Functions API
 * Reference, RedriveExecution: `clientToken`).
 */
class RedriveTokens {
  readonly #redrives = new Map<string, Date>();

  /** When the redrive with this token happened, while the token is remembered. */
  redrivenAt(token: string, nowMs: number): Date | undefined {
    const at = this.#redrives.get(token);
    return at !== undefined && nowMs - at.getTime() < TOKEN_RETENTION_MS ? at : undefined;
  }

  remember(token: string, at: Date): void {
    // Deleted first, so that the newest token is last in the map.
    this.#redrives.delete(token);
    this.#redrives.set(token, at);
    const [oldest] = this.#redrives.keys();
    if (this.#redrives.size > MAX_TOKENS && oldest !== undefined) this.#redrives.delete(oldest);
  }
}

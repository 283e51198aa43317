import type { Account } from '../aws/account.ts';
import { rateLimited } from '../aws/rate-limits.ts';
import type { AwsOperation, AwsService } from '../aws/service.ts';
import type { Clock } from '../clock.ts';
import type { FunctionInvoker } from '../lambda/invoker.ts';
import { Listeners } from '../listeners.ts';
import { defaultBehaviour, type StepFunctionsBehaviour } from './behaviour.ts';
import type { ExecutionSnapshot } from './execution.ts';
import { type ExecutionEvent, Executions } from './executions.ts';
import { stepFunctionsOperations } from './operations.ts';
import { requestQuotas } from './request-quotas.ts';
import { RoleUse, type RoleUseOptions } from './role-use.ts';
import type { StateMachineSpecification } from './state-machine.ts';
import { StateMachines } from './state-machines.ts';

/** The dependencies of the emulated Step Functions. */
export interface StepFunctionsOptions extends RoleUseOptions, Account {
  readonly clock: Clock;
  readonly functions: FunctionInvoker;
  readonly behaviour?: Partial<StepFunctionsBehaviour>;
  /** Random numbers for `JitterStrategy: FULL`, from 0 (inclusive) to 1 (exclusive) (default: Math.random). */
  readonly random?: () => number;
  /** The duration of a state transition in sandbox time, in ms (default: 0). */
  readonly transitionMs?: (executionArn: string) => number;
}

/** Emulated AWS Step Functions: Standard workflows in the JSONPath form of the States Language. */
export class StepFunctions implements AwsService {
  readonly id = 'states';
  readonly operations: Readonly<Record<string, AwsOperation>>;
  /** The behaviour options; they can be changed at any time. */
  readonly behaviour: StepFunctionsBehaviour;
  readonly #machines: StateMachines;
  readonly #executions: Executions;
  readonly #eventListeners = new Listeners<ExecutionEvent>();
  readonly #statusListeners = new Listeners<ExecutionSnapshot>();

  /** Calls a listener with every history event when it is written, until the returned function is called. */
  readonly onEvent = this.#eventListeners.add;
  /**
   * Calls a listener with every execution that has just started, closed, or been redriven, until the returned function
   * is called.
   */
  readonly onStatusChange = this.#statusListeners.add;

  constructor(options: StepFunctionsOptions) {
    const { clock, functions, region, random = Math.random, transitionMs = () => 0 } = options;
    this.behaviour = { ...defaultBehaviour, ...options.behaviour };
    const roles = new RoleUse(options, options);
    this.#machines = new StateMachines(clock, options, roles);
    this.#executions = new Executions({ clock, functions, region, random, transitionMs }, this.behaviour, {
      onEvent: this.#eventListeners.notify,
      onStatusChange: this.#statusListeners.notify,
    });
    const resources = {
      clock,
      machines: this.#machines,
      executions: this.#executions,
      roles,
      behaviour: this.behaviour,
    };
    const operations = stepFunctionsOperations(resources);
    this.operations = rateLimited(operations, requestQuotas(region), clock);
  }

  /**
   * @returns the ARN
   * @throws NotEmulated for a definition that uses a feature that is not emulated; the message names the state and
   *   the field
   * @throws AwsError InvalidDefinition, StateMachineAlreadyExists, AccessDeniedException (of the role)
   */
  createStateMachine(specification: StateMachineSpecification): string {
    return this.#machines.create(specification).stateMachineArn;
  }

  /**
   * Replaces a definition for future executions; existing ones keep theirs, even when redriven.
   *
   * @throws NotEmulated, AwsError InvalidDefinition, InvalidArn, StateMachineDoesNotExist
   */
  updateDefinition(stateMachineArn: string, definition: string | object): void {
    this.#machines.updateDefinition(stateMachineArn, definition);
  }

  /** Why an execution cannot be redriven now, or undefined if it can. */
  notRedrivableReason(execution: ExecutionSnapshot): string | undefined {
    return this.#executions.notRedrivableReason(execution);
  }

  /** The executions of a state machine, oldest first. */
  executions(stateMachineArn: string): readonly ExecutionSnapshot[] {
    return this.#executions.ofMachine(stateMachineArn);
  }

  /**
   * An execution's current state, without the delay of DescribeExecution.
   *
   * @throws AwsError InvalidArn, ExecutionDoesNotExist
   */
  execution(executionArn: string): ExecutionSnapshot {
    return this.#executions.get(executionArn).snapshot();
  }

  /**
   * Resolves when the execution closes; after a redrive, when it closes again.
   *
   * @throws AwsError InvalidArn, ExecutionDoesNotExist
   */
  async executionClosed(executionArn: string): Promise<ExecutionSnapshot> {
    return await this.#executions.get(executionArn).closed;
  }
}

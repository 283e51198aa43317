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

/** What an emulated Step Functions is made from. */
export interface StepFunctionsOptions extends RoleUseOptions, Account {
  readonly clock: Clock;
  readonly functions: FunctionInvoker;
  readonly behaviour?: Partial<StepFunctionsBehaviour>;
  /** Chance for `JitterStrategy: FULL`, from 0 up to but not including 1; Math.random by default. */
  readonly random?: () => number;
  /** How long a state transition takes by the clock, in ms; none by default. */
  readonly transitionMs?: (executionArn: string) => number;
}

/** Emulated AWS Step Functions: Standard workflows in the JSONPath form of the States Language. */
export class StepFunctions implements AwsService {
  readonly id = 'states';
  readonly operations: Readonly<Record<string, AwsOperation>>;
  /** The switches in force; may be changed while it runs. */
  readonly behaviour: StepFunctionsBehaviour;
  readonly #machines: StateMachines;
  readonly #executions: Executions;
  readonly #eventListeners = new Listeners<ExecutionEvent>();
  readonly #statusListeners = new Listeners<ExecutionSnapshot>();

  /** Calls a listener with every history event in the moment it is written; what it returns ends that. */
  readonly onEvent = this.#eventListeners.add;
  /** Calls a listener with every execution that has just begun, closed, or been redriven; what it returns ends that. */
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
   * @throws NotEmulated for a definition that uses what the engine lacks, naming state and field
   * @throws AwsError InvalidDefinition, StateMachineAlreadyExists, AccessDeniedException (of the role)
   */
  createStateMachine(specification: StateMachineSpecification): string {
    return this.#machines.create(specification).stateMachineArn;
  }

  /**
   * Replaces a definition for executions to come; earlier ones keep theirs, also when they are redriven.
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

  /** The executions of a state machine as they stand, the oldest first. */
  executions(stateMachineArn: string): readonly ExecutionSnapshot[] {
    return this.#executions.ofMachine(stateMachineArn);
  }

  /**
   * An execution as it stands, without the delay of DescribeExecution.
   *
   * @throws AwsError InvalidArn, ExecutionDoesNotExist
   */
  execution(executionArn: string): ExecutionSnapshot {
    return this.#executions.get(executionArn).snapshot();
  }

  /**
   * Resolves when the execution closes, at once if it has; after a redrive, when that one closes.
   *
   * @throws AwsError InvalidArn, ExecutionDoesNotExist
   */
  async executionClosed(executionArn: string): Promise<ExecutionSnapshot> {
    return await this.#executions.get(executionArn).closed;
  }
}

import type { Account } from '../aws/account.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { Clock } from '../clock.ts';
import { arnOfKind } from './arn.ts';
import { parseDefinition } from './definition.ts';
import type { RoleUse } from './role-use.ts';
import type { StateMachine, StateMachineSpecification } from './state-machine.ts';

/** The state machines of an account and region. */
export class StateMachines {
  readonly #clock: Clock;
  readonly #account: Account;
  readonly #roles: RoleUse;
  readonly #byArn = new Map<string, StateMachine>();

  constructor(clock: Clock, account: Account, roles: RoleUse) {
    this.#clock = clock;
    this.#account = account;
    this.#roles = roles;
  }

  /**
   * @throws NotEmulated for a definition that uses a feature that is not emulated
   * @throws AwsError InvalidDefinition, StateMachineAlreadyExists, AccessDeniedException (of the role)
   */
  create(specification: StateMachineSpecification): StateMachine {
    const { accountId, region, partition } = this.#account;
    const { name, roleArn, logging, tracing = false, kmsKeyId } = specification;
    const stateMachineArn =
      specification.arn ?? `arn:${partition}:states:${region}:${accountId}:stateMachine:${name}`;
    if (this.#byArn.has(stateMachineArn)) {
      throw new AwsError('StateMachineAlreadyExists', `State Machine Already Exists: '${stateMachineArn}'`);
    }
    const definition = parseDefinition(specification.definition, partition);
    this.#roles.requireForCreation(specification, stateMachineArn);
    const createdAt = this.#clock.now();
    const machine = { stateMachineArn, name, definition, roleArn, createdAt, logging, tracing, kmsKeyId };
    this.#byArn.set(stateMachineArn, machine);
    return machine;
  }

  /**
   * Replaces the definition for future executions; existing ones keep theirs, even when redriven (AWS Step Functions
   * Developer Guide, "Redriving executions").
   *
   * @throws NotEmulated, AwsError InvalidDefinition, StateMachineDoesNotExist; the definition is then unchanged
   */
  updateDefinition(stateMachineArn: string, definition: string | object): void {
    const machine = this.get(stateMachineArn);
    const parsed = parseDefinition(definition, this.#account.partition);
    this.#byArn.set(stateMachineArn, { ...machine, definition: parsed });
  }

  /** @throws AwsError InvalidArn, StateMachineDoesNotExist */
  get(stateMachineArn: string): StateMachine {
    const machine = this.#byArn.get(arnOfKind('stateMachine', stateMachineArn));
    if (machine !== undefined) return machine;
    throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`);
  }
}

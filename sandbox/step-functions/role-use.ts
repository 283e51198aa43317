import type { Account } from '../aws/account.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { Caller } from '../aws/service.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import { roleSession } from '../iam/principal.ts';
import type { CheckKeyUse, KeyFailure, KeyUse } from '../kms/key-use.ts';
import type { StateMachine, StateMachineSpecification } from './state-machine.ts';

/** Authorises the use of roles and keys. */
export interface RoleUseOptions {
  readonly authorizer: Authorizer;
  readonly checkKeyUse: CheckKeyUse;
}

/** AWS Step Functions Developer Guide, "Using CloudWatch Logs to log execution history". */
const LOG_DELIVERY_ACTIONS = [
  'CreateLogDelivery',
  'GetLogDelivery',
  'UpdateLogDelivery',
  'DeleteLogDelivery',
  'ListLogDeliveries',
  'PutResourcePolicy',
  'DescribeResourcePolicies',
  'DescribeLogGroups',
] as const;

/** AWS Step Functions Developer Guide, "Trace Step Functions request data in AWS X-Ray". */
const TRACE_ACTIONS = [
  'PutTraceSegments',
  'PutTelemetryRecords',
  'GetSamplingRules',
  'GetSamplingTargets',
] as const;

/** The member `kmsKeyState` of the error. */
const KEY_STATES = {
  disabled: 'DISABLED',
  'pending-deletion': 'PENDING_DELETION',
  missing: undefined,
} as const satisfies Record<KeyFailure, string | undefined>;

/** Step Functions' own uses of a state machine's role and key, other than for Tasks. */
export class RoleUse {
  readonly #options: RoleUseOptions;
  readonly #account: Account;

  constructor(options: RoleUseOptions, account: Account) {
    this.#options = options;
    this.#account = account;
  }

  /** @throws AwsError AccessDeniedException the role cannot be assumed, or not write to the log */
  requireForCreation(specification: StateMachineSpecification, stateMachineArn: string): void {
    const { accountId, region } = this.#account;
    const { roleArn, name, logging, kmsKeyId } = specification;
    const states = { service: 'states.amazonaws.com', sourceAccount: accountId, sourceArn: stateMachineArn };
    if (!this.#options.authorizer.mayAssume(roleArn, states)) {
      throw new AwsError(
        'AccessDeniedException',
        `Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.`,
      );
    }
    if (logging === undefined) return;
    const session = roleSession(roleArn, name);
    const delivers = LOG_DELIVERY_ACTIONS.every(action =>
      this.#options.authorizer.allows(session, { action: `logs:${action}`, resource: '*' }),
    );
    // The log of a state machine with a customer managed key is also encrypted with it.
    const encrypts =
      kmsKeyId === undefined ||
      this.#options.checkKeyUse({
        keyId: kmsKeyId,
        action: 'kms:GenerateDataKey',
        encryptionContext: { SourceArn: `arn:${this.#account.partition}:logs:${region}:${accountId}:*` },
        caller: session,
      }) === 'usable';
    if (delivers && encrypts) return;
    throw new AwsError(
      'AccessDeniedException',
      'The state machine IAM Role is not authorized to access the Log Destination',
    );
  }

  /** Sends the trace of an execution; without the permission only the trace is lost. */
  trace({ roleArn, tracing }: StateMachine, executionName: string): void {
    if (!tracing) return;
    const session = roleSession(roleArn, executionName.slice(-64));
    for (const action of TRACE_ACTIONS) {
      this.#options.authorizer.allows(session, { action: `xray:${action}`, resource: '*' });
    }
  }

  /**
   * An execution encrypts its data with the state machine's role, directly: this use has no `kms:ViaService`.
   *
   * @throws AwsError KmsAccessDeniedException, KmsInvalidStateException
   * @see AWS Step Functions Developer Guide, "Data at rest encryption in Step Functions"
   */
  requireEncryption(machine: StateMachine, executionName: string): void {
    const session = roleSession(machine.roleArn, executionName.slice(-64));
    this.#requireKey(machine, { caller: session }, ['kms:GenerateDataKey', 'kms:Decrypt']);
  }

  /**
   * Reading a definition or execution data decrypts it on behalf of the caller.
   *
   * @throws AwsError KmsAccessDeniedException, KmsInvalidStateException
   * @see AWS Step Functions API Reference, DescribeExecution, GetExecutionHistory and DescribeStateMachine
   */
  requireDecryption(machine: StateMachine, caller: Caller): void {
    const viaService = `states.${this.#account.region}.amazonaws.com`;
    this.#requireKey(machine, { caller, viaService }, ['kms:Decrypt']);
  }

  #requireKey(
    { kmsKeyId, stateMachineArn }: StateMachine,
    user: Pick<KeyUse, 'caller' | 'viaService'>,
    actions: readonly KeyUse['action'][],
  ): void {
    if (kmsKeyId === undefined) return;
    const encryptionContext = { 'aws:states:stateMachineArn': stateMachineArn };
    for (const action of actions) {
      const verdict = this.#options.checkKeyUse({ keyId: kmsKeyId, action, encryptionContext, ...user });
      if (verdict === 'usable') continue;
      throw verdict === 'denied'
        ? new AwsError(
            'KmsAccessDeniedException',
            `Not authorized to perform: ${action} on the key ${kmsKeyId} of ${stateMachineArn}`,
          )
        : invalidKeyState(verdict, kmsKeyId);
    }
  }
}

/**
 * Step Functions' error for a key that is disabled, pending deletion or deleted. AWS does not document the text.
 *
 * @see AWS Step Functions API Reference, StartExecution, "Errors"
 */
export function invalidKeyState(failure: KeyFailure, kmsKeyId: string): AwsError {
  const state = KEY_STATES[failure];
  return new AwsError('KmsInvalidStateException', `The KMS key ${kmsKeyId} is not in a valid state.`, {
    details: state === undefined ? {} : { kmsKeyState: state },
  });
}

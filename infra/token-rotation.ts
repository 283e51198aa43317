import { Annotations, Names, Token } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { arnOf } from './arn.ts';
import { applyToAll } from './deployment-options.ts';
import { ExecutionKey } from './execution-key.ts';
import { NAME_PREFIX } from './function-list.ts';
import { functionSettings } from './function-options.ts';
import { gatewayVariables } from './genesys-gateway.ts';
import { InvalidSetting } from './invalid-setting.ts';
import { Logs } from './logs.ts';
import { addOperations } from './operations/operations.ts';
import { checkOperations } from './operations/operations-options.ts';
import { RefreshJournal } from './refresh-journal.ts';
import { removalOf } from './removal.ts';
import { checkResourceCount } from './resource-limit.ts';
import { RotatedSecrets } from './rotated-secrets.ts';
import { rotationFunction } from './rotation-function.ts';
import { rotationSchedule } from './rotation-schedule.ts';
import { SealKey } from './seal-key.ts';
import { RotationStateMachine } from './state-machine.ts';
import { taskFunctions } from './task-functions.ts';
import type { TokenRotationProps } from './token-rotation-props.ts';

// The package's users name them.
export { InvalidSetting } from './invalid-setting.ts';
export type { TokenRotationProps } from './token-rotation-props.ts';

const DAY_HOURS = 24;

/**
 * Keeps the Genesys Cloud tokens of any number of secrets fresh: functions, workflow, keys and schedules, and what
 * tells when that fails.
 */
export class TokenRotation extends Construct {
  readonly rotationFunction: LambdaFunction;
  readonly stateMachine: StateMachine;
  readonly sealKeyArn: string;
  /** The topic that is told of failures. */
  readonly topicArn: string;
  /** Complete ARNs of the secrets that rotate on the schedule. */
  readonly secretArns: readonly string[];

  /** @throws InvalidSetting names the property that cannot be used, and why */
  constructor(scope: Construct, id: string, props: TokenRotationProps) {
    super(scope, id);
    const schedule = rotationSchedule(props.schedule ?? 'rate(8 hours)', props.window ?? '1h');
    const { longestGapHours } = schedule;
    if (longestGapHours >= DAY_HOURS) this.#warnOfLongGap(longestGapHours);
    const namePrefix = checkedPrefix(
      props.namePrefix ?? Names.uniqueResourceName(this, { maxLength: NAME_PREFIX.longest, separator: '-' }),
    );
    const removal = removalOf(props.removalPolicy);
    const logs = new Logs(this, props, removal.records);
    const settings = functionSettings(namePrefix, props, logs);
    const gateway = gatewayVariables(props.genesysGateway);
    checkOperations(props);
    applyToAll(this, props);

    const secrets = new RotatedSecrets(this, 'Secrets', {
      ...props,
      rotationFunctionArn: arnOf(this, 'lambda', 'function', `${namePrefix}-rotation`),
      removalPolicy: removal.credentials,
    });
    const seal = new SealKey(this, 'SealKey', {
      alias: namePrefix,
      secretArns: secrets.contextArns,
      removalPolicy: removal.credentials,
    });
    const journal = new RefreshJournal(this, 'Journal', { removalPolicy: removal.credentials });
    const executionKey = props.encryptExecutionData
      ? new ExecutionKey(this, 'ExecutionKey', {
          namePrefix,
          stateMachineArn: arnOf(this, 'states', 'stateMachine', namePrefix),
          removalPolicy: removal.credentials,
        })
      : undefined;
    const tasks = taskFunctions(this, { settings, secrets, seal, journal, gateway, longestGapHours });
    const { stateMachine } = new RotationStateMachine(this, 'Workflow', {
      name: namePrefix,
      tasks,
      logs,
      executionKey,
    });
    const rotation = rotationFunction(this, { settings, secrets, seal, stateMachine, executionKey });
    seal.restrictTo({
      openers: [tasks.refresh, tasks['store-pending']].map(roleArnOf),
      sealers: [tasks.refresh, rotation].map(roleArnOf),
    });
    secrets.rotateBy(rotation, schedule);

    this.topicArn = addOperations(this, {
      options: props,
      settings,
      secrets,
      schedule,
      removal,
      stateMachine,
      executionKey,
      rotation,
    });
    checkResourceCount(this, props);
    this.rotationFunction = rotation;
    this.stateMachine = stateMachine;
    this.sealKeyArn = seal.arn;
    this.secretArns = secrets.arns;
  }

  #warnOfLongGap(hours: number): void {
    Annotations.of(this).addWarningV2(
      'genesys-token-rotation:longGap',
      `Two rotations can be ${hours} hours or more apart (interval and window), so tokens that live a day die before ` +
        'they are rotated. Shorten the schedule, or see that the OAuth client gives its tokens a longer life (at most 48 hours).',
    );
  }
}

function roleArnOf({ role }: { readonly role?: IRole | undefined }): string {
  if (role === undefined) throw new TypeError('The function has no role.');
  return role.roleArn;
}

function checkedPrefix(prefix: string): string {
  if (Token.isUnresolved(prefix) || !NAME_PREFIX.pattern.test(prefix)) {
    throw new InvalidSetting('namePrefix', `"${prefix}" ${NAME_PREFIX.rule}.`);
  }
  return prefix;
}

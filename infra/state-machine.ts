import { Aws, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  CustomerManagedEncryptionConfiguration,
  DefinitionBody,
  LogLevel,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { definitionText, definitionTextWithoutPublishing } from '../statemachine/definition-text.ts';
import type { ExecutionKey } from './execution-key.ts';
import { TASK_FUNCTIONS, type TaskFunctionName } from './function-list.ts';
import { grant } from './grants.ts';
import type { Logs } from './logs.ts';
import type { TaskTargets } from './task-functions.ts';

/** Props of the workflow. */
export interface RotationStateMachineProps {
  readonly name: string;
  /** The functions of the Tasks; without `publish`, the workflow has no publishing states. */
  readonly tasks: TaskTargets;
  readonly logs: Logs;
  /** Encrypts the executions. Default: an AWS owned key. */
  readonly executionKey?: ExecutionKey | undefined;
}

/**
 * The rotation as a Standard workflow, because only those can be redriven. The template contains the definition file
 * with the functions' ARNs for placeholders such as `${FetchArn}`, and without the publishing states if access tokens
 * are not published. The log has every event but no execution data. The data holds no plaintext secret, but the log
 * need not copy the history.
 */
export class RotationStateMachine extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, { name, tasks, logs, executionKey }: RotationStateMachineProps) {
    super(scope, id);
    // With this prefix, log deliveries need no separate entries in the account's resource policy, whose size is limited
    // (AWS Step Functions Developer Guide, "Using CloudWatch Logs to log execution history").
    const logGroup = logs.group(this, `/aws/vendedlogs/states/${name}`);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      description: `Execution role of the state machine ${name}`,
    });
    grant(
      role,
      {
        sid: 'RunTasks',
        actions: ['lambda:InvokeFunction'],
        resources: Object.values(tasks).map(({ functionArn }) => functionArn),
      },
      { 'Resource::*': 'Log deliveries and X-Ray do not support resource-level permissions.' },
    );
    // CDK grants the role access to logs, traces and the execution key.
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName: name,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(
        tasks.publish === undefined ? definitionTextWithoutPublishing() : definitionText(),
      ),
      definitionSubstitutions: { ...substitutions(tasks), Partition: Aws.PARTITION },
      role,
      logs: { destination: logGroup, level: LogLevel.ALL, includeExecutionData: false },
      tracingEnabled: true,
      ...(executionKey !== undefined && {
        encryptionConfiguration: new CustomerManagedEncryptionConfiguration(executionKey.key),
      }),
    });
  }
}

function substitutions(tasks: TaskTargets): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tasks).map(([name, target]) => [
      `${TASK_FUNCTIONS[name as TaskFunctionName].constructId}Arn`,
      target.functionArn,
    ]),
  );
}

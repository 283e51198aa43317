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

/** What the workflow is made of. */
export interface RotationStateMachineProps {
  readonly name: string;
  /** What each Task invokes; without `publish` the workflow has no states that publish. */
  readonly tasks: TaskTargets;
  readonly logs: Logs;
  /** Encrypts the executions. Without it a key that AWS owns. */
  readonly executionKey?: ExecutionKey | undefined;
}

/**
 * The rotation as a Standard workflow, because only those can be redriven. Its definition goes into the template as it
 * stands in the file, without the states that publish where nothing is published, and with the functions' ARNs for
 * `${FetchArn}` and the like. The log has every event but no execution data: nothing secret is in there, yet the log need
 * not be a copy of the history.
 */
export class RotationStateMachine extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, { name, tasks, logs, executionKey }: RotationStateMachineProps) {
    super(scope, id);
    // Under this prefix log deliveries need no entry each in the account's resource policy, whose size is limited
    // (AWS Step Functions Developer Guide, "Using CloudWatch Logs to log execution history").
    const logGroup = logs.group(this, `/aws/vendedlogs/states/${name}`);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      description: `What the state machine ${name} may do`,
    });
    grant(
      role,
      {
        sid: 'RunTasks',
        actions: ['lambda:InvokeFunction'],
        resources: Object.values(tasks).map(({ functionArn }) => functionArn),
      },
      { 'Resource::*': 'Neither log deliveries nor X-Ray have resources to name.' },
    );
    // CDK grants the role what logs, traces and the execution key need.
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

import { readFileSync } from 'node:fs';
import { Aws, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { FUNCTIONS, type FunctionName } from './function-list.ts';

const DEFINITION = new URL('../statemachine/rotation.asl.json', import.meta.url);

/** What the workflow is made of. */
export interface RotationStateMachineProps {
  readonly name: string;
  /** Every function but `rotation`, which starts the workflow. */
  readonly tasks: Readonly<Record<Exclude<FunctionName, 'rotation'>, IFunction>>;
  readonly logRetention: RetentionDays;
}

/**
 * The rotation as a Standard workflow, because only those can be redriven. Its definition goes into the template as it
 * stands in the file, with the functions' ARNs for `${FetchArn}` and the like. The log has every event but no
 * execution data: nothing secret is in there, yet the log need not be a copy of the history.
 */
export class RotationStateMachine extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: RotationStateMachineProps) {
    super(scope, id);
    const functions = Object.values(props.tasks).map(task => task.functionArn);
    const logGroup = new LogGroup(this, 'Logs', {
      // Under this prefix log deliveries need no entry each in the account's resource policy, whose size is limited
      // (AWS Step Functions Developer Guide, "Using CloudWatch Logs to log execution history").
      logGroupName: `/aws/vendedlogs/states/${props.name}`,
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      description: `What the state machine ${props.name} may do`,
      inlinePolicies: {
        Grants: new PolicyDocument({ statements: [invoke(functions), deliverLogs(), sendTraces()] }),
      },
    });
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName: props.name,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(readFileSync(DEFINITION, 'utf8')),
      definitionSubstitutions: { ...substitutions(props.tasks), Partition: Aws.PARTITION },
      // The construct would add the grants for logs and traces again, in a policy of their own.
      role: role.withoutPolicyUpdates(),
      logs: { destination: logGroup, level: LogLevel.ALL, includeExecutionData: false },
      tracingEnabled: true,
    });
  }
}

function substitutions(tasks: RotationStateMachineProps['tasks']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tasks).map(([name, task]) => [
      `${FUNCTIONS[name as keyof typeof tasks].constructId}Arn`,
      task.functionArn,
    ]),
  );
}

function invoke(functionArns: string[]): PolicyStatement {
  return new PolicyStatement({
    sid: 'RunTasks',
    actions: ['lambda:InvokeFunction'],
    resources: functionArns,
  });
}

/** Log deliveries have no resources to name (AWS Step Functions Developer Guide, as above). */
function deliverLogs(): PolicyStatement {
  return new PolicyStatement({
    sid: 'DeliverLogs',
    actions: [
      'logs:CreateLogDelivery',
      'logs:GetLogDelivery',
      'logs:UpdateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:DescribeResourcePolicies',
      'logs:DescribeLogGroups',
    ],
    resources: ['*'],
  });
}

/** X-Ray has no resources to name (Service Authorization Reference, "AWS X-Ray"). */
function sendTraces(): PolicyStatement {
  return new PolicyStatement({
    sid: 'SendTraces',
    actions: [
      'xray:PutTraceSegments',
      'xray:PutTelemetryRecords',
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
    ],
    resources: ['*'],
  });
}

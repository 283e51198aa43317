import { Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { DeployedFunction, type FunctionSettings } from '../deployed-function.ts';
import type { ExecutionKey } from '../execution-key.ts';
import { grant, grantExecutions } from '../grants.ts';
import type { RotatedSecrets } from '../rotated-secrets.ts';
import type { FailureTopic } from './failure-topic.ts';

/** Props of the notifications. */
export interface NotificationsProps {
  readonly settings: FunctionSettings;
  readonly secrets: RotatedSecrets;
  readonly topic: FailureTopic;
  readonly table: FailuresTable;
  readonly stateMachineArn: string;
  readonly executionKey?: ExecutionKey | undefined;
  readonly rotationFunctionArn: string;
  readonly runbookUrl?: string | undefined;
}

/** Lambda's maximum retry attempts and event age for asynchronous invocations. */
const INVOCATION_LIMITS = { retryAttempts: 2, maxEventAge: Duration.hours(6) };

/** The function that reports failed rotations and recoveries to the topic, and the rule that invokes it. */
export class Notifications extends Construct {
  readonly lambda: LambdaFunction;

  constructor(scope: Construct, id: string, props: NotificationsProps) {
    super(scope, id);
    const {
      settings,
      secrets,
      topic,
      table,
      stateMachineArn,
      rotationFunctionArn,
      executionKey,
      runbookUrl,
    } = props;
    const { namePrefix } = settings;
    const notify = new DeployedFunction(scope, {
      name: 'notify',
      settings,
      environment: {
        TOPIC_ARN: topic.topic.topicArn,
        FAILURES_TABLE: table.name,
        ROTATION_FUNCTION_ARN: rotationFunctionArn,
        ...(runbookUrl !== undefined && { RUNBOOK_URL: runbookUrl }),
      },
      invocation: INVOCATION_LIMITS,
    });
    this.lambda = notify.lambda;
    grantExecutions(notify, {
      sid: 'ReadRotation',
      namePrefix,
      actions: ['states:DescribeExecution', 'states:GetExecutionHistory'],
    });
    executionKey?.grantRead(notify);
    secrets.grant(notify, 'DescribeSecret');
    table.grantReadWrite(notify);
    topic.grantPublish(notify);

    new Rule(this, 'Executions', {
      ruleName: `${namePrefix}-executions`,
      description: 'Reports failures and recoveries of the Genesys Cloud token rotation',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: [stateMachineArn],
          status: ['FAILED', 'TIMED_OUT', 'ABORTED', 'SUCCEEDED'],
        },
      },
      targets: [new LambdaTarget(this.lambda, INVOCATION_LIMITS)],
    });
  }
}

/** Props of the table. */
export interface FailuresTableProps {
  readonly namePrefix: string;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * Records which credentials are failing and since when, so that each failure and each recovery is reported once. An
 * entry expires at `expiresAt`.
 */
export class FailuresTable extends Construct {
  readonly name: string;
  readonly #arn: string;

  constructor(scope: Construct, id: string, props: FailuresTableProps) {
    super(scope, id);
    const table = new Table(this, 'Table', {
      tableName: `${props.namePrefix}-failures`,
      partitionKey: { name: 'subject', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: 'expiresAt',
      removalPolicy: props.removalPolicy,
    });
    Validations.of(table).acknowledge({
      id: 'AwsSolutions-DDB3',
      reason:
        'The table only prevents repeated notifications. Without its items, each failure is reported again.',
    });
    this.name = table.tableName;
    this.#arn = table.tableArn;
  }

  /** Grants reading, writing and deleting single items by key. */
  grantReadWrite(grantee: IGrantable): void {
    grant(grantee, {
      sid: 'RememberFailures',
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
      resources: [this.#arn],
    });
  }
}

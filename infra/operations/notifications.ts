import { Duration } from 'aws-cdk-lib';
import { type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { arnOf } from '../arn.ts';
import { DeployedFunction } from '../deployed-function.ts';
import type { ExecutionKey } from '../execution-key.ts';
import type { FunctionSettings } from '../function-options.ts';
import type { FailureTopic } from './failure-topic.ts';
import type { FailuresTable } from './failures-table.ts';

/** What a notification is made from. */
export interface NotificationsProps {
  readonly settings: FunctionSettings;
  readonly topic: FailureTopic;
  readonly table: FailuresTable;
  readonly stateMachineArn: string;
  readonly executionKey?: ExecutionKey | undefined;
  readonly rotationFunctionArn: string;
  readonly runbookUrl?: string | undefined;
}

/** As often as Lambda repeats an asynchronous invocation at most, and for as long as it keeps the event at most. */
const INSISTENCE = { retryAttempts: 2, maxEventAge: Duration.hours(6) };

/** Tells the topic of each rotation that failed, and of its end: the function, and the events that it hears of. */
export class Notifications extends Construct {
  readonly lambda: LambdaFunction;

  constructor(scope: Construct, id: string, props: NotificationsProps) {
    super(scope, id);
    const { settings, topic, table, stateMachineArn, rotationFunctionArn, executionKey, runbookUrl } = props;
    const { namePrefix } = settings;
    this.lambda = new DeployedFunction(scope, {
      name: 'notify',
      settings,
      grants: [
        this.#readExecutions(namePrefix),
        ...(executionKey === undefined ? [] : [executionKey.forReader()]),
        this.#tellSecretsApart(),
        table.allowEntries(),
        ...topic.allowPublishing(),
      ],
      wildcards: {
        [`Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:${namePrefix}:*`]:
          'The executions of the one state machine; they have no names before they are there.',
        'Resource::arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:*':
          'Only metadata, which tells the secrets of this deployment from those of others.',
      },
      environment: {
        TOPIC_ARN: topic.topic.topicArn,
        FAILURES_TABLE: table.name,
        ROTATION_FUNCTION_ARN: rotationFunctionArn,
        ...(runbookUrl !== undefined && { RUNBOOK_URL: runbookUrl }),
      },
      invocation: INSISTENCE,
    }).lambda;

    this.#hearOf('Executions', `${namePrefix}-executions`, {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: {
        stateMachineArn: [stateMachineArn],
        status: ['FAILED', 'TIMED_OUT', 'ABORTED', 'SUCCEEDED'],
      },
    });
    this.#hearOf('Rotations', `${namePrefix}-rotations`, {
      source: ['aws.secretsmanager'],
      detailType: ['AWS Service Event via CloudTrail'],
      detail: {
        eventSource: ['secretsmanager.amazonaws.com'],
        eventName: ['RotationFailed', 'RotationSucceeded'],
      },
    });
  }

  #readExecutions(namePrefix: string): PolicyStatement {
    return new PolicyStatement({
      sid: 'ReadRotation',
      actions: ['states:DescribeExecution', 'states:GetExecutionHistory'],
      resources: [arnOf(this, 'states', 'execution', `${namePrefix}:*`)],
    });
  }

  /** Secrets Manager reports the rotations of every secret; whose function a secret has stands in its metadata. */
  #tellSecretsApart(): PolicyStatement {
    return new PolicyStatement({
      sid: 'TellSecretsApart',
      actions: ['secretsmanager:DescribeSecret'],
      resources: [arnOf(this, 'secretsmanager', 'secret', '*')],
    });
  }

  #hearOf(id: string, ruleName: string, eventPattern: EventPattern): void {
    new Rule(this, id, {
      ruleName,
      description: 'Lets the Genesys Cloud token rotation notify of failures and their end',
      eventPattern,
      targets: [new LambdaTarget(this.lambda, INSISTENCE)],
    });
  }
}

import type { RemovalPolicy } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { FunctionSettings } from '../deployed-function.ts';
import type { ExecutionKey } from '../execution-key.ts';
import { deployedFunctionNames } from '../function-list.ts';
import type { NotificationOptions, TokenRotationProps } from '../options.ts';
import type { RotatedSecrets } from '../rotated-secrets.ts';
import type { ScheduleFigures } from '../rotation-schedule.ts';
import { Alarms } from './alarms.ts';
import { Dashboard } from './dashboard.ts';
import { FailureTopic } from './failure-topic.ts';
import { FailuresTable, Notifications } from './notifications.ts';
import { OverdueCheck } from './overdue-check.ts';

/** Props of the operations resources. */
export interface OperationsProps {
  readonly options: NotificationOptions & Pick<TokenRotationProps, 'publishAccessTokens'>;
  readonly settings: FunctionSettings;
  readonly secrets: RotatedSecrets;
  readonly schedule: ScheduleFigures;
  /** Applies to the resources that only record rotations. */
  readonly removalPolicy: RemovalPolicy;
  readonly stateMachine: StateMachine;
  readonly executionKey?: ExecutionKey | undefined;
  readonly rotation: LambdaFunction;
}

/**
 * Adds the resources that monitor rotations: topic, notifications, overdue check, alarms and dashboard.
 *
 * @returns the topic
 */
export function addOperations(scope: Construct, props: OperationsProps): ITopic {
  const { options, settings, secrets, schedule, removalPolicy, stateMachine, executionKey, rotation } = props;
  const { namePrefix } = settings;
  const { runbookUrl } = options;
  const records = { namePrefix, removalPolicy };

  const topic = new FailureTopic(scope, 'FailureTopic', { ...options, ...records });
  const notify = new Notifications(scope, 'Notifications', {
    settings,
    secrets,
    topic,
    table: new FailuresTable(scope, 'Failures', records),
    stateMachineArn: stateMachine.stateMachineArn,
    executionKey,
    rotationFunctionArn: rotation.functionArn,
    runbookUrl,
  }).lambda;
  const overdueCheck = new OverdueCheck(scope, 'OverdueCheckSchedule', {
    settings,
    schedule,
    rotationFunctionArn: rotation.functionArn,
  }).lambda;
  if (options.alarms ?? true) {
    new Alarms(scope, 'Alarms', {
      namePrefix,
      topic: topic.topic,
      stateMachine,
      rotation,
      notify,
      overdueCheck,
      schedule,
      runbookUrl,
    });
  }
  new Dashboard(scope, 'Dashboard', {
    namePrefix,
    stateMachine,
    rotation,
    schedule,
    logGroupNames: deployedFunctionNames(options).map(name => `/aws/lambda/${namePrefix}-${name}`),
  });
  return topic.topic;
}

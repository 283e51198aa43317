import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { AWS_CLIENT_LIMITS } from '../shared/aws-clients.ts';
import { optionalVariable, requiredVariable } from '../shared/input/environment.ts';
import { deploymentOf } from './deployment.ts';
import { parseNotificationEvent } from './notification-event.ts';
import { notify } from './notify.ts';

const topicArn = requiredVariable('TOPIC_ARN');
const tableName = requiredVariable('FAILURES_TABLE');
const deployment = deploymentOf(requiredVariable('ROTATION_FUNCTION_ARN'), optionalVariable('RUNBOOK_URL'));
const stepFunctions = new SFNClient(AWS_CLIENT_LIMITS);
const secrets = new SecretsManagerClient(AWS_CLIENT_LIMITS);
const dynamoDb = new DynamoDBClient(AWS_CLIENT_LIMITS);
const sns = new SNSClient(AWS_CLIENT_LIMITS);

/** Reports failed rotations and recoveries. EventBridge invokes it when an execution closes. */
export async function handler(event: unknown): Promise<void> {
  await notify(parseNotificationEvent(event), {
    stepFunctions,
    secrets,
    dynamoDb,
    tableName,
    sns,
    topicArn,
    deployment,
    now: () => new Date(),
    sleep,
  });
}

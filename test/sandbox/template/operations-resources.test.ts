import { CfnOutput, CfnResource, Duration, type Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { describe, expect, it } from 'vitest';
import { readMini } from './synthesised-stack.ts';

const ACCOUNT = 'eu-central-1:123456789012';
const FUNCTION_ARN = `arn:aws:lambda:${ACCOUNT}:function:notify`;

function resource(type: string, properties: object): (stack: Stack) => void {
  return stack => void new CfnResource(stack, 'Odd', { type, properties: { ...properties } });
}

describe('topics of a stack', () => {
  it('have their key and their subscriptions', () => {
    const { topics, subscriptions, keys, outputs } = readMini(stack => {
      const topic = new sns.Topic(stack, 'Topic', {
        topicName: 'mini-topic',
        masterKey: new kms.Key(stack, 'Key'),
      });
      topic.addSubscription(new EmailSubscription('ops@example.com'));
      stack.exportValue(topic.topicArn, { name: 'Topic' });
    });

    const arn = `arn:aws:sns:${ACCOUNT}:mini-topic`;
    expect(topics).toStrictEqual([
      {
        logicalId: expect.stringMatching(/^Topic/),
        name: 'mini-topic',
        arn,
        kmsKeyId: keys[0]?.arn,
      },
    ]);
    expect(subscriptions).toStrictEqual([
      {
        logicalId: expect.stringMatching(/^Topic/),
        arn: expect.stringMatching(new RegExp(`^${arn}:[0-9a-f-]{36}$`)),
        topicArn: arn,
        protocol: 'email',
        endpoint: 'ops@example.com',
      },
    ]);
    expect(Object.values(outputs)).toStrictEqual([arn]);
  });

  it('have the subscriptions in their own definition', () => {
    const { subscriptions } = readMini(
      resource('AWS::SNS::Topic', {
        TopicName: 'mini-topic',
        Subscription: [{ Protocol: 'email', Endpoint: 'ops@example.com' }],
      }),
    );

    expect(subscriptions).toMatchObject([
      { topicArn: `arn:aws:sns:${ACCOUNT}:mini-topic`, protocol: 'email', endpoint: 'ops@example.com' },
    ]);
  });
});

describe('rules of a stack', () => {
  it('have their pattern and targets, or their schedule', () => {
    const { rules } = readMini(stack => {
      const target = { bind: () => ({ arn: FUNCTION_ARN }) };
      new events.Rule(stack, 'Failures', {
        ruleName: 'mini-failures',
        eventPattern: { source: ['aws.states'], detailType: ['Changed'], account: [stack.account] },
        targets: [target],
      });
      new events.Rule(stack, 'OverdueCheck', {
        ruleName: 'mini-overdue-check',
        schedule: events.Schedule.rate(Duration.hours(1)),
        enabled: false,
        targets: [target],
      });
    });

    expect(rules).toStrictEqual([
      {
        logicalId: expect.stringMatching(/^Failures/),
        name: 'mini-failures',
        arn: `arn:aws:events:${ACCOUNT}:rule/mini-failures`,
        enabled: true,
        eventPattern: { source: ['aws.states'], 'detail-type': ['Changed'], account: ['123456789012'] },
        scheduleExpression: undefined,
        targetArns: [FUNCTION_ARN],
      },
      {
        logicalId: expect.stringMatching(/^OverdueCheck/),
        name: 'mini-overdue-check',
        arn: `arn:aws:events:${ACCOUNT}:rule/mini-overdue-check`,
        enabled: false,
        eventPattern: undefined,
        scheduleExpression: 'rate(1 hour)',
        targetArns: [FUNCTION_ARN],
      },
    ]);
  });
});

describe('tables of a stack', () => {
  it('have their partition key, time to live and ARN', () => {
    const { tables, outputs } = readMini(stack => {
      const table = new dynamodb.Table(stack, 'Failures', {
        tableName: 'mini-failures',
        partitionKey: { name: 'subject', type: dynamodb.AttributeType.STRING },
        billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
        timeToLiveAttribute: 'expiresAt',
        pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      });
      stack.exportValue(table.tableArn, { name: 'Arn' });
    });

    const arn = `arn:aws:dynamodb:${ACCOUNT}:table/mini-failures`;
    expect(tables).toStrictEqual([
      {
        logicalId: expect.stringMatching(/^Failures/),
        name: 'mini-failures',
        arn,
        partitionKey: 'subject',
        sortKey: undefined,
        timeToLiveAttribute: 'expiresAt',
      },
    ]);
    expect(Object.values(outputs)).toStrictEqual([arn]);
  });

  it('have their sort key, and a generated name that Ref and Arn also use', () => {
    const { tables, outputs } = readMini(stack => {
      const table = new dynamodb.Table(stack, 'Journal', {
        partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
        sortKey: { name: 'sk', type: dynamodb.AttributeType.STRING },
        billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
        encryption: dynamodb.TableEncryption.AWS_MANAGED,
        deletionProtection: true,
        pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      });
      new CfnOutput(stack, 'Name', { value: table.tableName });
      new CfnOutput(stack, 'Arn', { value: table.tableArn });
    });

    const [table] = tables;
    expect(table).toMatchObject({
      name: expect.stringMatching(/^.+-Journal[0-9A-F]{8}-[0-9A-F]{12}$/),
      arn: `arn:aws:dynamodb:${ACCOUNT}:table/${table?.name}`,
      partitionKey: 'pk',
      sortKey: 'sk',
    });
    expect(outputs).toStrictEqual({ Name: table?.name, Arn: table?.arn });
  });

  it('have no time to live while it is not enabled', () => {
    const { tables } = readMini(
      resource('AWS::DynamoDB::Table', {
        AttributeDefinitions: [{ AttributeName: 'subject', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'subject', KeyType: 'HASH' }],
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: false },
      }),
    );

    expect(tables[0]?.timeToLiveAttribute).toBeUndefined();
  });
});

describe('a stack', () => {
  const hashKey = {
    AttributeDefinitions: [{ AttributeName: 'subject', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'subject', KeyType: 'HASH' }],
  };

  it.each<[string, string, object]>([
    ['FifoTopic', 'AWS::SNS::Topic', { FifoTopic: true }],
    ['Protocol', 'AWS::SNS::Subscription', { TopicArn: 't', Protocol: 'sqs', Endpoint: 'q' }],
    ['EventBusName', 'AWS::Events::Rule', { EventBusName: 'other' }],
    ['Targets.Input', 'AWS::Events::Rule', { Targets: [{ Id: 'T', Arn: FUNCTION_ARN, Input: '{}' }] }],
    [
      'Targets.InputTransformer',
      'AWS::Events::Rule',
      { Targets: [{ Id: 'T', Arn: FUNCTION_ARN, InputTransformer: {} }] },
    ],
    [
      'AttributeDefinitions.N',
      'AWS::DynamoDB::Table',
      { ...hashKey, AttributeDefinitions: [{ AttributeName: 'subject', AttributeType: 'N' }] },
    ],
    [
      'AttributeDefinitions.B',
      'AWS::DynamoDB::Table',
      {
        AttributeDefinitions: [...hashKey.AttributeDefinitions, { AttributeName: 'at', AttributeType: 'B' }],
        KeySchema: [...hashKey.KeySchema, { AttributeName: 'at', KeyType: 'RANGE' }],
      },
    ],
    ['GlobalSecondaryIndexes', 'AWS::DynamoDB::Table', { ...hashKey, GlobalSecondaryIndexes: [] }],
    ['ResourcePolicy', 'AWS::DynamoDB::Table', { ...hashKey, ResourcePolicy: { PolicyDocument: {} } }],
    [
      'SSESpecification.KMSMasterKeyId',
      'AWS::DynamoDB::Table',
      { ...hashKey, SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: 'key' } },
    ],
  ])('is refused for %s of %s, which is not emulated', (property, type, properties) => {
    const read = () => readMini(resource(type, properties));

    expect(read).toThrow(
      expect.objectContaining({ name: 'UnresolvableTemplate', logicalId: 'Odd', intrinsic: property }),
    );
  });
});

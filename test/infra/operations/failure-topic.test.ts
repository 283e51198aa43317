import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import {
  arn,
  deployment,
  everyOption,
  logicalId,
  propertiesOf,
  statementsOf,
  template,
} from '../deployment.ts';

const EXISTING = 'arn:aws:sns:eu-central-1:111122223333:on-call';
const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/8c1f0a52-0000-4000-8000-000000000000';

const plain = template();
const topic = { Ref: logicalId(plain, 'AWS::SNS::Topic') };
const SOURCE_ACCOUNT = { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } };

describe('the subscriptions', () => {
  it.each([
    ['the created topic has no subscription', {}, 1],
    ['an address is subscribed', { notificationEmails: ['team@example.com'] }, 0],
    ['the topic already exists', { notificationTopicArn: EXISTING }, 0],
  ])('cause a warning only if nobody is notified: %s', (_case, options, warnings) => {
    const found = Annotations.fromStack(deployment(options)).findWarning(
      '*',
      Match.stringLikeRegexp('no subscription'),
    );

    expect(found.map(({ id }) => id)).toEqual(Array(warnings).fill('/tokens/TokenRotation/FailureTopic'));
  });
});

describe('the topic', () => {
  it('is encrypted with a customer managed key, which is rotated', () => {
    const [properties] = propertiesOf(plain, 'AWS::SNS::Topic');

    const key = logicalId(plain, 'AWS::KMS::Key', {
      Description: 'Encrypts the notifications of the Genesys Cloud token rotation',
    });
    expect(properties).toMatchObject({
      TopicName: 'tokens-failures',
      KmsMasterKeyId: { 'Fn::GetAtt': [key, 'Arn'] },
    });
    plain.allResourcesProperties('AWS::KMS::Key', { EnableKeyRotation: true });
    plain.hasResourceProperties('AWS::KMS::Alias', { AliasName: 'alias/tokens/failures' });
  });

  it('requires TLS, and accepts only alarms of this deployment from CloudWatch', () => {
    const [policy] = propertiesOf(plain, 'AWS::SNS::TopicPolicy');

    const alarms = propertiesOf(plain, 'AWS::CloudWatch::Alarm').map(({ AlarmName }) =>
      arn('cloudwatch', `alarm:${AlarmName}`),
    );
    expect(policy?.PolicyDocument).toMatchObject({
      Statement: [
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 'sns:Publish',
          Resource: topic,
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
        {
          Effect: 'Allow',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Action: 'sns:Publish',
          Resource: topic,
          Condition: { StringEquals: SOURCE_ACCOUNT, ArnEquals: { 'aws:SourceArn': alarms } },
        },
      ],
    });
    expect(alarms).toHaveLength(8);
  });

  it('allows alarms of this account to use its key, and leaves everyone else to IAM', () => {
    const [, key] = propertiesOf(plain, 'AWS::KMS::Key');

    expect(key?.KeyPolicy).toMatchObject({
      Statement: [
        { Action: 'kms:*', Effect: 'Allow' },
        {
          Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
          Effect: 'Allow',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Condition: { StringEquals: SOURCE_ACCOUNT },
        },
      ],
    });
  });

  it('allows CloudWatch nothing without alarms', () => {
    const stack = template({ alarms: false });

    const policies = JSON.stringify([
      propertiesOf(stack, 'AWS::SNS::TopicPolicy'),
      propertiesOf(stack, 'AWS::KMS::Key'),
    ]);
    expect(policies).toContain('aws:SecureTransport');
    expect(policies).not.toContain('cloudwatch.amazonaws.com');
  });

  it('has a subscription for each address', () => {
    const stack = template({ notificationEmails: ['a@example.com', 'b@example.com'] });

    expect(propertiesOf(stack, 'AWS::SNS::Subscription')).toEqual(
      ['a@example.com', 'b@example.com'].map(Endpoint => ({ Endpoint, Protocol: 'email', TopicArn: topic })),
    );
  });

  it('is the given topic, if there is one', () => {
    const stack = template({ notificationTopicArn: EXISTING, notificationEmails: ['a@example.com'] });

    stack.resourceCountIs('AWS::SNS::Topic', 0);
    stack.resourceCountIs('AWS::SNS::TopicPolicy', 0);
    stack.resourceCountIs('AWS::KMS::Key', 1);
    stack.allResourcesProperties('AWS::SNS::Subscription', { TopicArn: EXISTING });
    stack.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [EXISTING] });
    expect(stack.toJSON().Outputs.TopicArn.Value).toBe(EXISTING);
  });

  it.each([
    ['no key', {}, ['Publish']],
    ['its key', { notificationTopicKeyArn: KEY }, ['Publish', 'EncryptMessages']],
  ])('allows notify to use the given topic and %s', (_case, options, sids) => {
    const stack = template({ notificationTopicArn: EXISTING, ...options });

    const found = statementsOf(stack, 'tokens-notify').filter(({ Sid }) =>
      ['Publish', 'EncryptMessages'].includes(Sid ?? ''),
    );
    expect(found.map(({ Sid, Resource }) => [Sid, Resource])).toEqual(
      sids.map(sid => [sid, sid === 'Publish' ? EXISTING : KEY]),
    );
  });

  it('is in the environment of notify', () => {
    const given = everyOption();

    const stack = template(given);

    stack.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'tokens-notify',
      Environment: {
        Variables: { TOPIC_ARN: given.notificationTopicArn, RUNBOOK_URL: given.runbookUrl },
      },
    });
  });
});

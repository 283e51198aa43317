import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../infra/context.ts';

describe('readSettings', () => {
  it('sets only the name of the stack when no key is set', () => {
    const read = readSettings({});

    expect(read).toEqual({ stackName: 'genesys-token-rotation' });
  });

  it('reads every key from the command line', () => {
    const read = readSettings({
      stackName: 'tokens',
      secretArns: 'arn:one, arn:two',
      secretArnPatterns: 'arn:*',
      secretNames: 'genesys/a',
      allSecrets: 'true',
      secretKeyArn: 'arn:own-key',
      secretKeyArns: 'arn:key',
      schedule: 'rate(4 hours)',
      window: '2h',
      memoryMb: '1024',
      reservedConcurrency: '20',
      vpcSubnetIds: 'subnet-1,subnet-2',
      vpcSecurityGroupIds: 'sg-1',
      logRetentionDays: '30',
      logKeyArn: 'arn:log-key',
      encryptExecutionData: 'true',
      notificationEmails: 'a@example.com, b@example.com',
      notificationTopicArn: 'arn:topic',
      notificationTopicKeyArn: 'arn:topic-key',
      alarms: 'false',
      runbookUrl: 'https://wiki.example/runbook',
      tags: 'team=contact-center, note=a=b',
      permissionsBoundaryArn: 'arn:boundary',
      removalPolicy: 'destroy',
      genesysLoginUrl: 'https://gateway.example/login',
      genesysApiUrl: 'https://gateway.example/api',
    });

    expect(read).toEqual({
      stackName: 'tokens',
      secretArns: ['arn:one', 'arn:two'],
      secretArnPatterns: ['arn:*'],
      secretNames: ['genesys/a'],
      allSecrets: true,
      secretKeyArn: 'arn:own-key',
      secretKeyArns: ['arn:key'],
      schedule: 'rate(4 hours)',
      window: '2h',
      memoryMb: 1024,
      reservedConcurrency: 20,
      vpc: { subnetIds: ['subnet-1', 'subnet-2'], securityGroupIds: ['sg-1'] },
      logRetention: RetentionDays.ONE_MONTH,
      logKeyArn: 'arn:log-key',
      encryptExecutionData: true,
      notificationEmails: ['a@example.com', 'b@example.com'],
      notificationTopicArn: 'arn:topic',
      notificationTopicKeyArn: 'arn:topic-key',
      alarms: false,
      runbookUrl: 'https://wiki.example/runbook',
      tags: { team: 'contact-center', note: 'a=b' },
      permissionsBoundaryArn: 'arn:boundary',
      removalPolicy: 'destroy',
      genesysGateway: { loginUrl: 'https://gateway.example/login', apiUrl: 'https://gateway.example/api' },
    });
  });

  it('reads values from a JSON file', () => {
    const read = readSettings({
      secretNames: ['genesys/a', 'genesys/b'],
      memoryMb: 256,
      logRetentionDays: 7,
      alarms: false,
      tags: { team: 'contact-center' },
    });

    expect(read).toEqual({
      stackName: 'genesys-token-rotation',
      secretNames: ['genesys/a', 'genesys/b'],
      memoryMb: 256,
      logRetention: RetentionDays.ONE_WEEK,
      alarms: false,
      tags: { team: 'contact-center' },
    });
  });

  it.each([
    ['stackName', 'my_stack'],
    ['stackName', '1st'],
    ['stackName', 'a'.repeat(51)],
    ['secretArns', ''],
    ['secretArns', 'arn:one,'],
    ['secretArnPatterns', 7],
    ['secretNames', [7]],
    ['secretKeyArns', true],
    ['schedule', ''],
    ['window', 1],
    ['memoryMb', '512MB'],
    ['memoryMb', 512.5],
    ['memoryMb', '-512'],
    ['logRetentionDays', '31'],
    ['logRetentionDays', '9999'],
    ['logRetentionDays', 'ONE_MONTH'],
    ['genesysLoginUrl', ''],
    ['genesysApiUrl', ''],
    ['reservedConcurrency', 'ten'],
    ['vpcSubnetIds', ''],
    ['encryptExecutionData', 'yes'],
    ['alarms', 0],
    ['alarms', ''],
    ['tags', ''],
    ['tags', 'team'],
    ['tags', '=contact-center'],
    ['tags', 'team=a,team=b'],
    ['tags', { team: 7 }],
    ['removalPolicy', 'snapshot'],
    ['runbookUrl', ''],
  ])('refuses %s=%j and names the key', (key, value) => {
    expect(() => readSettings({ [key]: value })).toThrow(
      expect.objectContaining({ name: 'InvalidSetting', setting: key }),
    );
  });

  it.each([
    ['notificationEmail', 'notificationEmails'],
    ['secretsNames', 'secretNames'],
    ['stackname', 'stackName'],
    ['vpcSubnets', 'vpcSubnetIds'],
    ['kmsKeyArn', 'logKeyArn'],
  ])('refuses %s, which is not an option, and suggests %s', (unknown, suggested) => {
    expect(() => readSettings({ [unknown]: 'x' })).toThrow(
      expect.objectContaining({
        name: 'InvalidSetting',
        setting: unknown,
        message: expect.stringContaining(`Did you mean ${suggested}?`),
      }),
    );
  });

  it.each([
    '@aws-cdk/core:newStyleStackSynthesis',
    'aws:cdk:enable-path-metadata',
    'availability-zones:account=123456789012:region=eu-central-1',
    'cli-telemetry',
  ])('ignores the CDK key %s', key => {
    expect(readSettings({ [key]: true })).toEqual({ stackName: 'genesys-token-rotation' });
  });

  it.each([
    ['genesysApiUrl', { genesysLoginUrl: 'https://gateway.example/login' }],
    ['genesysLoginUrl', { genesysApiUrl: 'https://gateway.example/api' }],
    ['vpcSecurityGroupIds', { vpcSubnetIds: 'subnet-1' }],
    ['vpcSubnetIds', { vpcSecurityGroupIds: 'sg-1' }],
  ])('requires %s when only the other setting is given', (missing, context) => {
    expect(() => readSettings(context)).toThrow(
      expect.objectContaining({ name: 'InvalidSetting', setting: missing }),
    );
  });
});

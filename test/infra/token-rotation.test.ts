import { Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { type CfnKey, Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, it, vi } from 'vitest';
import { FUNCTIONS } from '../../infra/function-list.ts';
import { TokenRotation } from '../../infra/token-rotation.ts';
import {
  app,
  BUNDLES,
  deployment,
  everyOption,
  failuresTableId,
  functionId,
  journalTableId,
  logicalId,
  propertiesOf,
  roleId,
  type Settings,
  type Statement,
  template,
} from './deployment.ts';

const GATEWAY = { loginUrl: 'https://gateway.example/login', apiUrl: 'https://gateway.example/api' };

const plain = template();
const changed = template({ memoryMb: 1024, logRetention: RetentionDays.ONE_YEAR, genesysGateway: GATEWAY });

function functionCalled(name: string, stack: Template = plain): Record<string, unknown> {
  const [found] = Object.values(
    stack.findResources('AWS::Lambda::Function', { Properties: { FunctionName: name } }),
  );
  return found?.Properties;
}

const SEAL_KEY_ARN = {
  'Fn::GetAtt': [logicalId(plain, 'AWS::KMS::Key', { PendingWindowInDays: 30 }), 'Arn'],
};
const JOURNAL_TABLE = { Ref: journalTableId(plain) };
const STATE_MACHINE_ARN = { Ref: logicalId(plain, 'AWS::StepFunctions::StateMachine') };
const ROTATION_FUNCTION_ARN = { 'Fn::GetAtt': [functionId(plain, 'rotation'), 'Arn'] };
const EVERY_FUNCTION = {
  POWERTOOLS_SERVICE_NAME: 'tokens',
  POWERTOOLS_METRICS_NAMESPACE: 'GenesysTokenRotation',
};

describe('the functions', () => {
  it.each([
    ['rotation', { STATE_MACHINE_ARN, SEAL_KEY_ARN }],
    ['fetch', { HOST_REQUIRED: 'true' }],
    ['refresh', { JOURNAL_TABLE, SEAL_KEY_ARN, MAX_GAP_HOURS: '9', HOST_REQUIRED: 'true' }],
    ['store-pending', { JOURNAL_TABLE, SEAL_KEY_ARN, MAX_GAP_HOURS: '9' }],
    ['verify', { HOST_REQUIRED: 'true' }],
    ['promote', { JOURNAL_TABLE, MAX_GAP_HOURS: '9' }],
    [
      'notify',
      {
        TOPIC_ARN: { Ref: logicalId(plain, 'AWS::SNS::Topic') },
        FAILURES_TABLE: { Ref: failuresTableId(plain) },
        ROTATION_FUNCTION_ARN,
      },
    ],
    [
      'overdue-check',
      {
        ROTATION_FUNCTION_ARN,
        SCHEDULE_EXPRESSION: 'rate(8 hours)',
        ROTATION_WINDOW: '1h',
        MAX_GAP_HOURS: '9',
      },
    ],
  ] as const)('share their settings; %s has its own timeout and variables', (name, variables) => {
    const properties = functionCalled(`tokens-${name}`);

    const logGroup = logicalId(plain, 'AWS::Logs::LogGroup', {
      LogGroupName: `/aws/lambda/tokens-${name}`,
      RetentionInDays: 90,
    });
    expect(properties).toEqual({
      Architectures: ['arm64'],
      Code: expect.anything(),
      Environment: { Variables: { ...EVERY_FUNCTION, ...variables } },
      FunctionName: `tokens-${name}`,
      Handler: 'index.handler',
      LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: logGroup } },
      MemorySize: 512,
      Role: expect.anything(),
      Runtime: 'nodejs24.x',
      Timeout: FUNCTIONS[name].timeoutSeconds,
      TracingConfig: { Mode: 'Active' },
    });
  });

  it('are exactly these eight, without functions that CDK adds', () => {
    plain.resourceCountIs('AWS::Lambda::Function', 8);
    expect(Object.keys(plain.toJSON().Resources).filter(id => id.includes('Custom'))).toEqual([]);
  });

  it.each([
    ['refresh', true],
    ['verify', true],
    ['rotation', false],
    ['store-pending', false],
    ['notify', false],
  ])('give %s the gateway only if it calls Genesys Cloud', (name, callsGenesys) => {
    const variables = functionCalled(`tokens-${name}`, changed).Environment;

    const gateway = { GENESYS_LOGIN_URL: GATEWAY.loginUrl, GENESYS_API_URL: GATEWAY.apiUrl };
    expect(variables).toEqual({
      Variables: callsGenesys ? expect.objectContaining(gateway) : expect.not.objectContaining(gateway),
    });
  });

  it.each([
    ['secretArns', { secretArns: everyOption().secretArns ?? [] }],
    ['secretArnPatterns', { secretArnPatterns: everyOption().secretArnPatterns ?? [] }],
    ['secretNames', { secretNames: ['genesys/a'] }],
  ])('do not require a host in the value of secrets from %s', (_option, selection) => {
    const variables = propertiesOf(template(selection), 'AWS::Lambda::Function');

    expect(JSON.stringify(variables)).not.toContain('HOST_REQUIRED');
  });

  it('have the given memory, and their logs have the given retention', () => {
    changed.allResourcesProperties('AWS::Lambda::Function', { MemorySize: 1024 });
    changed.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 365 });
  });

  it('run outside any VPC and share the concurrency of the account', () => {
    const properties = propertiesOf(plain, 'AWS::Lambda::Function');

    expect(properties.filter(({ VpcConfig }) => VpcConfig !== undefined)).toEqual([]);
    expect(
      properties.filter(({ ReservedConcurrentExecutions }) => ReservedConcurrentExecutions !== undefined),
    ).toEqual([]);
  });
});

describe('the permissions', () => {
  it('allow Secrets Manager to invoke the rotation function for this account, and the rules to invoke their targets', () => {
    const permissions = propertiesOf(plain, 'AWS::Lambda::Permission');

    const call = (name: string) => ({
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': [functionId(plain, name), 'Arn'] },
    });
    const rule = (Name: string) => ({
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': [logicalId(plain, 'AWS::Events::Rule', { Name }), 'Arn'] },
    });
    expect(permissions).toEqual([
      {
        ...call('rotation'),
        Principal: 'secretsmanager.amazonaws.com',
        SourceAccount: { Ref: 'AWS::AccountId' },
      },
      { ...call('notify'), ...rule('tokens-executions') },
      { ...call('overdue-check'), ...rule('tokens-overdue-check') },
    ]);
  });
});

describe('the seal key', () => {
  it('is rotated, and has a deletion window of 30 days', () => {
    plain.hasResource('AWS::KMS::Key', {
      Properties: { EnableKeyRotation: true, PendingWindowInDays: 30 },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
    plain.hasResourceProperties('AWS::KMS::Alias', { AliasName: 'alias/tokens' });
  });

  /** The statements of the key's policy. */
  function policyOf(stack: Template): unknown {
    const [key] = propertiesOf(stack, 'AWS::KMS::Key').filter(
      ({ PendingWindowInDays }) => PendingWindowInDays,
    );
    return (key?.KeyPolicy as { Statement: unknown } | undefined)?.Statement;
  }
  const role = (name: string) => ({ 'Fn::GetAtt': [roleId(plain, `tokens-${name}`), 'Arn'] });
  const administration = {
    Action: 'kms:*',
    Effect: 'Allow',
    Principal: {
      AWS: {
        'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::', { Ref: 'AWS::AccountId' }, ':root']],
      },
    },
    Resource: '*',
  };
  const denial = { Effect: 'Deny', Principal: { AWS: '*' }, Resource: '*' };
  const useByFunctions = [
    {
      ...denial,
      Sid: 'OpenInFunctionsOnly',
      Action: ['kms:Decrypt', 'kms:ReEncryptFrom'],
      Condition: { ArnNotEquals: { 'aws:PrincipalArn': [role('refresh'), role('store-pending')] } },
    },
    {
      ...denial,
      Sid: 'SealInFunctionsOnly',
      Action: ['kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncryptTo'],
      Condition: { ArnNotEquals: { 'aws:PrincipalArn': [role('refresh'), role('rotation')] } },
    },
  ];

  it('is administered by the account, used only by the functions, and protected from deletion', () => {
    expect(policyOf(plain)).toEqual([
      administration,
      { ...denial, Sid: 'NoDeletion', Action: 'kms:ScheduleKeyDeletion' },
      ...useByFunctions,
    ]);
  });

  it('can be deleted with the stack when removalPolicy is DESTROY', () => {
    const stack = template({ removalPolicy: 'destroy' });

    expect(policyOf(stack)).toEqual([administration, ...useByFunctions]);
  });
});

describe('the logs', () => {
  it('are deleted with the stack, so that it can be deployed again with the same name', () => {
    plain.allResources('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete' });
    plain.resourceCountIs('AWS::Logs::LogGroup', 9);
  });
});

describe('TokenRotation', () => {
  it('derives all names from its path by default', () => {
    const stack = new Stack(app(), 'Credentials');

    new TokenRotation(stack, 'Genesys', { bundles: BUNDLES, allSecrets: true });

    Template.fromStack(stack).hasResourceProperties('AWS::StepFunctions::StateMachine', {
      StateMachineName: 'Credentials-Genesys-BE6AD4A0',
    });
  });

  it.each([
    ['schedule', { schedule: 'rate(1 hour)' }],
    ['window', { window: '9h' }],
    ['genesysLoginUrl', { genesysGateway: { ...GATEWAY, loginUrl: 'http://gateway.example' } }],
    ['genesysApiUrl', { genesysGateway: { ...GATEWAY, apiUrl: 'gateway.example' } }],
    ['secretNames', { allSecrets: false }],
    ['secretNames', { secretArns: [], secretArnPatterns: [], secretNames: [] }],
    ['secretArnPatterns', { secretArnPatterns: ['genesys/*'] }],
    ['secretArnPatterns', { secretArnPatterns: ['*'] }],
    ['secretNames', { secretNames: ['genesys a'] }],
    ['reservedConcurrency', { reservedConcurrency: 9 }],
    ['secretKeyArns', { secretKeyArns: ['arn:aws:kms:eu-central-1:111122223333:alias/mine'] }],
  ] satisfies [string, Settings][])('refuses %s when it is %j', (setting, props) => {
    expect(() => deployment(props)).toThrow(expect.objectContaining({ name: 'InvalidSetting', setting }));
  });

  it.each(['my_tokens', 'a'.repeat(51)])('refuses the namePrefix %s', namePrefix => {
    const stack = new Stack(app(), 'Credentials');

    expect(() => new TokenRotation(stack, 'Genesys', { namePrefix, allSecrets: true })).toThrow(
      expect.objectContaining({ name: 'InvalidSetting', setting: 'namePrefix' }),
    );
  });

  it('refuses a secret that is imported without its complete ARN', () => {
    const stack = new Stack(app(), 'Credentials');
    const secrets = [Secret.fromSecretNameV2(stack, 'Secret', 'crm/genesys')];

    expect(() => new TokenRotation(stack, 'Genesys', { secrets })).toThrow(
      expect.objectContaining({ name: 'InvalidSetting', setting: 'secrets' }),
    );
  });

  it.each([
    ['secretArns', { secretArns: ['arn:aws:secretsmanager:eu-central-1:111122223333:secret:genesys/a'] }],
    ['bundles', { bundles: '/nowhere' }],
  ] satisfies [string, Settings][])('is refused by CDK when %s is %j', (_setting, settings) => {
    expect(() => deployment(settings)).toThrow();
  });

  it('uses topics and keys of the same app, and the key of a secret', () => {
    const stack = new Stack(app(), 'Credentials');
    const encryptionKey = new Key(stack, 'Key');
    const secretCompleteArn = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:genesys/a-AbCdEf';
    const secret = Secret.fromSecretAttributes(stack, 'Secret', { secretCompleteArn, encryptionKey });
    const notificationTopic = new Topic(stack, 'Topic', { masterKey: encryptionKey });

    const rotation = new TokenRotation(stack, 'Genesys', {
      bundles: BUNDLES,
      secrets: [secret],
      notificationTopic,
      logKey: encryptionKey,
    });

    const found = Template.fromStack(stack);
    const key = { 'Fn::GetAtt': [stack.getLogicalId(encryptionKey.node.defaultChild as CfnKey), 'Arn'] };
    expect(rotation.topic).toBe(notificationTopic);
    found.hasResourceProperties('AWS::SecretsManager::RotationSchedule', {
      SecretId: secretCompleteArn,
    });
    found.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: key });
    const usesOfKey = propertiesOf(found, 'AWS::IAM::Policy')
      .flatMap(({ PolicyDocument }) => (PolicyDocument as { Statement: Statement[] }).Statement)
      .filter(({ Resource }) => JSON.stringify(Resource) === JSON.stringify(key));
    expect(new Set(usesOfKey.map(({ Sid }) => Sid))).toEqual(
      new Set(['UseKeysOfRotatedSecrets', 'EncryptMessages']),
    );
  });

  it.each([
    ['rate(1 day)', '1h'],
    ['rate(23 hours)', '1h'],
    ['cron(0 8 ? * MON-FRI *)', '1h'],
  ])('warns that %s with a window of %s exceeds a token lifetime of one day', (schedule, window) => {
    const stack = deployment({ schedule, window });
    vi.spyOn(console, 'error').mockReturnValue();

    Annotations.fromStack(stack).hasWarning(
      '/tokens/TokenRotation',
      Match.stringLikeRegexp('tokens with a lifetime of one day'),
    );
  });

  it('does not warn about a schedule that leaves time for a fix', () => {
    const stack = deployment({
      schedule: 'rate(12 hours)',
      window: '4h',
      notificationEmails: ['team@example.com'],
    });

    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });
});

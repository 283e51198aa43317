import { Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { describe, expect, it, vi } from 'vitest';
import { TokenRotation } from '../../infra/token-rotation.ts';
import type { TokenRotationProps } from '../../infra/token-rotation-props.ts';
import { app, BUNDLES, deployment, template } from './deployment.ts';

const GATEWAY = { loginUrl: 'https://gateway.example/login', apiUrl: 'https://gateway.example/api' };

const plain = template();
const changed = template({ memoryMb: 1024, logRetention: RetentionDays.ONE_YEAR, genesysGateway: GATEWAY });

function functionCalled(name: string, stack: Template = plain): Record<string, unknown> {
  const [found] = Object.values(
    stack.findResources('AWS::Lambda::Function', { Properties: { FunctionName: name } }),
  );
  return found?.Properties;
}

const key = { 'Fn::GetAtt': [Object.keys(plain.findResources('AWS::KMS::Key'))[0], 'Arn'] };
const machine = { Ref: Object.keys(plain.findResources('AWS::StepFunctions::StateMachine'))[0] };

describe('the functions', () => {
  it.each([
    ['rotation', 60, { STATE_MACHINE_ARN: machine, SEAL_KEY_ARN: key }],
    ['fetch', 2, undefined],
    ['refresh', 7, { SEAL_KEY_ARN: key }],
    ['store-pending', 2, { SEAL_KEY_ARN: key }],
    ['verify', 3, undefined],
    ['promote', 2, undefined],
  ])('have in %s what all share, %i seconds and its own variables', (name, seconds, variables) => {
    const properties = functionCalled(`tokens-${name}`);

    const logGroups = plain.findResources('AWS::Logs::LogGroup', {
      Properties: { LogGroupName: `/aws/lambda/tokens-${name}`, RetentionInDays: 90 },
    });
    expect(properties).toEqual({
      Architectures: ['arm64'],
      Code: expect.anything(),
      ...(variables !== undefined && { Environment: { Variables: variables } }),
      FunctionName: `tokens-${name}`,
      Handler: 'index.handler',
      LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: Object.keys(logGroups)[0] } },
      MemorySize: 512,
      Role: expect.anything(),
      Runtime: 'nodejs24.x',
      Timeout: seconds,
      TracingConfig: { Mode: 'Active' },
    });
  });

  it('are these six, without any that CDK adds for itself', () => {
    plain.resourceCountIs('AWS::Lambda::Function', 6);
    expect(Object.keys(plain.toJSON().Resources).filter(id => id.includes('Custom'))).toEqual([]);
  });

  it.each([
    ['refresh', { SEAL_KEY_ARN: key, GENESYS_LOGIN_URL: GATEWAY.loginUrl, GENESYS_API_URL: GATEWAY.apiUrl }],
    ['verify', { GENESYS_LOGIN_URL: GATEWAY.loginUrl, GENESYS_API_URL: GATEWAY.apiUrl }],
    ['rotation', { STATE_MACHINE_ARN: machine, SEAL_KEY_ARN: key }],
    ['store-pending', { SEAL_KEY_ARN: key }],
  ])('tell %s of the gateway only if it calls Genesys Cloud', (name, variables) => {
    expect(functionCalled(`tokens-${name}`, changed).Environment).toEqual({ Variables: variables });
  });

  it('get the given memory, and their logs the given retention', () => {
    changed.allResourcesProperties('AWS::Lambda::Function', { MemorySize: 1024 });
    changed.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 365 });
  });
});

describe('the permission', () => {
  it('lets Secrets Manager call the rotation function for this account, and no one else any function', () => {
    const permissions = Object.values(plain.findResources('AWS::Lambda::Permission'));

    const [rotation] = Object.keys(
      plain.findResources('AWS::Lambda::Function', { Properties: { FunctionName: 'tokens-rotation' } }),
    );
    expect(permissions.map(({ Properties }) => Properties)).toEqual([
      {
        Action: 'lambda:InvokeFunction',
        FunctionName: { 'Fn::GetAtt': [rotation, 'Arn'] },
        Principal: 'secretsmanager.amazonaws.com',
        SourceAccount: { Ref: 'AWS::AccountId' },
      },
    ]);
  });
});

describe("the seal's key", () => {
  it('is rotated, and stays for 30 days after someone has it deleted', () => {
    plain.hasResource('AWS::KMS::Key', {
      Properties: { EnableKeyRotation: true, PendingWindowInDays: 30 },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
    plain.hasResourceProperties('AWS::KMS::Alias', { AliasName: 'alias/tokens' });
  });

  it('leaves the decision about its use to the policies of this account', () => {
    plain.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: [
          {
            Action: 'kms:*',
            Effect: 'Allow',
            Principal: {
              AWS: {
                'Fn::Join': [
                  '',
                  ['arn:', { Ref: 'AWS::Partition' }, ':iam::', { Ref: 'AWS::AccountId' }, ':root'],
                ],
              },
            },
            Resource: '*',
          },
        ],
      },
    });
  });
});

describe('the logs', () => {
  it('go with the stack, so that it can be deployed again under its name', () => {
    plain.allResources('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete' });
    plain.resourceCountIs('AWS::Logs::LogGroup', 7);
  });
});

describe('TokenRotation', () => {
  it('names everything after its own place in the tree when it is given no prefix', () => {
    const stack = new Stack(app(), 'Credentials');

    new TokenRotation(stack, 'Genesys', { bundles: BUNDLES });

    Template.fromStack(stack).hasResourceProperties('AWS::StepFunctions::StateMachine', {
      StateMachineName: 'Credentials-Genesys-BE6AD4A0',
    });
  });

  it.each([
    ['memoryMb', { memoryMb: 127 }],
    ['memoryMb', { memoryMb: 10_241 }],
    ['memoryMb', { memoryMb: 512.5 }],
    ['namePrefix', { namePrefix: 'my_tokens' }],
    ['namePrefix', { namePrefix: 'a'.repeat(51) }],
    ['schedule', { schedule: 'rate(1 hour)' }],
    ['window', { window: '9h' }],
    ['genesysLoginUrl', { genesysGateway: { ...GATEWAY, loginUrl: 'http://gateway.example' } }],
    ['genesysApiUrl', { genesysGateway: { ...GATEWAY, apiUrl: 'gateway.example' } }],
    ['secretArns', { secretArns: ['genesys/a'] }],
    ['secretArns', { secretArns: ['arn:aws:secretsmanager:eu-central-1:111122223333:secret:genesys/a'] }],
    ['secretArnPatterns', { secretArnPatterns: ['genesys/*'] }],
    ['secretArnPatterns', { secretArnPatterns: ['*'] }],
    ['secretNames', { secretNames: ['genesys a'] }],
    ['secretNames', { secretNames: ['genesys/a', 'genesys/a'] }],
    ['secretKeyArns', { secretKeyArns: ['arn:aws:kms:eu-central-1:111122223333:alias/mine'] }],
  ] satisfies [string, TokenRotationProps][])('refuses %s when it is %j', (setting, props) => {
    expect(() => deployment(props)).toThrow(expect.objectContaining({ name: 'InvalidSetting', setting }));
  });

  it.each([
    ['rate(1 day)', '1h'],
    ['rate(23 hours)', '1h'],
    ['cron(0 8 ? * MON-FRI *)', '1h'],
  ])('warns that %s with a window of %s outlasts a token of one day', (schedule, window) => {
    const stack = deployment({ schedule, window });
    vi.spyOn(console, 'error').mockReturnValue();

    Annotations.fromStack(stack).hasWarning(
      '/tokens/TokenRotation',
      Match.stringLikeRegexp('tokens that live a day die'),
    );
  });

  it('does not warn of a schedule that leaves time to repair', () => {
    const stack = deployment({ schedule: 'rate(12 hours)', window: '4h' });

    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });
});

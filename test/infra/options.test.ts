import { describe, expect, it } from 'vitest';
import { deployedFunctionNames } from '../../infra/function-list.ts';
import {
  arn,
  everyOption,
  failuresTableId,
  functionId,
  journalTableId,
  logicalId,
  propertiesOf,
  statementsOf,
  template,
} from './deployment.ts';

const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/8c1f0a52-0000-4000-8000-000000000000';

describe('vpc', () => {
  const stack = template({
    vpc: { subnetIds: ['subnet-0a1b2c3d', 'subnet-1a1b2c3d'], securityGroupIds: ['sg-0a1b2c3d'] },
  });

  it('places every function in the VPC', () => {
    stack.allResourcesProperties('AWS::Lambda::Function', {
      VpcConfig: { SubnetIds: ['subnet-0a1b2c3d', 'subnet-1a1b2c3d'], SecurityGroupIds: ['sg-0a1b2c3d'] },
    });
  });

  it.each(deployedFunctionNames({}))(
    'allows Lambda to create network interfaces for %s, but not its code',
    name => {
      const statements = statementsOf(stack, `tokens-${name}`);
      const [allow, deny] = ['ManageNetworkInterfaces', 'NoNetworkInterfacesForCode'].map(sid =>
        statements.find(({ Sid }) => Sid === sid),
      );

      const actions = [
        'ec2:AssignPrivateIpAddresses',
        'ec2:CreateNetworkInterface',
        'ec2:DeleteNetworkInterface',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSubnets',
        'ec2:UnassignPrivateIpAddresses',
      ];
      expect(allow).toEqual({
        Sid: 'ManageNetworkInterfaces',
        Effect: 'Allow',
        Action: actions,
        Resource: '*',
      });
      expect(deny).toEqual({
        Sid: 'NoNetworkInterfacesForCode',
        Effect: 'Deny',
        Action: [...actions, 'ec2:DetachNetworkInterface'].sort(),
        Resource: '*',
        Condition: { ArnEquals: { 'lambda:SourceFunctionArn': arn('lambda', `function:tokens-${name}`) } },
      });
    },
  );
});

describe('reservedConcurrency', () => {
  it('applies to every function', () => {
    template({ reservedConcurrency: 10 }).allResourcesProperties('AWS::Lambda::Function', {
      ReservedConcurrentExecutions: 10,
    });
  });
});

describe('logKeyArn', () => {
  it('encrypts every log group', () => {
    template({ logKeyArn: KEY }).allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: KEY });
  });
});

describe('permissionsBoundaryArn', () => {
  it('applies to every role', () => {
    const permissionsBoundaryArn = 'arn:aws:iam::111122223333:policy/boundary';

    template({ permissionsBoundaryArn }).allResourcesProperties('AWS::IAM::Role', {
      PermissionsBoundary: permissionsBoundaryArn,
    });
  });
});

describe('tags', () => {
  const TAGGED = [
    'AWS::CloudWatch::Alarm',
    'AWS::DynamoDB::Table',
    'AWS::Events::Rule',
    'AWS::IAM::Role',
    'AWS::KMS::Key',
    'AWS::Lambda::Function',
    'AWS::Logs::LogGroup',
    'AWS::SecretsManager::Secret',
    'AWS::SNS::Topic',
    'AWS::StepFunctions::StateMachine',
  ];
  const stack = template({ secretNames: ['genesys/a'], tags: { team: 'contact-center' } });

  it.each(TAGGED)('are on every %s', type => {
    const tags = propertiesOf(stack, type).map(({ Tags }) => Tags);

    expect(new Set(tags.map(tag => JSON.stringify(tag)))).toEqual(
      new Set([JSON.stringify([{ Key: 'team', Value: 'contact-center' }])]),
    );
  });
});

describe('removalPolicy', () => {
  const CREDENTIALS = ['AWS::SecretsManager::Secret'];
  const RECORDS = ['AWS::Logs::LogGroup', 'AWS::SNS::Topic'];

  it.each([
    ['is not given', {}, 'Retain', 'Delete'],
    ['is retain', { removalPolicy: 'retain' as const }, 'Retain', 'Retain'],
    ['is destroy', { removalPolicy: 'destroy' as const }, 'Delete', 'Delete'],
  ])('determines, when it %s, what is retained', (_case, options, credentials, records) => {
    const stack = template({ secretNames: ['genesys/a'], encryptExecutionData: true, ...options });

    for (const type of CREDENTIALS) stack.allResources(type, { DeletionPolicy: credentials });
    for (const type of RECORDS) stack.allResources(type, { DeletionPolicy: records });
    const tables = stack.findResources('AWS::DynamoDB::Table');
    expect(Object.keys(tables)).toHaveLength(2);
    expect(tables[journalTableId(stack)]?.DeletionPolicy).toBe(credentials);
    expect(tables[failuresTableId(stack)]?.DeletionPolicy).toBe(records);
    const keys = Object.values(stack.findResources('AWS::KMS::Key')).map(({ Properties, DeletionPolicy }) => [
      Properties.Description.split(' ')[0],
      DeletionPolicy,
    ]);
    expect(keys).toEqual([
      ['Seals', credentials],
      [expect.any(String), credentials],
      [expect.any(String), records],
    ]);
  });
});

describe('encryptExecutionData', () => {
  const stack = template({ encryptExecutionData: true });
  const [, executionKey] = Object.entries(stack.findResources('AWS::KMS::Key')).find(([, { Properties }]) =>
    Properties.Description.startsWith('Encrypts the executions'),
  ) ?? ['', undefined];
  const keyArn = {
    'Fn::GetAtt': [
      logicalId(stack, 'AWS::KMS::Key', { Description: executionKey?.Properties.Description }),
      'Arn',
    ],
  };
  const OWN_EXECUTIONS = {
    'kms:EncryptionContext:aws:states:stateMachineArn': arn('states', 'stateMachine:tokens'),
  };
  const LOG_GROUPS = { 'kms:EncryptionContext:SourceArn': arn('logs', '*') };

  it('encrypts the state machine with a customer managed key', () => {
    stack.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      EncryptionConfiguration: { Type: 'CUSTOMER_MANAGED_KMS_KEY', KmsKeyId: keyArn },
    });
    expect(executionKey?.Properties.EnableKeyRotation).toBe(true);
  });

  it('allows log delivery with this key', () => {
    expect(executionKey?.Properties.KeyPolicy.Statement).toEqual([
      expect.objectContaining({ Action: 'kms:*' }),
      {
        Sid: 'DeliverLogs',
        Effect: 'Allow',
        Principal: { Service: 'delivery.logs.amazonaws.com' },
        Action: 'kms:Decrypt',
        Resource: '*',
        Condition: { StringEquals: LOG_GROUPS },
      },
    ]);
  });

  it('allows the state machine to use the key for its own executions and their log', () => {
    const statements = statementsOf(stack, 'the state machine tokens').filter(({ Action }) =>
      [Action].flat().includes('kms:GenerateDataKey'),
    );

    expect(statements).toEqual([
      {
        Effect: 'Allow',
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Resource: keyArn,
        Condition: { StringEquals: OWN_EXECUTIONS },
      },
      {
        Effect: 'Allow',
        Action: 'kms:GenerateDataKey',
        Resource: keyArn,
        Condition: { StringEquals: LOG_GROUPS },
      },
    ]);
  });

  it('allows only the functions that read executions to decrypt them, and only through Step Functions', () => {
    const readers = deployedFunctionNames({}).flatMap(name =>
      statementsOf(stack, `tokens-${name}`)
        .filter(({ Resource }) => JSON.stringify(Resource) === JSON.stringify(keyArn))
        .map(statement => [name, statement] as const),
    );

    expect(readers.map(([name]) => name)).toEqual(['rotation', 'notify']);
    for (const [, statement] of readers) {
      expect(statement).toEqual({
        Sid: 'ReadExecutions',
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: keyArn,
        Condition: {
          StringEquals: {
            ...OWN_EXECUTIONS,
            'kms:ViaService': {
              'Fn::Join': ['', ['states.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]],
            },
          },
        },
      });
    }
  });

  it('does not change the seal key', () => {
    const sealKey = logicalId(stack, 'AWS::KMS::Key', { PendingWindowInDays: 30 });

    stack.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'tokens-refresh',
      Environment: { Variables: { SEAL_KEY_ARN: { 'Fn::GetAtt': [sealKey, 'Arn'] } } },
    });
    expect(keyArn['Fn::GetAtt']).not.toContain(sealKey);
  });
});

describe('every option', () => {
  it('keeps the unqualified ARN of the rotation function for Secrets Manager', () => {
    const stack = template(everyOption());

    stack.allResourcesProperties('AWS::SecretsManager::RotationSchedule', {
      RotationLambdaARN: { 'Fn::GetAtt': [functionId(stack, 'rotation'), 'Arn'] },
      RotationRules: { ScheduleExpression: 'rate(4 hours)', Duration: '2h' },
    });
    stack.resourceCountIs('AWS::SecretsManager::RotationSchedule', 2);
  });
});

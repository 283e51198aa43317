import { describe, expect, it } from 'vitest';
import { type Actor, neededCalls } from '../../cli/diagnose/needed-calls.ts';
import { deployedFunctionNames } from '../../infra/function-list.ts';
import {
  arn,
  everyOption,
  failuresTableId,
  functionId,
  logicalId,
  policyIdsOf,
  propertiesOf,
  type Statement,
  statementsOf,
  template,
} from './deployment.ts';

const everySecret = template();

const ROTATES_HERE = {
  StringEquals: {
    'secretsmanager:resource/AllowRotationLambdaArn': arn('lambda', 'function:tokens-rotation'),
  },
};

/** The condition for using the seal key for one kind of content of the given secrets, with exactly its context keys. */
function sealed(content: string, contextKeys: readonly string[], secretArn: unknown) {
  return {
    'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': ['secretArn', 'holds', ...contextKeys] },
    StringEquals: { 'kms:EncryptionContext:holds': content },
    StringLike: { 'kms:EncryptionContext:secretArn': secretArn },
    Null: Object.fromEntries(contextKeys.map(key => [`kms:EncryptionContext:${key}`, 'false'])),
  };
}

/** The actions and condition of each statement. */
function grants(statements: readonly Statement[]) {
  return statements.map(({ Action, Condition }) => ({
    Action,
    Condition,
  }));
}

/** The condition for using a key through a service. */
function via(service: string, context: object) {
  const region = { Ref: 'AWS::Region' };
  return {
    StringEquals: {
      'kms:ViaService': { 'Fn::Join': ['', [`${service}.`, region, '.', { Ref: 'AWS::URLSuffix' }]] },
      ...context,
    },
  };
}

const TOPIC = { Ref: logicalId(everySecret, 'AWS::SNS::Topic') };
const EVERY_SECRET = [arn('secretsmanager', 'secret:*')];
const TOKEN_PAIR = sealed('token-pair', ['lineage', 'generation'], EVERY_SECRET);
const ROTATION_TOKEN = sealed('rotation-token', ['versionId'], EVERY_SECRET);
const NOTIFICATION_KEY = 'Encrypts the notifications of the Genesys Cloud token rotation';
const WRITE_OWN_LOG = { Action: ['logs:CreateLogStream', 'logs:PutLogEvents'] };
const SEND_TRACES = { Action: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'] };

describe('the roles', () => {
  it.each([
    [
      'tokens-rotation',
      [
        { Action: 'secretsmanager:DescribeSecret', Condition: ROTATES_HERE },
        { Action: 'kms:GenerateDataKey', Condition: ROTATION_TOKEN },
        { Action: 'states:StartExecution' },
        { Action: ['states:DescribeExecution', 'states:RedriveExecution'] },
      ],
    ],
    [
      'tokens-fetch',
      [
        {
          Action: [
            'secretsmanager:DescribeSecret',
            'secretsmanager:GetSecretValue',
            'secretsmanager:UpdateSecretVersionStage',
          ],
          Condition: ROTATES_HERE,
        },
      ],
    ],
    [
      'tokens-refresh',
      [
        { Action: 'secretsmanager:GetSecretValue', Condition: ROTATES_HERE },
        { Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'] },
        { Action: 'kms:GenerateDataKey', Condition: TOKEN_PAIR },
        { Action: 'kms:Decrypt', Condition: TOKEN_PAIR },
        { Action: 'states:DescribeExecution' },
      ],
    ],
    [
      'tokens-store-pending',
      [
        {
          Action: [
            'secretsmanager:DescribeSecret',
            'secretsmanager:GetSecretValue',
            'secretsmanager:PutSecretValue',
            'secretsmanager:UpdateSecretVersionStage',
          ],
          Condition: ROTATES_HERE,
        },
        { Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'] },
        { Action: 'kms:Decrypt', Condition: TOKEN_PAIR },
        { Action: 'kms:Decrypt', Condition: ROTATION_TOKEN },
      ],
    ],
    ['tokens-verify', [{ Action: 'secretsmanager:GetSecretValue', Condition: ROTATES_HERE }]],
    [
      'tokens-promote',
      [
        {
          Action: ['secretsmanager:DescribeSecret', 'secretsmanager:UpdateSecretVersionStage'],
          Condition: ROTATES_HERE,
        },
        { Action: 'dynamodb:UpdateItem' },
      ],
    ],
    [
      'tokens-notify',
      [
        { Action: ['states:DescribeExecution', 'states:GetExecutionHistory'] },
        { Action: 'secretsmanager:DescribeSecret', Condition: ROTATES_HERE },
        { Action: ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem'] },
        { Action: 'sns:Publish' },
        {
          Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
          Condition: via('sns', { 'kms:EncryptionContext:aws:sns:topicArn': TOPIC }),
        },
      ],
    ],
    ['tokens-overdue-check', [{ Action: 'secretsmanager:ListSecrets' }]],
  ])('allow %s only to write its log, send traces, and make these calls', (owner, expected) => {
    const statements = statementsOf(everySecret, owner);

    expect(grants(statements)).toEqual([WRITE_OWN_LOG, SEND_TRACES, ...expected]);
    expect(statements.every(({ Effect }) => Effect === 'Allow')).toBe(true);
  });

  it('allow the state machine only to run its Tasks, deliver its log and send traces', () => {
    const statements = statementsOf(everySecret, 'the state machine tokens');

    expect(grants(statements)).toEqual([
      { Action: 'lambda:InvokeFunction' },
      {
        Action: [
          'logs:CreateLogDelivery',
          'logs:DeleteLogDelivery',
          'logs:DescribeLogGroups',
          'logs:DescribeResourcePolicies',
          'logs:GetLogDelivery',
          'logs:ListLogDeliveries',
          'logs:PutResourcePolicy',
          'logs:UpdateLogDelivery',
          'xray:GetSamplingRules',
          'xray:GetSamplingTargets',
          'xray:PutTelemetryRecords',
          'xray:PutTraceSegments',
        ],
      },
    ]);
    expect(statements.every(({ Effect }) => Effect === 'Allow')).toBe(true);
  });

  it('are nine, each with exactly one inline policy', () => {
    const roles = everySecret.findResources('AWS::IAM::Role');
    const policies = propertiesOf(everySecret, 'AWS::IAM::Policy');

    const own = Object.values(roles).filter(
      ({ Properties }) => Properties.ManagedPolicyArns !== undefined || Properties.Policies !== undefined,
    );
    expect(Object.keys(roles)).toHaveLength(9);
    expect(own).toEqual([]);
    expect(policies).toHaveLength(9);
    expect(policies.map(({ Roles }) => Roles)).toEqual(
      expect.arrayContaining(Object.keys(roles).map(id => [{ Ref: id }])),
    );
    everySecret.resourceCountIs('AWS::IAM::ManagedPolicy', 0);
  });

  it.each([
    ...deployedFunctionNames({}).map(name => [`tokens-${name}`, functionId(everySecret, name)]),
    ['the state machine tokens', logicalId(everySecret, 'AWS::StepFunctions::StateMachine')],
  ])('have the policy of %s attached before they are used', (owner, id = '') => {
    const { DependsOn } = everySecret.toJSON().Resources[id];

    expect(DependsOn).toEqual(expect.arrayContaining(policyIdsOf(everySecret, owner ?? '')));
  });

  it('name a resource wherever AWS supports it, except for traces and log deliveries', () => {
    const functions = deployedFunctionNames({}).map(name => `tokens-${name}`);

    const unlimited = [...functions, 'the state machine tokens'].flatMap(owner =>
      statementsOf(everySecret, owner)
        .filter(({ Resource }) => JSON.stringify(Resource).includes('"*"'))
        .flatMap(({ Action }) => Action)
        .filter(action => !/^(?:xray|logs):/.test(action))
        .map(action => `${owner}: ${action}`),
    );

    expect(unlimited).toEqual(['tokens-overdue-check: secretsmanager:ListSecrets']);
  });

  it('limit the rotation function to executions of its own state machine', () => {
    const statements = statementsOf(everySecret, 'tokens-rotation');

    const [machine] = Object.keys(everySecret.findResources('AWS::StepFunctions::StateMachine'));
    expect(statements.find(({ Sid }) => Sid === 'StartRotation')?.Resource).toEqual({ Ref: machine });
    expect(statements.find(({ Sid }) => Sid === 'FollowRotation')?.Resource).toEqual(
      arn('states', 'execution:tokens:*'),
    );
  });

  it('allow refresh to describe only executions of its own state machine', () => {
    const statement = statementsOf(everySecret, 'tokens-refresh').find(
      ({ Sid }) => Sid === 'FindUnsettledExchange',
    );

    expect(statement?.Resource).toEqual(arn('states', 'execution:tokens:*'));
  });

  it('allow the state machine to invoke only the aliases of the five task functions', () => {
    const [run] = statementsOf(everySecret, 'the state machine tokens');

    const tasks = ['fetch', 'promote', 'refresh', 'store-pending', 'verify'].map(name => {
      const id = functionId(everySecret, name);
      const alias = logicalId(everySecret, 'AWS::Lambda::Alias', { FunctionName: { Ref: id } });
      return { Ref: alias };
    });
    expect(run?.Resource).toHaveLength(tasks.length);
    expect(run?.Resource).toEqual(expect.arrayContaining(tasks));
  });

  it.each([
    ['ReadRotation', arn('states', 'execution:tokens:*')],
    ['RememberFailures', { 'Fn::GetAtt': [failuresTableId(everySecret), 'Arn'] }],
    ['Publish', TOPIC],
    [
      'EncryptMessages',
      { 'Fn::GetAtt': [logicalId(everySecret, 'AWS::KMS::Key', { Description: NOTIFICATION_KEY }), 'Arn'] },
    ],
  ])('limit what notify may do (%s) to this deployment', (sid, resource) => {
    const statement = statementsOf(everySecret, 'tokens-notify').find(({ Sid }) => Sid === sid);

    expect(statement?.Resource).toEqual(resource);
  });

  it('allow each function to write to its own log group', () => {
    const [log] = statementsOf(everySecret, 'tokens-refresh').filter(({ Action }) =>
      Action.includes('logs:PutLogEvents'),
    );

    const logGroups = everySecret.findResources('AWS::Logs::LogGroup', {
      Properties: { LogGroupName: '/aws/lambda/tokens-refresh' },
    });
    expect(log?.Resource).toEqual({ 'Fn::GetAtt': [Object.keys(logGroups)[0], 'Arn'] });
  });

  it('trust only the service that uses them, and Step Functions only on behalf of this account', () => {
    const trust = Object.values(everySecret.findResources('AWS::IAM::Role')).map(
      ({ Properties }) => Properties.AssumeRolePolicyDocument.Statement,
    );

    const lambda = {
      Action: 'sts:AssumeRole',
      Effect: 'Allow',
      Principal: { Service: 'lambda.amazonaws.com' },
    };
    const states = {
      Action: 'sts:AssumeRole',
      Effect: 'Allow',
      Principal: { Service: 'states.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    };
    expect(trust.filter(([{ Principal }]) => Principal.Service !== 'states.amazonaws.com')).toEqual(
      Array.from({ length: 8 }, () => [lambda]),
    );
    expect(trust.filter(([{ Principal }]) => Principal.Service === 'states.amazonaws.com')).toEqual([
      [states],
    ]);
  });
});

describe('the roles of a rotation', () => {
  const withKeys = template(everyOption());
  const key = 'arn:aws:kms:us-east-1:123456789012:key/some';
  const needed = neededCalls({
    secretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:crm/genesys-AbCdEf',
    secretName: 'crm/genesys',
    secretKeyArn: key,
    sealKeyArn: key,
    executionKeyArn: key,
    journalTable: 'journal',
    publishes: true,
    deployment: { name: 'tokens', stateMachineArn: 'machine-arn', rotationFunctionArn: 'function-arn' },
    taskFunctionArns: ['task-arn'],
  });

  it.each<Actor>([
    'rotation',
    'fetch',
    'refresh',
    'store-pending',
    'verify',
    'promote',
    'publish',
    'workflow',
  ])(
    'allow %s exactly the calls that diagnose checks, in addition to logs, traces and network interfaces',
    actor => {
      const owner = actor === 'workflow' ? 'the state machine tokens' : `tokens-${actor}`;
      const granted = statementsOf(withKeys, owner)
        .flatMap(({ Action }) => Action)
        .filter(action => !/^(?:logs|xray|ec2):/.test(action));
      const asked = needed.filter(calls => calls.actor === actor).flatMap(({ actions }) => actions);

      expect(new Set(asked)).toEqual(new Set(granted));
    },
  );
});

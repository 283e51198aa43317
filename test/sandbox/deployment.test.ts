import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { CfnRotationSchedule, CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import {
  CustomerManagedEncryptionConfiguration,
  DefinitionBody,
  StateMachine,
} from 'aws-cdk-lib/aws-stepfunctions';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Sandbox } from '../../sandbox/sandbox.ts';
import type { SandboxOptions } from '../../sandbox/sandbox-options.ts';
import { emptyFolder } from '../demonstration/project.ts';
import { synthesise } from './template/synthesised-stack.ts';

const ADOPTED_ARN = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:genesys/adopted-AbCdEf';
const LOGGING = 'exports.handler = async event => console.log(JSON.stringify(event));';
const FAILING = 'exports.handler = async () => { throw new Error("no"); };';

/** Starts a sandbox with a stack; it is closed after the test. */
async function start(fill: (stack: Stack) => void, options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await Sandbox.start({ assemblyDirectory: synthesise({ Mini: fill }), ...options });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

function addFunction(stack: Stack, functionName: string, code: string): lambda.Function {
  const folder = emptyFolder();
  writeFileSync(path.join(folder, 'index.js'), code);
  // The sandbox needs explicit policies: the template does not contain the managed policy that the CDK attaches.
  const role = new iam.Role(stack, `${functionName}-role`, {
    assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
  });
  role.addToPolicy(
    new iam.PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: ['*'],
    }),
  );
  const added = new lambda.Function(stack, functionName, {
    role,
    functionName,
    runtime: lambda.Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: lambda.Code.fromAsset(folder),
  });
  added.addPermission('SecretsManager', {
    principal: new iam.ServicePrincipal('secretsmanager.amazonaws.com'),
    sourceAccount: stack.account,
  });
  return added;
}

function addSchedule(stack: Stack, secretId: string, rotation: lambda.Function, immediately = false): void {
  new CfnRotationSchedule(stack, 'Schedule', {
    secretId,
    rotationLambdaArn: rotation.functionArn,
    rotateImmediatelyOnUpdate: immediately,
    rotationRules: { scheduleExpression: 'rate(8 hours)', duration: '1h' },
  });
}

/** Resolves with the first event that CloudTrail records under this name. */
async function recorded(sandbox: Sandbox, name: string): Promise<void> {
  await vi.waitUntil(() => sandbox.cloudTrail.events().some(event => event.name === name), 10_000);
}

/** The JSON that a function logged, one line per invocation. */
async function logged(sandbox: Sandbox, functionName: string): Promise<unknown[]> {
  await vi.waitUntil(() => sandbox.lambda.logs(functionName).length > 0, 10_000);
  return sandbox.lambda.logs(functionName).map(({ text }) => JSON.parse(text));
}

describe('secrets of a deployed stack', () => {
  it('have the ARN and the first value of the template', async () => {
    const sandbox = await start(stack => {
      new CfnSecret(stack, 'Secret', { name: 'genesys/new', secretString: '{"clientId":""}' });
    });
    const secrets = new SecretsManagerClient(sandbox.clientConfig);

    const value = await secrets.send(new GetSecretValueCommand({ SecretId: 'genesys/new' }));

    expect(value).toMatchObject({
      ARN: sandbox.stack.secrets[0]?.arn,
      SecretString: '{"clientId":""}',
      VersionStages: ['AWSCURRENT'],
    });
  });

  it('get their schedule, and a failed configuration test is reported only in CloudTrail', async () => {
    const sandbox = await start(stack => {
      const secret = new CfnSecret(stack, 'Secret', { name: 'genesys/new', secretString: '{}' });
      addSchedule(stack, secret.ref, addFunction(stack, 'rotation', FAILING));
    });

    await recorded(sandbox, 'TestRotationFailed');

    expect(sandbox.secretsManager.secret('genesys/new')).toMatchObject({ rotation: { enabled: true } });
    expect(sandbox.cloudTrail.events().map(({ name }) => name)).toStrictEqual([
      'TestRotationStarted',
      'TestRotationFailed',
    ]);
  });

  it('are rotated at once when configured', async () => {
    const sandbox = await start(stack => {
      const secret = new CfnSecret(stack, 'Secret', { name: 'genesys/new', secretString: '{}' });
      addSchedule(stack, secret.ref, addFunction(stack, 'rotation', FAILING), true);
    });

    await recorded(sandbox, 'RotationFailed');

    expect(sandbox.secretsManager.secret('genesys/new')).toMatchObject({ rotation: { enabled: true } });
  });

  it("outside the stack are created without a value, under the schedule's ARN", async () => {
    const sandbox = await start(stack => {
      addSchedule(stack, ADOPTED_ARN, addFunction(stack, 'rotation', LOGGING));
    });

    await recorded(sandbox, 'TestRotationSucceeded');

    expect(sandbox.secretsManager.secret(ADOPTED_ARN)).toMatchObject({
      arn: ADOPTED_ARN,
      name: 'genesys/adopted',
      rotation: { enabled: true },
      versions: [],
    });
  });

  it('fail the deployment when Secrets Manager cannot invoke the function', async () => {
    const starting = start(stack => {
      const secret = new CfnSecret(stack, 'Secret', { name: 'genesys/new' });
      const missing = 'arn:aws:lambda:us-east-1:123456789012:function:missing';
      new CfnRotationSchedule(stack, 'Schedule', { secretId: secret.ref, rotationLambdaArn: missing });
    });

    await expect(starting).rejects.toMatchObject({ name: 'AwsError', type: 'AccessDeniedException' });
  });

  it('fail the deployment when their value is generated', async () => {
    const starting = start(stack => {
      new CfnSecret(stack, 'Secret', { name: 'genesys/new', generateSecretString: {} });
    });

    await expect(starting).rejects.toMatchObject({ intrinsic: 'GenerateSecretString' });
  });
});

describe('rules of a deployed stack', () => {
  function addRule(stack: Stack, eventPattern: events.EventPattern): void {
    const target = new LambdaFunction(addFunction(stack, 'notify', LOGGING));
    new events.Rule(stack, 'Rule', { ruleName: 'failures', eventPattern, targets: [target] });
  }

  /** A state machine whose executions fail. */
  function addFailingMachine(stack: Stack): void {
    new StateMachine(stack, 'Machine', {
      stateMachineName: 'mini',
      definitionBody: DefinitionBody.fromString(
        '{"StartAt":"A","States":{"A":{"Type":"Fail","Error":"Broken","Cause":"why"}}}',
      ),
    });
  }

  it('invoke their function when an execution ends', async () => {
    const sandbox = await start(stack => {
      addFailingMachine(stack);
      addRule(stack, { source: ['aws.states'], detail: { status: ['FAILED'] } });
    });
    const stateMachineArn = sandbox.stack.stateMachines[0]?.arn;
    const stepFunctions = new SFNClient(sandbox.clientConfig);

    const { executionArn } = await stepFunctions.send(new StartExecutionCommand({ stateMachineArn }));

    expect(await logged(sandbox, 'notify')).toMatchObject([
      {
        'detail-type': 'Step Functions Execution Status Change',
        account: '123456789012',
        region: 'us-east-1',
        resources: [executionArn],
        detail: { executionArn, stateMachineArn, status: 'FAILED', error: 'Broken', cause: 'why' },
      },
    ]);
    expect(sandbox.events.deliveries()).toMatchObject([
      { ruleArn: sandbox.stack.rules[0]?.arn, event: { source: 'aws.states' } },
    ]);
  });

  it('cannot invoke a function without a permission', async () => {
    const sandbox = await start(stack => {
      addFailingMachine(stack);
      const { functionArn } = addFunction(stack, 'notify', LOGGING);
      new events.Rule(stack, 'Rule', {
        eventPattern: { detail: { status: ['FAILED'] } },
        targets: [{ bind: () => ({ arn: functionArn }) }],
      });
    });
    const stateMachineArn = sandbox.stack.stateMachines[0]?.arn;

    await new SFNClient(sandbox.clientConfig).send(new StartExecutionCommand({ stateMachineArn }));

    await vi.waitUntil(() => sandbox.events.deliveries().length > 0, 10_000);

    expect(sandbox.events.deliveries()).toMatchObject([{ errorType: 'AccessDeniedException' }]);
    expect(sandbox.lambda.logs('notify')).toStrictEqual([]);
  });

  it('omit input and output of an encrypted state machine', async () => {
    const sandbox = await start(stack => {
      new StateMachine(stack, 'Machine', {
        stateMachineName: 'mini',
        definitionBody: DefinitionBody.fromString('{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}'),
        encryptionConfiguration: new CustomerManagedEncryptionConfiguration(new kms.Key(stack, 'Key')),
      });
    });
    const received: unknown[] = [];
    sandbox.events.onEvent(({ detail }) => received.push([detail.status, detail.input, detail.output]));
    const stepFunctions = new SFNClient(sandbox.clientConfig);

    const { executionArn = '' } = await stepFunctions.send(
      new StartExecutionCommand({ stateMachineArn: sandbox.stack.stateMachines[0]?.arn }),
    );
    await sandbox.stepFunctions.executionClosed(executionArn);

    expect(received).toStrictEqual([
      ['RUNNING', null, null],
      ['SUCCEEDED', null, null],
    ]);
  });

  it('run on their schedule as the clock advances', async () => {
    const sandbox = await start(
      stack => {
        const target = new LambdaFunction(addFunction(stack, 'hourly', LOGGING));
        new events.Rule(stack, 'Rule', {
          schedule: events.Schedule.expression('rate(1 hour)'),
          targets: [target],
        });
      },
      { virtualTime: true },
    );

    await sandbox.advance(3 * 3_600_000);

    expect(sandbox.lambda.logs('hourly').map(({ text }) => JSON.parse(text)['detail-type'])).toStrictEqual([
      'Scheduled Event',
      'Scheduled Event',
      'Scheduled Event',
    ]);
  });

  it('fail the deployment when their schedule is not emulated', async () => {
    const starting = start(stack => {
      new events.Rule(stack, 'Hourly', { schedule: events.Schedule.expression('rate(1 hour)') });
      new events.Rule(stack, 'Nightly', { schedule: events.Schedule.expression('cron(0 0 * * ? *)') });
    });

    await expect(starting).rejects.toMatchObject({ name: 'RuleNotEmulated' });
  });
});

describe('topics and tables of a deployed stack', () => {
  it('serve SDK clients, and faults apply to them', async () => {
    const sandbox = await start(
      stack => {
        new sns.Topic(stack, 'Topic', { topicName: 'mini' });
        new dynamodb.Table(stack, 'Table', {
          tableName: 'failures',
          partitionKey: { name: 'subject', type: dynamodb.AttributeType.STRING },
        });
      },
      {
        faults: [
          { target: 'sns:Publish', kind: 'server-error', when: { nth: 2 } },
          { target: 'dynamodb:PutItem', kind: 'throttled', when: { nth: 2 } },
        ],
      },
    );
    const client = { ...sandbox.clientConfig, maxAttempts: 1 };
    const [topics, tables] = [new SNSClient(client), new DynamoDBClient(client)];
    const publish = () =>
      topics.send(new PublishCommand({ TopicArn: sandbox.stack.topics[0]?.arn, Message: 'It failed.' }));
    const Item = { subject: { S: 'secret' } };
    const put = () => tables.send(new PutItemCommand({ TableName: 'failures', Item }));

    await publish();
    await put();
    const publishedAgain = publish();
    await expect(publishedAgain).rejects.toMatchObject({ name: 'InternalErrorException' });
    const putAgain = put();
    await expect(putAgain).rejects.toMatchObject({ name: 'ThrottlingException' });
    const got = await tables.send(
      new GetItemCommand({ TableName: 'failures', Key: Item, ConsistentRead: true }),
    );

    expect(got.Item).toStrictEqual(Item);
    expect(sandbox.sns.messages()).toMatchObject([{ message: 'It failed.' }]);
    expect(sandbox.callLog.counts()).toStrictEqual({
      'dynamodb:GetItem': 1,
      'dynamodb:PutItem': 2,
      'sns:Publish': 2,
    });
  });
});

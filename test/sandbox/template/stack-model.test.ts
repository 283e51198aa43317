// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation's placeholders look like JavaScript's
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CfnResource, Duration, type Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { describe, expect, it } from 'vitest';
import { emptyFolder } from '../../demonstration/project.ts';
import { readMini } from './synthesised-stack.ts';

const ACCOUNT = 'eu-central-1:123456789012';

function codeAsset(text = 'exports.handler = async () => 1;'): lambda.Code {
  const folder = emptyFolder();
  writeFileSync(path.join(folder, 'index.js'), text);
  return lambda.Code.fromAsset(folder);
}

function addFunction(stack: Stack, props: Partial<lambda.FunctionProps> = {}): lambda.Function {
  return new lambda.Function(stack, 'Fetch', {
    runtime: lambda.Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: codeAsset(),
    ...props,
  });
}

describe('functions of a stack', () => {
  it('have code, configuration and resolved environment', () => {
    const { functions } = readMini(stack => {
      const key = new kms.Key(stack, 'Key');
      addFunction(stack, {
        functionName: 'mini-fetch',
        code: codeAsset('// marker'),
        timeout: Duration.seconds(7),
        memorySize: 512,
        reservedConcurrentExecutions: 10,
        environment: { SEAL_KEY_ARN: key.keyArn, REGION: stack.region },
        logGroup: new LogGroup(stack, 'Logs', { logGroupName: '/logs/fetch' }),
        role: iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::123456789012:role/given'),
      });
    });

    expect(functions).toStrictEqual([
      {
        logicalId: expect.stringMatching(/^Fetch/),
        name: 'mini-fetch',
        arn: `arn:aws:lambda:${ACCOUNT}:function:mini-fetch`,
        handler: 'index.handler',
        codeDirectory: expect.stringMatching(/^\/.*\/asset\.[0-9a-f]{64}$/),
        runtime: 'nodejs22.x',
        timeoutSeconds: 7,
        memoryMb: 512,
        environment: {
          SEAL_KEY_ARN: expect.stringMatching(/^arn:aws:kms:eu-central-1:123456789012:key\/[0-9a-f-]{36}$/),
          REGION: 'eu-central-1',
        },
        roleArn: 'arn:aws:iam::123456789012:role/given',
        reservedConcurrency: 10,
        logGroupName: '/logs/fetch',
        logFormat: 'Text',
        versions: [],
        aliases: {},
      },
    ]);
    expect(readFileSync(path.join(functions[0]?.codeDirectory ?? '', 'index.js'), 'utf8')).toBe('// marker');
  });

  it("have Lambda's defaults, and the same name after every synthesis", () => {
    const { functions } = readMini(stack => void addFunction(stack));
    const { functions: again } = readMini(stack => void addFunction(stack));

    expect(functions).toMatchObject([
      {
        name: expect.stringMatching(/^Mini-Fetch[0-9A-F]{8}-[0-9A-F]{12}$/),
        timeoutSeconds: 3,
        memoryMb: 128,
        environment: {},
        logGroupName: `/aws/lambda/${functions[0]?.name}`,
      },
    ]);
    expect(again[0]?.name).toBe(functions[0]?.name);
  });

  it('have names of at most 64 characters', () => {
    const { functions } = readMini(stack => {
      new lambda.Function(stack, 'A'.repeat(100), {
        runtime: lambda.Runtime.NODEJS_22_X,
        handler: 'index.handler',
        code: codeAsset(),
      });
    });

    expect(functions[0]?.name).toHaveLength(64);
  });

  it('have versions and aliases that can be referenced', () => {
    const { functions, outputs } = readMini(stack => {
      const fetch = addFunction(stack, { functionName: 'mini-fetch' });
      const alias = fetch.addAlias('prod');
      stack.exportValue(alias.functionArn, { name: 'Alias' });
      stack.exportValue(fetch.currentVersion.functionArn, { name: 'Version' });
    });

    expect(functions[0]).toMatchObject({ versions: ['1'], aliases: { prod: '1' } });
    expect(Object.values(outputs).sort()).toStrictEqual([
      `arn:aws:lambda:${ACCOUNT}:function:mini-fetch:1`,
      `arn:aws:lambda:${ACCOUNT}:function:mini-fetch:prod`,
    ]);
  });

  it('have resource policies', () => {
    const { permissions } = readMini(stack => {
      addFunction(stack, { functionName: 'mini-fetch' }).addPermission('SecretsManager', {
        principal: new iam.ServicePrincipal('secretsmanager.amazonaws.com'),
        sourceAccount: stack.account,
      });
    });

    expect(permissions).toStrictEqual([
      {
        logicalId: expect.stringMatching(/^FetchSecretsManager/),
        functionArn: `arn:aws:lambda:${ACCOUNT}:function:mini-fetch`,
        action: 'lambda:InvokeFunction',
        principal: 'secretsmanager.amazonaws.com',
        sourceArn: undefined,
        sourceAccount: '123456789012',
      },
    ]);
  });

  it('are refused when their code is not in the assembly', () => {
    const read = () => readMini(stack => void addFunction(stack, { code: lambda.Code.fromInline('1') }));

    expect(read).toThrow(
      expect.objectContaining({ name: 'UnresolvableTemplate', logicalId: expect.stringMatching(/^Fetch/) }),
    );
  });
});

describe('roles of a stack', () => {
  it('have their inline, attached and customer managed policies resolved', () => {
    const { roles } = readMini(stack => {
      const statement = (action: string) =>
        new iam.PolicyStatement({
          actions: [action],
          resources: [`arn:${stack.partition}:s3:::${stack.region}`],
        });
      const role = new iam.Role(stack, 'Role', {
        roleName: 'mini-role',
        assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
        inlinePolicies: { inline: new iam.PolicyDocument({ statements: [statement('s3:GetObject')] }) },
        managedPolicies: [
          iam.ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSLambdaBasicExecutionRole'),
        ],
      });
      role.addToPolicy(statement('s3:PutObject'));
      const managed = new iam.ManagedPolicy(stack, 'Managed', {
        managedPolicyName: 'mini-managed',
        statements: [statement('s3:ListBucket')],
      });
      role.addManagedPolicy(managed);
    });

    const document = (action: string) => ({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: action, Resource: 'arn:aws:s3:::eu-central-1' }],
    });
    expect(roles).toStrictEqual([
      {
        logicalId: expect.stringMatching(/^Role/),
        name: 'mini-role',
        arn: 'arn:aws:iam::123456789012:role/mini-role',
        trust: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
          ],
        },
        policies: [
          { name: 'inline', document: document('s3:GetObject') },
          { name: expect.stringMatching(/^RoleDefaultPolicy/), document: document('s3:PutObject') },
          { name: 'mini-managed', document: document('s3:ListBucket') },
        ],
        managedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
      },
    ]);
  });
});

describe('state machines of a stack', () => {
  const DEFINITION =
    '{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"${FetchArn}","Comment":"${Other}","End":true}}}';
  const SUBSTITUTED = DEFINITION.replace('${FetchArn}', `arn:aws:lambda:${ACCOUNT}:function:mini-fetch`);

  it.each([
    ['in the template', () => sfn.DefinitionBody.fromString(DEFINITION)],
    [
      'in a file of the assembly',
      () => {
        const file = path.join(emptyFolder(), 'rotation.asl.json');
        writeFileSync(file, DEFINITION);
        return sfn.DefinitionBody.fromFile(file);
      },
    ],
  ])('have their definition with substitutions when it is %s', (_where, definitionBody) => {
    const { stateMachines, roles } = readMini(stack => {
      new sfn.StateMachine(stack, 'Rotation', {
        stateMachineName: 'mini',
        definitionBody: definitionBody(),
        definitionSubstitutions: {
          FetchArn: addFunction(stack, { functionName: 'mini-fetch' }).functionArn,
        },
      });
    });

    expect(stateMachines).toStrictEqual([
      {
        logicalId: expect.stringMatching(/^Rotation/),
        name: 'mini',
        arn: `arn:aws:states:${ACCOUNT}:stateMachine:mini`,
        definition: SUBSTITUTED,
        roleArn: roles.find(role => role.logicalId.startsWith('RotationRole'))?.arn,
        logging: undefined,
        tracing: false,
        kmsKeyId: undefined,
      },
    ]);
  });

  it('have a definition that is an object of the template', () => {
    const { stateMachines } = readMini(stack => {
      new CfnResource(stack, 'Rotation', {
        type: 'AWS::StepFunctions::StateMachine',
        properties: {
          StateMachineName: 'mini',
          RoleArn: 'role',
          Definition: { StartAt: 'A', States: { A: { Type: 'Pass', Comment: '${Wait}', End: true } } },
          DefinitionSubstitutions: { Wait: 5 },
        },
      });
    });

    expect(JSON.parse(stateMachines[0]?.definition ?? '')).toStrictEqual({
      StartAt: 'A',
      States: { A: { Type: 'Pass', Comment: '5', End: true } },
    });
  });

  it('are refused when they are EXPRESS', () => {
    const read = () =>
      readMini(stack => {
        new sfn.StateMachine(stack, 'Rotation', {
          stateMachineType: sfn.StateMachineType.EXPRESS,
          definitionBody: sfn.DefinitionBody.fromString(DEFINITION),
        });
      });

    expect(read).toThrow(
      expect.objectContaining({
        logicalId: expect.stringMatching(/^Rotation/),
        intrinsic: 'StateMachineType',
      }),
    );
  });

  it('are refused without a definition in the assembly', () => {
    const read = () =>
      readMini(stack => {
        new CfnResource(stack, 'Rotation', {
          type: 'AWS::StepFunctions::StateMachine',
          properties: { RoleArn: 'role', DefinitionS3Location: { Bucket: 'b', Key: 'elsewhere.json' } },
        });
      });

    expect(read).toThrow(
      expect.objectContaining({ logicalId: 'Rotation', intrinsic: 'DefinitionS3Location' }),
    );
  });
});

describe('keys and secrets of a stack', () => {
  it('have their ids, aliases and policy', () => {
    const { keys } = readMini(stack => {
      new kms.Key(stack, 'Seal', { alias: 'mini-seal', enableKeyRotation: true, description: 'seals' });
    });

    const keyId = keys[0]?.keyId;
    expect(keyId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(keys).toStrictEqual([
      {
        logicalId: expect.stringMatching(/^Seal/),
        keyId,
        arn: `arn:aws:kms:${ACCOUNT}:key/${keyId}`,
        aliases: ['alias/mini-seal'],
        description: 'seals',
        enableKeyRotation: true,
        policy: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: 'kms:*',
              Principal: { AWS: 'arn:aws:iam::123456789012:root' },
              Resource: '*',
            },
          ],
        },
      },
    ]);
  });

  it('have an ARN that the rotation schedule and policies also use', () => {
    const { secrets, rotationSchedules, functions, roles } = readMini(stack => {
      const rotation = addFunction(stack);
      const secret = new secretsmanager.Secret(stack, 'Secret', {
        secretName: 'genesys/one',
        description: 'first',
        generateSecretString: { generateStringKey: 'x', secretStringTemplate: '{}' },
      });
      secret.grantRead(rotation);
      new secretsmanager.CfnRotationSchedule(stack, 'Schedule', {
        secretId: secret.secretArn,
        rotationLambdaArn: rotation.functionArn,
        rotateImmediatelyOnUpdate: false,
        rotationRules: { scheduleExpression: 'rate(8 hours)', duration: '1h' },
      });
    });

    const secretArn = secrets[0]?.arn;
    expect(secretArn).toMatch(
      /^arn:aws:secretsmanager:eu-central-1:123456789012:secret:genesys\/one-[0-9a-f]{6}$/,
    );
    expect(secrets).toStrictEqual([
      {
        logicalId: expect.stringMatching(/^Secret/),
        name: 'genesys/one',
        arn: secretArn,
        description: 'first',
        kmsKeyId: undefined,
        secretString: undefined,
        generated: true,
      },
    ]);
    expect(rotationSchedules).toStrictEqual([
      {
        logicalId: 'Schedule',
        secretId: secretArn,
        rotationLambdaArn: functions[0]?.arn,
        rules: { ScheduleExpression: 'rate(8 hours)', Duration: '1h' },
        rotateImmediatelyOnUpdate: false,
      },
    ]);
    expect(JSON.stringify(roles[0]?.policies)).toContain(`"Resource":"${secretArn}"`);
  });

  it('are refused for a hosted rotation', () => {
    const read = () =>
      readMini(stack => {
        new CfnResource(stack, 'Schedule', {
          type: 'AWS::SecretsManager::RotationSchedule',
          properties: { SecretId: 's', HostedRotationLambda: { RotationType: 'MySQLSingleUser' } },
        });
      });

    expect(read).toThrow(expect.objectContaining({ logicalId: 'Schedule', intrinsic: 'RotationLambdaARN' }));
  });

  it('are refused with the path of an invalid property, but without its value', () => {
    const read = () =>
      readMini(stack => {
        new CfnResource(stack, 'Bad', {
          type: 'AWS::SecretsManager::Secret',
          properties: { SecretString: { inner: 'SENTINEL' } },
        });
      });

    expect(read).toThrow(expect.objectContaining({ logicalId: 'Bad', intrinsic: 'SecretString' }));
    expect(read).not.toThrow('SENTINEL');
  });
});

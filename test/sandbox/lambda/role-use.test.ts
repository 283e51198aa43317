import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../sandbox/json.ts';
import type { FunctionDefinition } from '../../../sandbox/lambda/function-definition.ts';
import type { FunctionPermission } from '../../../sandbox/template/function-resources.ts';
import { document, permissionsOf, role } from '../../helpers/stack-permissions.ts';
import { openLambda, probe } from './deployed-lambda.ts';

const FUNCTION_ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:probe';
const LOG_GROUP_ARN = 'arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/probe:*';
const allow = (action: string | string[], resource = '*'): JsonObject => ({
  Effect: 'Allow',
  Action: action,
  Resource: resource,
});
const WRITE_LOG = allow(['logs:CreateLogStream', 'logs:PutLogEvents'], LOG_GROUP_ARN);
const VPC = { subnetIds: ['subnet-1'], securityGroupIds: ['sg-1'] };
const NETWORK_ACTIONS = [
  'CreateNetworkInterface',
  'DescribeNetworkInterfaces',
  'DescribeSubnets',
  'DeleteNetworkInterface',
  'AssignPrivateIpAddresses',
  'UnassignPrivateIpAddresses',
].map(action => `ec2:${action}`);

/** A Lambda service, and the definition of a function that is not created yet. Its role has these statements. */
function lambdaWith(
  statements: readonly JsonObject[],
  options: {
    readonly definition?: Partial<FunctionDefinition>;
    readonly permissions?: readonly FunctionPermission[];
    readonly trust?: JsonObject;
  } = {},
) {
  const permissions = permissionsOf({
    region: 'eu-central-1',
    roles: [role('probe-role', statements, options.trust === undefined ? {} : { trust: options.trust })],
    permissions: options.permissions ?? [],
  });
  const code = 'exports.handler = async () => console.log("a line");';
  return {
    permissions,
    ...openLambda({ authorizer: permissions }),
    definition: probe(code, options.definition),
  };
}

describe("a function's role", () => {
  it("writes the log to a stream in the function's log group", async () => {
    const { lambda, definition, permissions, invokeApi } = lambdaWith([WRITE_LOG]);
    lambda.createFunction(definition);

    await invokeApi({});

    expect(lambda.logs('probe').map(({ text }) => text)).toEqual(['a line']);
    expect(permissions.used().map(({ action }) => action)).toEqual([
      'logs:CreateLogStream',
      'logs:PutLogEvents',
    ]);
  });

  it.each([
    ['logs:CreateLogStream', LOG_GROUP_ARN],
    ['logs:PutLogEvents', LOG_GROUP_ARN],
    ['logs:*', LOG_GROUP_ARN.replace('probe', 'other')],
  ])('writes no log with %s on %s alone, while the response still has the tail', async (action, resource) => {
    const { lambda, definition, invokeApi } = lambdaWith([allow(action, resource)]);
    lambda.createFunction(definition);

    const { LogResult = '', FunctionError } = await invokeApi({ LogType: 'Tail' });

    expect(lambda.logs('probe')).toEqual([]);
    expect(Buffer.from(LogResult, 'base64').toString()).toBe('a line\n');
    expect(FunctionError).toBeUndefined();
  });

  it('sends traces only for a traced function', async () => {
    const traces = allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords']);
    const traced = lambdaWith([traces], { definition: { tracing: true } });
    const untraced = lambdaWith([traces]);

    for (const { lambda, definition, invokeApi } of [traced, untraced]) {
      lambda.createFunction(definition);
      await invokeApi({});
    }

    expect(traced.permissions.used()).toHaveLength(2);
    expect(untraced.permissions.used()).toEqual([]);
  });

  it('runs the function even without the permission to send traces', async () => {
    const { lambda, definition, permissions, invokeApi } = lambdaWith([WRITE_LOG], {
      definition: { tracing: true },
    });
    lambda.createFunction(definition);

    const { FunctionError } = await invokeApi({});

    expect(FunctionError).toBeUndefined();
    expect(permissions.denials().map(({ action }) => action)).toEqual([
      'xray:PutTraceSegments',
      'xray:PutTelemetryRecords',
    ]);
  });

  it('must trust Lambda', () => {
    const trust = document({
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: 'states.amazonaws.com' },
    });
    const { lambda, definition } = lambdaWith([], { trust });

    expect(() => lambda.createFunction(definition)).toThrow(
      expect.objectContaining({
        type: 'InvalidParameterValueException',
        message: 'The role defined for the function cannot be assumed by Lambda.',
      }),
    );
  });

  it('uses its permissions for network interfaces when the function is in a VPC', () => {
    const { lambda, definition, permissions } = lambdaWith([allow(NETWORK_ACTIONS)], {
      definition: { vpc: VPC },
    });

    lambda.createFunction(definition);

    expect(permissions.used().map(({ action }) => action)).toEqual(NETWORK_ACTIONS);
  });

  it.each(NETWORK_ACTIONS)('needs %s when the function is in a VPC', missing => {
    const { lambda, definition } = lambdaWith([allow(NETWORK_ACTIONS.filter(action => action !== missing))], {
      definition: { vpc: VPC },
    });

    expect(() => lambda.createFunction(definition)).toThrow(
      expect.objectContaining({
        type: 'InvalidParameterValueException',
        message: `The provided execution role does not have permissions to call ${missing.slice(4)} on EC2`,
      }),
    );
  });

  it('also needs permission for subnet and security group when the function is in a VPC', () => {
    const interfaces = 'arn:aws:ec2:eu-central-1:123456789012:network-interface/*';
    const others = NETWORK_ACTIONS.filter(action => action !== 'ec2:CreateNetworkInterface');
    const statements = [allow(others), allow('ec2:CreateNetworkInterface', interfaces)];
    const { lambda, definition } = lambdaWith(statements, { definition: { vpc: VPC } });

    expect(() => lambda.createFunction(definition)).toThrow('CreateNetworkInterface on EC2');
  });

  it('can be denied the same calls in the code of the function', () => {
    const deny = {
      ...allow(NETWORK_ACTIONS),
      Effect: 'Deny',
      Condition: { ArnEquals: { 'lambda:SourceFunctionArn': FUNCTION_ARN } },
    };
    const { lambda, definition, permissions } = lambdaWith([allow(NETWORK_ACTIONS), deny], {
      definition: { vpc: VPC },
    });

    lambda.createFunction(definition);

    const inCode = {
      accountId: '123456789012',
      arn: 'arn:aws:sts::123456789012:assumed-role/probe-role/probe',
      roleArn: definition.roleArn,
      functionArn: FUNCTION_ARN,
    };
    expect(permissions.allows(inCode, { action: 'ec2:DescribeSubnets', resource: '*' })).toBe(false);
  });
});

describe('a function that a service invokes', () => {
  const permission = {
    logicalId: 'Permission',
    functionArn: FUNCTION_ARN,
    action: 'lambda:InvokeFunction',
    principal: 'secretsmanager.amazonaws.com',
    sourceAccount: '123456789012',
  };

  it('is allowed by its function policy', async () => {
    const { lambda, definition } = lambdaWith([], { permissions: [permission] });
    lambda.createFunction(definition);

    const invocation = await lambda.invoke(FUNCTION_ARN, {}, 'secretsmanager.amazonaws.com');

    expect(invocation.functionError).toBeUndefined();
  });

  it('is refused to another service', async () => {
    const { lambda, definition } = lambdaWith([], { permissions: [permission] });
    lambda.createFunction(definition);

    const invocation = lambda.invoke(FUNCTION_ARN, {}, 'events.amazonaws.com');

    await expect(invocation).rejects.toMatchObject({
      type: 'AccessDeniedException',
      statusCode: 403,
      message: expect.stringContaining(
        'User: events.amazonaws.com is not authorized to perform: lambda:InvokeFunction',
      ),
    });
  });

  it("is allowed by the service's role, for the qualified ARN in the policy only", async () => {
    const { lambda, definition } = lambdaWith([allow('lambda:InvokeFunction', `${FUNCTION_ARN}:live`)], {
      definition: { versions: ['1'], aliases: { live: '1' } },
    });
    lambda.createFunction(definition);
    const origin = { roleArn: definition.roleArn };

    const byAlias = await lambda.invoke(`${FUNCTION_ARN}:live`, {}, 'states.amazonaws.com', origin);
    const byName = lambda.invoke(FUNCTION_ARN, {}, 'states.amazonaws.com', origin);

    expect(byAlias.functionError).toBeUndefined();
    await expect(byName).rejects.toMatchObject({ type: 'AccessDeniedException' });
  });
});

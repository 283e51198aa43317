import {
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  InvokeCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import { serveAws } from '../../helpers/aws-endpoint.ts';
import { FUNCTION_ARN, openLambda, probe } from './deployed-lambda.ts';

describe('Lambda, called with the AWS SDK', () => {
  it('returns result, version and log of an invocation', async () => {
    const { lambda } = openLambda();
    lambda.createFunction(probe('exports.handler = async event => { console.log("ran"); return event; };'));
    const client = new LambdaClient((await serveAws([lambda])).client);

    const response = await client.send(
      new InvokeCommand({ FunctionName: FUNCTION_ARN, Payload: Buffer.from('{"a":1}'), LogType: 'Tail' }),
    );

    expect(response).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
    expect(response.FunctionError).toBeUndefined();
    expect(response.Payload?.transformToString()).toBe('{"a":1}');
    expect(Buffer.from(response.LogResult ?? '', 'base64').toString()).toBe('ran\n');
  });

  it('returns 200 with FunctionError when the function fails', async () => {
    const { lambda } = openLambda();
    lambda.createFunction(probe('exports.handler = async () => { throw new TypeError("no"); };'));
    const client = new LambdaClient((await serveAws([lambda])).client);

    const response = await client.send(new InvokeCommand({ FunctionName: 'probe' }));

    expect(response).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
    expect(JSON.parse(response.Payload?.transformToString() ?? '')).toMatchObject({
      errorType: 'TypeError',
      errorMessage: 'no',
    });
  });

  it('returns 202 for an event', async () => {
    const { lambda } = openLambda();
    lambda.createFunction(probe('exports.handler = async () => 1;'));
    const client = new LambdaClient((await serveAws([lambda])).client);

    const event = await client.send(new InvokeCommand({ FunctionName: 'probe', InvocationType: 'Event' }));

    expect(event.StatusCode).toBe(202);
  });

  it.each([
    ['clientContext', { ClientContext: 'e30=' }],
    ['durableExecutionName', { DurableExecutionName: 'once' }],
    ['tenantId', { TenantId: 'one' }],
    ['invocationType', { InvocationType: 'DryRun' }],
  ] as const)('refuses %s by name', async (member, input) => {
    const { lambda } = openLambda();
    lambda.createFunction(probe('exports.handler = async () => 1;'));
    const client = new LambdaClient((await serveAws([lambda])).client);

    await expect(client.send(new InvokeCommand({ FunctionName: 'probe', ...input }))).rejects.toThrow(
      new RegExp(`'${member}' failed to satisfy constraint: Member .*not emulate`),
    );
  });

  it('returns the configuration of a function', async () => {
    const { lambda } = openLambda();
    lambda.createFunction(probe('exports.handler = async () => 1;', { environment: { A: '1' } }));
    const client = new LambdaClient((await serveAws([lambda])).client);

    const response = await client.send(new GetFunctionConfigurationCommand({ FunctionName: 'probe' }));

    expect(response).toMatchObject({
      FunctionName: 'probe',
      FunctionArn: FUNCTION_ARN,
      Environment: { Variables: { A: '1' } },
    });
  });

  it('returns the reserved concurrency of a function, if it has one', async () => {
    const { lambda } = openLambda();
    const code = 'exports.handler = async () => 1;';
    lambda.createFunction(probe(code, { reservedConcurrency: 12 }));
    lambda.createFunction(probe(code, { name: 'other' }));
    const client = new LambdaClient((await serveAws([lambda])).client);

    const reserved = await client.send(new GetFunctionConcurrencyCommand({ FunctionName: 'probe' }));
    const none = await client.send(new GetFunctionConcurrencyCommand({ FunctionName: 'other' }));

    expect(reserved.ReservedConcurrentExecutions).toBe(12);
    expect(none.ReservedConcurrentExecutions).toBeUndefined();
  });

  it('returns the policy of a function as JSON', async () => {
    const statement = { Sid: 'Secrets', Effect: 'Allow', Action: 'lambda:InvokeFunction' };
    const { lambda } = openLambda({ policyOf: arn => (arn === FUNCTION_ARN ? [statement] : []) });
    lambda.createFunction(probe('exports.handler = async () => 1;'));
    const client = new LambdaClient((await serveAws([lambda])).client);

    const response = await client.send(new GetPolicyCommand({ FunctionName: 'probe' }));

    expect(JSON.parse(response.Policy ?? '')).toMatchObject({ Statement: [statement] });
  });

  it('returns ResourceNotFoundException for the policy of a function that has none', async () => {
    const { lambda } = openLambda();
    lambda.createFunction(probe('exports.handler = async () => 1;'));
    const client = new LambdaClient((await serveAws([lambda])).client);

    const call = client.send(new GetPolicyCommand({ FunctionName: 'probe' }));

    await expect(call).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it("throws Lambda's exceptions", async () => {
    const { lambda } = openLambda();
    lambda.createFunction(probe('exports.handler = async () => 1;', { reservedConcurrency: 0 }));
    const client = new LambdaClient((await serveAws([lambda])).client);

    const unknown = client.send(new GetFunctionConfigurationCommand({ FunctionName: 'other' }));
    const throttled = client.send(new InvokeCommand({ FunctionName: 'probe' }));

    await expect(unknown).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Function not found: arn:aws:lambda:eu-central-1:123456789012:function:other',
    });
    await expect(throttled).rejects.toMatchObject({
      name: 'TooManyRequestsException',
      Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
    });
  });
});

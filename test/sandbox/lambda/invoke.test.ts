import { describe, expect, it } from 'vitest';
import { AwsError } from '../../../sandbox/aws/aws-error.ts';
import type { InterceptedInvocation } from '../../../sandbox/lambda/invocation-interceptor.ts';
import type { Invocation } from '../../../sandbox/lambda/invoker.ts';
import { FUNCTION_ARN, openLambda, probe } from './deployed-lambda.ts';

const ECHO = 'exports.handler = async event => event;';

describe('Lambda.invoke', () => {
  it('passes payload and result through JSON', async () => {
    const { lambda, invoke } = openLambda();
    lambda.createFunction(
      probe('exports.handler = async event => ({ ...event, at: new Date(0), none: undefined });'),
    );

    const invocation = await invoke({ given: new Date(1), left: undefined });

    expect(invocation).toStrictEqual({
      payload: { given: '1970-01-01T00:00:00.001Z', at: '1970-01-01T00:00:00.000Z' },
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      executedVersion: '$LATEST',
    });
  });

  it('returns null when the handler returns nothing', async () => {
    const { lambda, invoke } = openLambda();
    lambda.createFunction(probe('exports.handler = () => {};'));

    const { payload } = await invoke();

    expect(payload).toBeNull();
  });

  it.each([
    'probe',
    '123456789012:function:probe',
    FUNCTION_ARN,
    'probe:$LATEST',
    `${FUNCTION_ARN}:2`,
    `${FUNCTION_ARN}:prod`,
  ])('finds the function as %s', async functionName => {
    const { lambda } = openLambda();
    lambda.createFunction(probe(ECHO, { versions: ['1', '2'], aliases: { prod: '1' } }));

    const { payload } = await lambda.invoke(functionName, { a: 1 }, 'secretsmanager.amazonaws.com');

    expect(payload).toStrictEqual({ a: 1 });
    expect(lambda.hasFunction(functionName)).toBe(true);
  });

  it.each([
    ['probe', '$LATEST'],
    [`${FUNCTION_ARN}:2`, '2'],
    [`${FUNCTION_ARN}:prod`, '1'],
  ])('returns the version that ran for %s', async (functionName, version) => {
    const { lambda } = openLambda();
    lambda.createFunction(probe(ECHO, { versions: ['1', '2'], aliases: { prod: '1' } }));

    const { executedVersion } = await lambda.invoke(functionName, {}, 'states.amazonaws.com');

    expect(executedVersion).toBe(version);
  });

  it.each([
    ['other', 'arn:aws:lambda:eu-central-1:123456789012:function:other'],
    ['probe:3', `${FUNCTION_ARN}:3`],
    ['probe:test', `${FUNCTION_ARN}:test`],
    [
      'arn:aws:lambda:us-east-1:123456789012:function:probe',
      'arn:aws:lambda:us-east-1:123456789012:function:probe',
    ],
    [
      'arn:aws:lambda:eu-central-1:999999999999:function:probe',
      'arn:aws:lambda:eu-central-1:999999999999:function:probe',
    ],
  ])('throws ResourceNotFoundException for %s', async (functionName, arn) => {
    const { lambda } = openLambda();
    lambda.createFunction(probe(ECHO, { versions: ['1', '2'], aliases: { prod: '1' } }));

    const refusal = lambda.invoke(functionName, {}, 'states.amazonaws.com');

    await expect(refusal).rejects.toMatchObject({
      name: 'AwsError',
      type: 'ResourceNotFoundException',
      statusCode: 404,
      message: `Function not found: ${arn}`,
    });
    expect(lambda.hasFunction(functionName)).toBe(false);
  });

  it('throws ValidationException for an invalid function name', async () => {
    const { lambda } = openLambda();

    const refusal = lambda.invoke('arn:aws:states:eu-central-1:123456789012:x', {}, 'states.amazonaws.com');

    await expect(refusal).rejects.toMatchObject({ type: 'ValidationException', statusCode: 400 });
  });

  it('throws RequestTooLargeException for a payload above 6 MB', async () => {
    const { lambda, invoke } = openLambda();
    lambda.createFunction(probe(ECHO));

    const refusal = invoke('x'.repeat(6_291_455));

    await expect(refusal).rejects.toMatchObject({
      type: 'RequestTooLargeException',
      statusCode: 413,
      message:
        '6291457 byte payload is too large for the RequestResponse invocation type (limit 6291456 bytes)',
    });
  });

  it('passes every invocation through the interceptors, the first outermost', async () => {
    const invocations: InterceptedInvocation[] = [];
    const order: string[] = [];
    const replaced: Invocation = { payload: 'replaced', requestId: 'r' };
    const { lambda, invoke } = openLambda({
      interceptors: [
        async (invocation, next) => {
          invocations.push(invocation);
          order.push('outer');
          return await next();
        },
        async (_invocation, next) => {
          order.push('inner');
          await next();
          return replaced;
        },
      ],
    });
    lambda.createFunction(probe(`console.log("ran"); ${ECHO}`));

    const invocation = await invoke({ a: 1 });

    expect(invocation).toBe(replaced);
    expect(order).toStrictEqual(['outer', 'inner']);
    expect(invocations).toStrictEqual([
      {
        functionName: 'probe',
        functionArn: FUNCTION_ARN,
        payload: { a: 1 },
        requestId: expect.any(String),
        source: 'states.amazonaws.com',
      },
    ]);
    expect(lambda.logs('probe').map(line => line.text)).toStrictEqual(['ran']);
  });

  it('allows an interceptor to refuse an invocation before it reaches the function', async () => {
    const { lambda, invoke } = openLambda({
      interceptors: [() => Promise.reject(new AwsError('ServiceException', 'no', { statusCode: 500 }))],
    });
    lambda.createFunction(probe(`console.log("ran"); ${ECHO}`));

    const refusal = invoke();

    await expect(refusal).rejects.toMatchObject({ type: 'ServiceException' });
    expect(lambda.logs('probe')).toStrictEqual([]);
  });
});

describe('Lambda.createFunction', () => {
  it('throws ResourceConflictException when a function with this name exists', () => {
    const { lambda } = openLambda();
    lambda.createFunction(probe(ECHO));

    expect(() => lambda.createFunction(probe(ECHO))).toThrow(
      expect.objectContaining({ type: 'ResourceConflictException', statusCode: 409 }),
    );
  });

  it('throws when the code or a Node.js runtime is missing', () => {
    const { lambda } = openLambda();

    expect(() => lambda.createFunction(probe(ECHO, { codeDirectory: '/nowhere' }))).toThrow(
      '/nowhere is not a folder',
    );
    expect(() => lambda.createFunction(probe(ECHO, { runtime: 'python3.13' }))).toThrow('python3.13');
    expect(lambda.hasFunction('probe')).toBe(false);
  });
});

describe('Lambda operation Invoke', () => {
  it('responds to a synchronous invocation', async () => {
    const { lambda, invokeApi } = openLambda();
    lambda.createFunction(probe(ECHO, { versions: ['1'], aliases: { prod: '1' } }));

    const response = await invokeApi({ Qualifier: 'prod', Payload: '{"a":1}' });

    expect(response).toStrictEqual({ StatusCode: 200, Payload: '{"a":1}', ExecutedVersion: '1' });
  });

  it('passes an empty object to the function without a payload', async () => {
    const { lambda, invokeApi } = openLambda();
    lambda.createFunction(probe(ECHO));

    const response = await invokeApi({});

    expect(response).toMatchObject({ Payload: '{}', ExecutedVersion: '$LATEST' });
  });

  it('returns 200 with FunctionError when the function fails', async () => {
    const { lambda, invokeApi } = openLambda();
    lambda.createFunction(probe('exports.handler = async () => { throw new Error("no"); };'));

    const response = await invokeApi({});

    expect(response).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
    expect(JSON.parse(response.Payload)).toMatchObject({ errorType: 'Error', errorMessage: 'no' });
  });

  it('throws InvalidRequestContentException when the payload is not JSON', async () => {
    const { lambda, invokeApi } = openLambda();
    lambda.createFunction(probe(ECHO));

    const refusal = invokeApi({ Payload: '{a' });

    await expect(refusal).rejects.toMatchObject({ type: 'InvalidRequestContentException', statusCode: 400 });
  });

  it('throws InvalidParameterValueException when name and Qualifier differ', async () => {
    const { lambda, invokeApi } = openLambda();
    lambda.createFunction(probe(ECHO, { versions: ['1', '2'] }));

    const refusal = invokeApi({ FunctionName: 'probe:1', Qualifier: '2' });

    await expect(refusal).rejects.toMatchObject({ type: 'InvalidParameterValueException' });
  });
});

describe('Lambda operation GetFunctionConfiguration', () => {
  it('describes the function', async () => {
    const { lambda, call } = openLambda();
    lambda.createFunction(probe(ECHO, { environment: { A: '1' } }));

    const response = await call('GetFunctionConfiguration', { FunctionName: 'probe' });

    expect(response).toStrictEqual({
      FunctionName: 'probe',
      FunctionArn: FUNCTION_ARN,
      Runtime: 'nodejs24.x',
      Role: 'arn:aws:iam::123456789012:role/probe-role',
      Handler: 'index.handler',
      Timeout: 20,
      MemorySize: 256,
      Environment: { Variables: { A: '1' } },
      LoggingConfig: { LogFormat: 'Text', LogGroup: '/aws/lambda/probe' },
      PackageType: 'Zip',
      State: 'Active',
      LastUpdateStatus: 'Successful',
      Version: '$LATEST',
    });
  });
});

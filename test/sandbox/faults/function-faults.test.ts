import { describe, expect, it } from 'vitest';
import type { FunctionFaultKind } from '../../../sandbox/faults/fault-rule.ts';
import type { Invocation } from '../../../sandbox/lambda/invoker.ts';
import { invokeFunction } from '../../../sandbox/step-functions/lambda-task.ts';
import { faultWorld } from './fault-world.ts';

const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:123456789012:function:tokens-refresh';

/** The function tokens-refresh (timeout 7 s) with this fault, as Step Functions invokes it. */
function faultyRefresh(kind: FunctionFaultKind, target = 'lambda:refresh') {
  const { faults } = faultWorld();
  faults.add({ target, kind });
  const counter = { runs: 0 };
  const run = async (): Promise<Invocation> => {
    counter.runs += 1;
    return { payload: 'refreshed', requestId: 'request-1' };
  };
  const functions = {
    invoke: (
      functionArn: string,
      payload: unknown,
      source: 'states.amazonaws.com' | 'secretsmanager.amazonaws.com',
    ) =>
      faults.invocationInterceptor(
        { functionArn, functionName: 'tokens-refresh', payload, requestId: 'request-1', source },
        run,
      ),
  };
  return { counter, invoke: () => invokeFunction(functions, FUNCTION_ARN, {}, {}) };
}

describe('faults of functions', () => {
  it.each<[FunctionFaultKind, number, string, string]>([
    [
      'crash-before',
      0,
      'Runtime.ExitError',
      '{"errorType":"Runtime.ExitError","errorMessage":"RequestId: request-1 Error: Runtime exited with error: exit status 1"}',
    ],
    [
      'crash-after',
      1,
      'Runtime.ExitError',
      '{"errorType":"Runtime.ExitError","errorMessage":"RequestId: request-1 Error: Runtime exited with error: exit status 1"}',
    ],
    [
      'out-of-memory',
      1,
      'Runtime.ExitError',
      '{"errorType":"Runtime.ExitError","errorMessage":"RequestId: request-1 Error: Runtime exited with error: signal: killed"}',
    ],
    [
      'timeout-before',
      0,
      'Sandbox.Timedout',
      '{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: request-1 Error: Task timed out after 7.00 seconds"}',
    ],
    [
      'timeout-after',
      1,
      'Sandbox.Timedout',
      '{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: request-1 Error: Task timed out after 7.00 seconds"}',
    ],
    [
      'throttled',
      0,
      'Lambda.TooManyRequestsException',
      'Rate Exceeded. (Service: AWSLambda; Status Code: 429; Error Code: TooManyRequestsException;',
    ],
    [
      'server-error',
      0,
      'Lambda.ServiceException',
      'The AWS Lambda service encountered an internal error. (Service: AWSLambda; Status Code: 500; Error Code: ServiceException;',
    ],
    [
      'access-denied',
      0,
      'Lambda.AWSLambdaException',
      `is not authorized to perform: lambda:InvokeFunction on resource: ${FUNCTION_ARN}`,
    ],
    ['response-lost', 1, 'Lambda.SdkClientException', 'Unable to execute HTTP request: '],
  ])('are reported to a workflow: %s, after %i runs, as %s', async (kind, runs, error, cause) => {
    const { invoke, counter } = faultyRefresh(kind);

    await expect(invoke()).rejects.toMatchObject({ error, causeText: expect.stringContaining(cause) });
    expect(counter.runs).toBe(runs);
  });

  it('return the reason when Lambda throttles', async () => {
    const { faults } = faultWorld();
    faults.add({ target: 'lambda:*', kind: 'throttled' });
    const invocation = {
      functionArn: FUNCTION_ARN,
      functionName: 'tokens-refresh',
      payload: {},
      requestId: 'r',
    };

    const response = faults.invocationInterceptor(invocation, async () => ({
      payload: null,
      requestId: 'r',
    }));

    await expect(response).rejects.toMatchObject({
      statusCode: 429,
      details: { Reason: 'ConcurrentInvocationLimitExceeded' },
    });
  });

  it('do not affect other functions', async () => {
    const { invoke } = faultyRefresh('crash-before', 'lambda:verify');

    await expect(invoke()).resolves.toMatchObject({ payload: 'refreshed' });
  });
});

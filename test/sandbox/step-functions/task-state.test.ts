import { describe, expect, it } from 'vitest';
import { AwsError } from '../../../sandbox/aws/aws-error.ts';
import {
  EXECUTION_ARN,
  fails,
  machine,
  output,
  returns,
  runsUntilFinished,
  SECOND_MS,
  task,
  workflow,
} from './workflow.ts';

const FUNCTION_ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:refresh';

describe('Task with lambda:invoke', () => {
  it('invokes the function as Step Functions and wraps its payload', async () => {
    const flow = workflow(machine({ Refresh: task(FUNCTION_ARN, { ResultSelector: { 'all.$': '$' } }) }));
    flow.functions.script(FUNCTION_ARN, returns({ ok: true }));

    const execution = await flow.run({ a: 1 });

    expect(flow.functions.calls).toEqual([
      { functionArn: FUNCTION_ARN, payload: { a: 1 }, source: 'states.amazonaws.com' },
    ]);
    expect(output(execution)).toMatchObject({
      all: {
        ExecutedVersion: '$LATEST',
        Payload: { ok: true },
        SdkHttpMetadata: { HttpStatusCode: 200, HttpHeaders: { 'Content-Length': '11' } },
        SdkResponseMetadata: { RequestId: 'request-1' },
        StatusCode: 200,
      },
    });
  });

  it('returns the version that an alias resolved to', async () => {
    const flow = workflow(
      machine({
        Refresh: task(`${FUNCTION_ARN}:live`, {
          ResultSelector: { 'v.$': '$.ExecutedVersion' },
        }),
      }),
    );
    flow.functions.script(`${FUNCTION_ARN}:live`, returns(null, '7'));

    const execution = await flow.run();

    expect(output(execution)).toEqual({ v: '7' });
  });

  it('reads the function name from the input and sends an empty object without Payload', async () => {
    const flow = workflow(machine({ Refresh: task('', { Parameters: { 'FunctionName.$': '$.name' } }) }));
    flow.functions.script('refresh', returns(1));

    await flow.run({ name: 'refresh' });

    expect(flow.functions.calls).toEqual([
      { functionArn: 'refresh', payload: {}, source: 'states.amazonaws.com' },
    ]);
  });

  it('reports a thrown error by its errorType, with the whole payload as the cause', async () => {
    const flow = workflow(machine({ Refresh: task('f') }));
    flow.functions.script('f', fails('RefreshTokenRejected', 'log in again'));

    const execution = await flow.run();

    expect(execution.status).toBe('FAILED');
    expect(execution.failure).toEqual({
      error: 'RefreshTokenRejected',
      cause:
        '{"errorType":"RefreshTokenRejected","errorMessage":"log in again","trace":["RefreshTokenRejected: log in again"]}',
    });
  });

  it('reports Lambda.Unknown when the payload has no errorType', async () => {
    const flow = workflow(machine({ Refresh: task('f') }));
    flow.functions.script('f', () => ({
      payload: { errorMessage: 'Task timed out after 3.00 seconds' },
      functionError: 'Unhandled',
      requestId: 'r',
    }));

    const execution = await flow.run();

    expect(execution.failure).toEqual({
      error: 'Lambda.Unknown',
      cause:
        'The cause could not be determined because Lambda did not return an error type. Returned payload: {"errorMessage":"Task timed out after 3.00 seconds"}',
    });
  });

  it('reports errors of the Lambda service as Lambda.<Name>', async () => {
    const flow = workflow(machine({ Refresh: task('f') }));
    flow.functions.script('f', () => {
      throw new AwsError('ResourceNotFoundException', `Function not found: ${FUNCTION_ARN}`, {
        statusCode: 404,
      });
    });

    const execution = await flow.run();

    expect(execution.failure.error).toBe('Lambda.ResourceNotFoundException');
    expect(execution.failure.cause).toMatch(
      /^Function not found: arn:aws:lambda:eu-central-1:123456789012:function:refresh \(Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException; Request ID: [0-9a-f-]{36}; Proxy: null\)$/,
    );
  });

  it.each([
    ['AccessDeniedException', 403, 'Lambda.AWSLambdaException'],
    ['TooManyRequestsException', 429, 'Lambda.TooManyRequestsException'],
    ['ServiceException', 500, 'Lambda.ServiceException'],
  ])('reports %s of the Lambda service with status %i as %s', async (type, statusCode, expected) => {
    const flow = workflow(machine({ Refresh: task('f') }));
    flow.functions.script('f', () => {
      throw new AwsError(type, 'refused', { statusCode });
    });

    const execution = await flow.run();

    expect(execution.failure.error).toBe(expected);
    expect(execution.failure.cause).toContain(`Error Code: ${type};`);
  });

  it('reports Lambda.SdkClientException without a response', async () => {
    const flow = workflow(machine({ Refresh: task('f') }));
    flow.functions.script('f', () => {
      throw new Error('socket hang up');
    });

    const execution = await flow.run();

    expect(execution.failure).toEqual({
      error: 'Lambda.SdkClientException',
      cause: 'Unable to execute HTTP request: socket hang up',
    });
  });

  it('keeps 256 characters of the error and 32,768 of the cause', async () => {
    const flow = workflow(machine({ Refresh: task('f') }));
    flow.functions.script('f', fails('E'.repeat(300), 'm'.repeat(40_000)));

    const execution = await flow.run();

    expect(execution.failure.error).toHaveLength(256);
    expect(execution.failure.cause).toHaveLength(32_768);
  });

  it('fails with States.DataLimitExceeded, which States.ALL does not match, when the response is too large', async () => {
    const all = [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }];
    const flow = workflow(
      machine({
        Refresh: task('f', { Retry: [{ ErrorEquals: ['States.ALL'] }], Catch: all }),
        Caught: { Type: 'Succeed' },
      }),
    );
    flow.functions.script('f', returns('x'.repeat(262_144)));

    const execution = await flow.run();

    expect(execution.failure).toEqual({
      error: 'States.DataLimitExceeded',
      cause:
        "The state/task 'arn:aws:states:::lambda:invoke' returned a result with a size exceeding the maximum number of bytes service limit.",
    });
  });

  it('times out without a cause, does not stop the function, and discards its late response', async () => {
    const flow = workflow(machine({ Refresh: task('f', { TimeoutSeconds: 5 }) }));
    const { response, finish } = runsUntilFinished();
    flow.functions.script('f', response);
    await flow.start();

    await flow.advance(5 * SECOND_MS);
    finish({ token: 'late' });
    await flow.advance(0);

    const execution = flow.states.execution(EXECUTION_ARN);
    expect(execution.status).toBe('FAILED');
    expect(execution.failure).toEqual({ error: 'States.Timeout' });
    expect(flow.eventTypes()).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskTimedOut',
      'ExecutionFailed',
    ]);
  });
});

import { describe, expect, it } from 'vitest';
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

const failures = (times: number, error = 'Oops') => Array.from({ length: times }, () => fails(error));

describe('Retry', () => {
  it.each([
    [{}, [1, 2, 4]],
    [{ IntervalSeconds: 3, BackoffRate: 1 }, [3, 3, 3]],
    [{ IntervalSeconds: 2, BackoffRate: 3, MaxDelaySeconds: 5 }, [2, 5, 5]],
    [{ IntervalSeconds: 4, BackoffRate: 1.5, JitterStrategy: 'NONE' }, [4, 6, 9]],
    [{ IntervalSeconds: 4, JitterStrategy: 'FULL' }, [1, 2, 4]],
  ])('with %j waits %j seconds before its 3 attempts and then fails', async (fields, waitsSeconds) => {
    const retrier = { ErrorEquals: ['Oops'], ...fields };
    const flow = workflow(machine({ Only: task('f', { Retry: [retrier] }) }), {}, () => 0.25);
    flow.functions.script('f', ...failures(4));
    await flow.start();
    await flow.advance(0);

    for (const [retries, seconds] of waitsSeconds.entries()) {
      await flow.advance(seconds * SECOND_MS - 1);
      expect(flow.functions.calls).toHaveLength(1 + retries);
      await flow.advance(1);
      expect(flow.functions.calls).toHaveLength(2 + retries);
    }

    expect(flow.states.execution(EXECUTION_ARN).failure.error).toBe('Oops');
  });

  it('never retries with MaxAttempts 0', async () => {
    const flow = workflow(
      machine({
        Only: task('f', {
          Retry: [{ ErrorEquals: ['Oops'], MaxAttempts: 0 }, { ErrorEquals: ['States.ALL'] }],
        }),
      }),
    );
    flow.functions.script('f', fails('Oops'));

    const execution = await flow.run();

    expect(execution.failure.error).toBe('Oops');
    expect(flow.functions.calls).toHaveLength(1);
  });

  it('counts each retrier separately, and starts again on each entry to the state', async () => {
    const once = (ErrorEquals: string) => ({ ErrorEquals: [ErrorEquals], MaxAttempts: 1, BackoffRate: 1 });
    const flow = workflow(
      machine({
        Work: task('f', { Retry: [once('A'), once('B')], ResultPath: '$.done', Next: 'Again' }),
        Again: {
          Type: 'Choice',
          Choices: [{ Variable: '$.done.value', StringEquals: 'again', Next: 'Work' }],
          Default: 'Done',
        },
        Done: { Type: 'Succeed' },
      }),
    );
    flow.functions.script('f', fails('A'), fails('B'), returns('again'), fails('A'), returns('enough'));
    await flow.start();

    for (let retries = 0; retries < 3; retries += 1) await flow.advance(1 * SECOND_MS);

    expect(flow.states.execution(EXECUTION_ARN).status).toBe('SUCCEEDED');
    expect(flow.functions.calls).toHaveLength(5);
  });

  it('increments RetryCount in the context object', async () => {
    const flow = workflow(
      machine({
        Only: task('f', {
          Parameters: { FunctionName: 'f', Payload: { 'retry.$': '$$.State.RetryCount' } },
          Retry: [{ ErrorEquals: ['Oops'] }],
        }),
      }),
    );
    flow.functions.script('f', fails('Oops'), returns(1));
    await flow.start();

    await flow.advance(1 * SECOND_MS);

    expect(flow.functions.calls.map(({ payload }) => payload)).toEqual([{ retry: 0 }, { retry: 1 }]);
  });
});

describe('ErrorEquals', () => {
  it.each([
    ['States.ALL', 'Oops', 'caught'],
    ['States.ALL', 'States.Timeout', 'caught'],
    ['States.TaskFailed', 'Oops', 'caught'],
    ['States.TaskFailed', 'Lambda.Unknown', 'caught'],
    ['States.TaskFailed', 'States.Timeout', 'failed'],
    ['States.Timeout', 'States.Timeout', 'caught'],
    ['Oops', 'Oops', 'caught'],
    ['Oo', 'Oops', 'failed'],
    ['States.ALL', 'States.Runtime', 'failed'],
    ['States.Runtime', 'States.Runtime', 'failed'],
    ['States.TaskFailed', 'States.DataLimitExceeded', 'failed'],
    ['States.DataLimitExceeded', 'States.DataLimitExceeded', 'caught'],
  ])('%s and the error %s: %s', async (name, error, expected) => {
    const flow = workflow(
      machine({
        Only: task('f', { Catch: [{ ErrorEquals: [name], Next: 'Caught' }] }),
        Caught: { Type: 'Pass', Result: 'caught', End: true },
      }),
    );
    flow.functions.script('f', fails(error));

    const execution = await flow.run();

    expect(output(execution) ?? 'failed').toBe(expected);
  });
});

describe('Catch', () => {
  it('puts error and cause into the raw input at ResultPath', async () => {
    const flow = workflow(
      machine({
        Only: task('f', {
          Parameters: { FunctionName: 'f', 'Payload.$': '$.in' },
          Catch: [{ ErrorEquals: ['Oops'], ResultPath: '$.failure', Next: 'Caught' }],
        }),
        Caught: { Type: 'Succeed' },
      }),
    );
    flow.functions.script('f', fails('Oops', 'why'));

    const execution = await flow.run({ in: 1 });

    expect(output(execution)).toEqual({
      in: 1,
      failure: {
        Error: 'Oops',
        Cause: '{"errorType":"Oops","errorMessage":"why","trace":["Oops: why"]}',
      },
    });
    expect(flow.eventTypes().slice(4)).toEqual([
      'TaskFailed',
      'TaskStateExited',
      'SucceedStateEntered',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('without ResultPath, replaces the input with error and cause; with a null ResultPath, discards them', async () => {
    const catching = (ResultPath: object) =>
      machine({
        Only: task('f', {
          TimeoutSeconds: 1,
          Catch: [{ ErrorEquals: ['States.ALL'], ...ResultPath, Next: 'Caught' }],
        }),
        Caught: { Type: 'Succeed' },
      });
    const replacing = workflow(catching({}));
    const dropping = workflow(catching({ ResultPath: null }));
    replacing.functions.script('f', runsUntilFinished().response);
    dropping.functions.script('f', fails('Oops'));
    await replacing.start({ a: 1 });

    await replacing.advance(1 * SECOND_MS);
    const dropped = await dropping.run({ a: 1 });

    expect(output(replacing.states.execution(EXECUTION_ARN))).toEqual({ Error: 'States.Timeout', Cause: '' });
    expect(output(dropped)).toEqual({ a: 1 });
  });

  it('runs after the retries, and uses the first catcher that matches', async () => {
    const flow = workflow(
      machine({
        Only: task('f', {
          Retry: [{ ErrorEquals: ['Oops'], MaxAttempts: 1 }],
          Catch: [
            { ErrorEquals: ['Other'], Next: 'Wrong' },
            { ErrorEquals: ['Third', 'Oops'], Next: 'Right' },
            { ErrorEquals: ['States.ALL'], Next: 'Wrong' },
          ],
        }),
        Right: { Type: 'Succeed' },
        Wrong: { Type: 'Fail' },
      }),
    );
    flow.functions.script('f', ...failures(2));
    await flow.start();

    await flow.advance(1 * SECOND_MS);

    expect(flow.states.execution(EXECUTION_ARN).status).toBe('SUCCEEDED');
    expect(flow.functions.calls).toHaveLength(2);
  });
});

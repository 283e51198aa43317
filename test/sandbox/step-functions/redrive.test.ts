import { describe, expect, it } from 'vitest';
import {
  DAY_MS,
  EXECUTION_ARN,
  fails,
  MACHINE_ARN,
  machine,
  output,
  returns,
  runsUntilFinished,
  SECOND_MS,
  task,
  workflow,
} from './workflow.ts';

const twoSteps = () =>
  machine({
    First: task('first', { ResultPath: '$.first', Next: 'Second' }),
    Second: task('second', { ResultPath: '$.second' }),
  });

describe('RedriveExecution of a Task', () => {
  it('runs the failed state again with the same input, but no state before it', async () => {
    const flow = workflow(twoSteps());
    flow.functions.script('first', returns(1));
    flow.functions.script('second', fails('Oops'), returns(2));
    await flow.run({ a: 1 });

    await flow.redrive();
    const execution = await flow.states.executionClosed(EXECUTION_ARN);

    expect(output(execution)).toEqual({ a: 1, first: { value: 1 }, second: { value: 2 } });
    expect(flow.functions.calls.map(({ functionArn, payload }) => [functionArn, payload])).toEqual([
      ['first', { a: 1 }],
      ['second', { a: 1, first: { value: 1 } }],
      ['second', { a: 1, first: { value: 1 } }],
    ]);
  });

  it('appends to the history: ExecutionRedriven, then TaskScheduled', async () => {
    const flow = workflow(machine({ Only: task('f') }));
    flow.functions.script('f', fails('Oops'), returns(1));
    await flow.run();

    await flow.redrive();
    const { history } = await flow.states.executionClosed(EXECUTION_ARN);

    expect(history.slice(5).map(({ id, previousEventId, type }) => [id, previousEventId, type])).toEqual([
      [6, 5, 'ExecutionFailed'],
      [7, 6, 'ExecutionRedriven'],
      [8, 7, 'TaskScheduled'],
      [9, 8, 'TaskStarted'],
      [10, 9, 'TaskSucceeded'],
      [11, 10, 'TaskStateExited'],
      [12, 11, 'ExecutionSucceeded'],
    ]);
    expect(history[6]?.details).toEqual({ redriveCount: 1 });
  });

  it('can be repeated, and is counted in redriveCount and the context object', async () => {
    const payload = { 'count.$': '$$.Execution.RedriveCount', 'retry.$': '$$.State.RetryCount' };
    const flow = workflow(
      machine({ Only: task('f', { Parameters: { FunctionName: 'f', Payload: payload } }) }),
    );
    flow.functions.script('f', fails('Oops'), fails('Oops'), returns(1));
    await flow.run();

    await flow.redrive();
    const second = await flow.states.executionClosed(EXECUTION_ARN);
    await flow.redrive();
    const third = await flow.states.executionClosed(EXECUTION_ARN);

    expect([second.status, second.redriveCount]).toEqual(['FAILED', 1]);
    expect([third.status, third.redriveCount]).toEqual(['SUCCEEDED', 2]);
    expect(flow.functions.calls.map(call => call.payload)).toEqual([
      { count: 0, retry: 0 },
      { count: 1, retry: 0 },
      { count: 2, retry: 0 },
    ]);
  });

  it('sets $$.Execution.RedriveTime after a redrive', async () => {
    const Payload = { 'at.$': '$$.Execution' };
    const flow = workflow(machine({ Only: task('f', { Parameters: { FunctionName: 'f', Payload } }) }));
    flow.functions.script('f', fails('Oops'), returns(1));
    await flow.run();
    await flow.advance(5 * SECOND_MS);

    await flow.redrive();
    const { redrivenAt } = await flow.states.executionClosed(EXECUTION_ARN);

    expect(flow.functions.calls[0]?.payload).not.toHaveProperty('at.RedriveTime');
    expect(flow.functions.calls[1]?.payload).toMatchObject({
      at: { RedriveTime: redrivenAt?.toISOString() },
    });
  });

  it('resets the retries of the state', async () => {
    const Retry = [{ ErrorEquals: ['Oops'], MaxAttempts: 1 }];
    const flow = workflow(machine({ Only: task('f', { Retry }) }));
    flow.functions.script('f', fails('Oops'), fails('Oops'), fails('Oops'), returns(1));
    await flow.start();
    await flow.advance(1 * SECOND_MS);

    await flow.redrive();
    await flow.advance(1 * SECOND_MS);

    expect(flow.states.execution(EXECUTION_ARN).status).toBe('SUCCEEDED');
    expect(flow.functions.calls).toHaveLength(4);
  });

  it('restarts both timeouts', async () => {
    const flow = workflow(machine({ Only: task('f', { TimeoutSeconds: 20 }) }, { TimeoutSeconds: 30 }));
    const { response, finish } = runsUntilFinished();
    flow.functions.script('f', runsUntilFinished().response, response);
    await flow.start();
    await flow.advance(20 * SECOND_MS);

    await flow.redrive();
    await flow.advance(19 * SECOND_MS);
    finish(1);
    await flow.advance(0);

    expect(flow.states.execution(EXECUTION_ARN).status).toBe('SUCCEEDED');
  });

  it('keeps the original definition when the state machine is updated', async () => {
    const flow = workflow(machine({ Only: task('f') }));
    flow.functions.script('f', fails('Oops'), returns(1));
    flow.functions.script('fixed', returns(2));
    await flow.run();
    flow.states.updateDefinition(MACHINE_ARN, machine({ Only: task('fixed') }));

    await flow.redrive();
    const redriven = await flow.states.executionClosed(EXECUTION_ARN);
    await flow.call('StartExecution', { stateMachineArn: MACHINE_ARN, name: 'two' });
    const started = await flow.states.executionClosed(EXECUTION_ARN.replace(/one$/, 'two'));

    expect(output(redriven)).toEqual({ value: 1 });
    expect(output(started)).toEqual({ value: 2 });
  });

  it('resumes after StopExecution, while the orphaned function still runs', async () => {
    const flow = workflow(machine({ Only: task('f') }));
    const orphan = runsUntilFinished();
    const second = runsUntilFinished();
    flow.functions.script('f', orphan.response, second.response);
    await flow.start();
    await flow.advance(0);
    await flow.call('StopExecution', { executionArn: EXECUTION_ARN });

    await flow.redrive();
    await flow.advance(0);
    orphan.finish('late');
    await flow.advance(0);
    const stillRunning = flow.states.execution(EXECUTION_ARN).status;
    second.finish('taken');
    const execution = await flow.states.executionClosed(EXECUTION_ARN);

    expect(stillRunning).toBe('RUNNING');
    expect(output(execution)).toEqual({ value: 'taken' });
    expect(flow.functions.calls).toHaveLength(2);
  });

  it('resumes after an abort between two attempts', async () => {
    const flow = workflow(machine({ Only: task('f', { Retry: [{ ErrorEquals: ['Oops'] }] }) }));
    flow.functions.script('f', fails('Oops'), returns(1));
    await flow.start();
    await flow.advance(0.5 * SECOND_MS);
    await flow.call('StopExecution', { executionArn: EXECUTION_ARN });
    await flow.advance(10 * SECOND_MS);
    const callsBefore = flow.functions.calls.length;

    await flow.redrive();
    const execution = await flow.states.executionClosed(EXECUTION_ARN);

    expect(callsBefore).toBe(1);
    expect(execution.status).toBe('SUCCEEDED');
  });

  it('resumes after the execution timed out', async () => {
    const flow = workflow(machine({ Only: task('f') }, { TimeoutSeconds: 30 }));
    flow.functions.script('f', runsUntilFinished().response, returns(1));
    await flow.start();
    await flow.advance(30 * SECOND_MS);
    const before = flow.states.execution(EXECUTION_ARN).status;

    await flow.redrive();
    const execution = await flow.states.executionClosed(EXECUTION_ARN);

    expect(before).toBe('TIMED_OUT');
    expect(execution.status).toBe('SUCCEEDED');
  });
});

describe('RedriveExecution of other states', () => {
  it('enters a Fail state again, which fails again', async () => {
    const flow = workflow(
      machine({ Before: { Type: 'Pass', Next: 'Stop' }, Stop: { Type: 'Fail', Error: 'Sorry' } }),
    );
    await flow.run();

    await flow.redrive();
    const execution = await flow.states.executionClosed(EXECUTION_ARN);

    expect(execution.status).toBe('FAILED');
    expect(execution.failure).toEqual({ error: 'Sorry' });
    expect(flow.eventTypes().slice(4)).toEqual([
      'ExecutionFailed',
      'ExecutionRedriven',
      'FailStateEntered',
      'ExecutionFailed',
    ]);
  });

  it('evaluates a Choice again', async () => {
    const flow = workflow(
      machine({
        Decide: {
          Type: 'Choice',
          // Only a redriven execution has the variable.
          Choices: [{ Variable: '$$.Execution.RedriveTime', StringEquals: '', Next: 'Done' }],
          Default: 'Done',
        },
        Done: { Type: 'Succeed' },
      }),
    );
    await flow.run();

    await flow.redrive();

    expect((await flow.states.executionClosed(EXECUTION_ARN)).status).toBe('SUCCEEDED');
  });

  it('runs a Pass again', async () => {
    const flow = workflow(
      machine({ Only: { Type: 'Pass', Parameters: { 'at.$': '$$.Execution.RedriveTime' }, End: true } }),
    );
    const first = await flow.run();

    await flow.redrive();

    expect(first.failure.error).toBe('States.Runtime');
    expect((await flow.states.executionClosed(EXECUTION_ARN)).status).toBe('SUCCEEDED');
  });

  it('waits the Seconds of a Wait again', async () => {
    const flow = workflow(machine({ Pause: { Type: 'Wait', Seconds: 60, End: true } }));
    await flow.start();
    await flow.advance(50 * SECOND_MS);
    await flow.call('StopExecution', { executionArn: EXECUTION_ARN });

    await flow.redrive();
    await flow.advance(59 * SECOND_MS);
    const before = flow.states.execution(EXECUTION_ARN).status;
    await flow.advance(1 * SECOND_MS);

    expect(before).toBe('RUNNING');
    expect(flow.states.execution(EXECUTION_ARN).status).toBe('SUCCEEDED');
  });
});

describe('eligibility for RedriveExecution', () => {
  it('returns redriveDate, as DescribeExecution does', async () => {
    const flow = workflow(machine({ Only: task('f') }));
    flow.functions.script('f', fails('Oops'), returns(1));
    await flow.run();

    const response = await flow.redrive();
    await flow.advance(0);

    expect(await flow.describe()).toMatchObject({
      status: 'SUCCEEDED',
      redriveCount: 1,
      redriveDate: response.redriveDate,
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
    });
  });

  it('lasts at least 13 days, and has ended after 15', async () => {
    const flow = workflow(machine({ Only: task('f') }));
    flow.functions.script('f', fails('Oops'), fails('Oops'));
    await flow.run();

    await flow.advance(13 * DAY_MS);
    const early = await flow.describe();
    await flow.redrive();
    await flow.advance(15 * DAY_MS);

    expect(early).toMatchObject({ redriveStatus: 'REDRIVABLE' });
    expect(early).not.toHaveProperty('redriveStatusReason');
    expect(await flow.describe()).toMatchObject({
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: 'Execution redrivable period exceeded',
    });
    await expect(flow.redrive()).rejects.toMatchObject({ type: 'ExecutionNotRedrivable', statusCode: 400 });
  });

  it('ends one year after the start of the execution', async () => {
    const flow = workflow(machine({ Only: task('f') }));
    flow.functions.script('f', ...Array.from({ length: 40 }, () => fails('Oops')));
    await flow.run();
    for (let days = 0; days < 364; days += 14) {
      await flow.redrive();
      await flow.advance(14 * DAY_MS);
    }

    await flow.redrive();
    await flow.advance(1 * DAY_MS);

    await expect(flow.redrive()).rejects.toMatchObject({
      type: 'ExecutionNotRedrivable',
      message: 'Execution has exceeded the max execution time',
    });
  });

  it('excludes an execution that is running or has succeeded', async () => {
    const flow = workflow(machine({ Pause: { Type: 'Wait', Seconds: 60, End: true } }));
    await flow.start();

    await expect(flow.redrive()).rejects.toMatchObject({
      type: 'ExecutionNotRedrivable',
      message: 'Execution is RUNNING and cannot be redriven',
    });

    await flow.advance(60 * SECOND_MS);

    await expect(flow.redrive()).rejects.toMatchObject({
      type: 'ExecutionNotRedrivable',
      message: 'Execution is SUCCEEDED and cannot be redriven',
    });
  });

  it('allows one of two concurrent redrives', async () => {
    const flow = workflow(machine({ Only: task('f') }));
    flow.functions.script('f', fails('Oops'), returns(1));
    await flow.run();

    const results = await Promise.allSettled([flow.redrive(), flow.redrive()]);

    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(results[1]).toMatchObject({ reason: { type: 'ExecutionNotRedrivable' } });
    expect(flow.states.execution(EXECUTION_ARN).redriveCount).toBe(1);
  });
});

describe('clientToken', () => {
  const withToken = (clientToken: string) => ({ executionArn: EXECUTION_ARN, clientToken });

  it('returns the first response to a repeated call for 15 minutes', async () => {
    const flow = workflow(machine({ Only: task('f') }));
    flow.functions.script('f', fails('Oops'), fails('Oops'), returns(1));
    await flow.run();

    const first = await flow.call('RedriveExecution', withToken('t'));
    await flow.advance(14 * 60 * SECOND_MS);
    const repeated = await flow.call('RedriveExecution', withToken('t'));
    const callsBefore = flow.functions.calls.length;
    await flow.advance(60 * SECOND_MS);
    await flow.call('RedriveExecution', withToken('t'));

    expect(repeated).toEqual(first);
    expect(callsBefore).toBe(2);
    expect(flow.states.execution(EXECUTION_ARN).redriveCount).toBe(2);
  });

  it('is forgotten after ten others', async () => {
    const flow = workflow(machine({ Only: task('f') }));
    flow.functions.script('f', ...Array.from({ length: 13 }, () => fails('Oops')));
    await flow.run();
    for (let token = 0; token <= 10; token += 1) {
      await flow.call('RedriveExecution', withToken(`t${token}`));
      await flow.states.executionClosed(EXECUTION_ARN);
    }

    await flow.call('RedriveExecution', withToken('t1'));
    const remembered = flow.states.execution(EXECUTION_ARN).redriveCount;
    await flow.call('RedriveExecution', withToken('t0'));

    expect(remembered).toBe(11);
    expect(flow.states.execution(EXECUTION_ARN).redriveCount).toBe(12);
  });
});

describe('DescribeExecution after a redrive', () => {
  it('returns the old failure until the lag has passed', async () => {
    const flow = workflow(machine({ Only: task('f') }), { describeLagMs: 300 });
    flow.functions.script('f', fails('Oops'), runsUntilFinished().response);
    await flow.run();
    await flow.redrive();

    await flow.advance(299);
    const stale = await flow.describe();
    await flow.advance(1);
    const fresh = await flow.describe();

    expect(stale).toMatchObject({
      status: 'FAILED',
      error: 'Oops',
      redriveCount: 0,
      redriveStatus: 'REDRIVABLE',
    });
    expect(fresh).toMatchObject({ status: 'RUNNING', redriveCount: 1, redriveStatus: 'NOT_REDRIVABLE' });
    expect(fresh).not.toHaveProperty('error');
    expect(fresh).not.toHaveProperty('stopDate');
  });
});

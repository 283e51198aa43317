import { describe, expect, it } from 'vitest';
import { EXECUTION_ARN, machine, output, SECOND_MS, workflow } from './workflow.ts';

describe('Wait', () => {
  it('waits for Seconds', async () => {
    const flow = workflow(machine({ Pause: { Type: 'Wait', Seconds: 60, End: true } }));
    await flow.start();

    await flow.advance(59 * SECOND_MS);

    expect(flow.states.execution(EXECUTION_ARN).status).toBe('RUNNING');

    await flow.advance(1 * SECOND_MS);

    expect(flow.states.execution(EXECUTION_ARN).status).toBe('SUCCEEDED');
  });
});

describe('Fail', () => {
  it('fails the execution with its Error and Cause', async () => {
    const flow = workflow(machine({ Stop: { Type: 'Fail', Error: 'Sorry', Cause: 'No reason' } }));

    const execution = await flow.run();

    expect(execution.status).toBe('FAILED');
    expect(execution.failure).toEqual({ error: 'Sorry', cause: 'No reason' });
    expect(flow.eventTypes()).toEqual(['ExecutionStarted', 'FailStateEntered', 'ExecutionFailed']);
  });

  it('has neither error nor cause when the state has none', async () => {
    const execution = await workflow(machine({ Stop: { Type: 'Fail' } })).run();

    expect(execution.failure).toEqual({});
  });
});

describe('an execution', () => {
  it('runs state after state and returns the last output', async () => {
    const flow = workflow(
      machine({
        First: { Type: 'Pass', Result: 1, ResultPath: '$.first', Next: 'Second' },
        Second: { Type: 'Pass', Result: 2, ResultPath: '$.second', Next: 'Done' },
        Done: { Type: 'Succeed' },
      }),
    );

    const execution = await flow.run();

    expect(output(execution)).toEqual({ first: 1, second: 2 });
    expect(flow.eventTypes()).toEqual([
      'ExecutionStarted',
      'PassStateEntered',
      'PassStateExited',
      'PassStateEntered',
      'PassStateExited',
      'SucceedStateEntered',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('ends as TIMED_OUT, without error and cause, after its TimeoutSeconds', async () => {
    const flow = workflow(
      machine({ Pause: { Type: 'Wait', Seconds: 60, End: true } }, { TimeoutSeconds: 30 }),
    );
    await flow.start();

    await flow.advance(30 * SECOND_MS);

    expect(await flow.describe()).not.toHaveProperty('error');
    expect(await flow.describe()).not.toHaveProperty('cause');
    expect(flow.states.execution(EXECUTION_ARN).status).toBe('TIMED_OUT');
    expect(flow.eventTypes()).toEqual(['ExecutionStarted', 'WaitStateEntered', 'ExecutionTimedOut']);

    await flow.advance(60 * SECOND_MS);

    expect(flow.eventTypes()).toHaveLength(3);
  });

  it('fails with its 25,000th event when a loop never ends, and cannot be redriven', async () => {
    const flow = workflow(machine({ Again: { Type: 'Pass', Next: 'Again' } }));

    const execution = await flow.run();

    expect(execution.history).toHaveLength(25_000);
    expect(execution.failure.error).toBe('States.Runtime');
    expect(execution.failure.cause).toContain(
      'The execution reached the maximum number of history events (25000).',
    );
    await expect(flow.redrive()).rejects.toMatchObject({
      type: 'ExecutionNotRedrivable',
      message: 'Execution history event limit exceeded',
    });
  });
});

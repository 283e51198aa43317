import { describe, expect, it } from 'vitest';
import { EXECUTION_ARN, fails, machine, returns, task, workflow } from './workflow.ts';

const twoSteps = machine({
  First: task('first', { Next: 'Second' }),
  Second: task('second', { Retry: [{ ErrorEquals: ['Oops'], IntervalSeconds: 1, MaxAttempts: 1 }] }),
});

/** A workflow whose transitions take 100 ms. */
function slowWorkflow() {
  return workflow(twoSteps, {}, undefined, () => 100);
}

describe('state transitions that take time', () => {
  it('elapse before each state is entered', async () => {
    const flow = slowWorkflow();
    flow.functions.script('first', returns(1));
    flow.functions.script('second', returns(2));
    await flow.start();

    await flow.advance(99);
    const before = flow.eventTypes();
    await flow.advance(1);
    await flow.advance(100);

    const { status, startedAt, closedAt } = flow.states.execution(EXECUTION_ARN);
    expect(before).toEqual(['ExecutionStarted']);
    expect(status).toBe('SUCCEEDED');
    expect(Number(closedAt) - Number(startedAt)).toBe(200);
  });

  it('elapse before a state is retried', async () => {
    const flow = slowWorkflow();
    flow.functions.script('first', returns(1));
    flow.functions.script('second', fails('Oops'), returns(2));
    await flow.start();
    for (const ms of [100, 100, 1_000]) await flow.advance(ms);

    const calledBefore = flow.functions.calls.length;
    await flow.advance(100);

    expect(calledBefore).toBe(2);
    expect(flow.functions.calls).toHaveLength(3);
  });

  it('when stopped during a transition, a redrive enters the next state', async () => {
    const flow = slowWorkflow();
    flow.functions.script('first', returns(1));
    flow.functions.script('second', returns(2));
    await flow.start();
    await flow.advance(100);
    await flow.advance(50);
    await flow.call('StopExecution', { executionArn: EXECUTION_ARN });

    await flow.redrive();
    await flow.advance(100);

    expect(flow.states.execution(EXECUTION_ARN).status).toBe('SUCCEEDED');
    expect(flow.functions.calls.map(({ functionArn }) => functionArn)).toEqual(['first', 'second']);
  });
});

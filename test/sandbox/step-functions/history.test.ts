import { describe, expect, it } from 'vitest';
import { EXECUTION_ARN, fails, machine, ROLE_ARN, returns, SECOND_MS, task, workflow } from './workflow.ts';

interface WireEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly type: string;
}

async function history(flow: ReturnType<typeof workflow>, input: object = {}) {
  const response = await flow.call('GetExecutionHistory', { executionArn: EXECUTION_ARN, ...input });
  return { events: response.events as readonly WireEvent[], nextToken: response.nextToken };
}

describe('GetExecutionHistory', () => {
  it('returns the events of a Task that succeeds', async () => {
    const flow = workflow(machine({ Work: task('f', { TimeoutSeconds: 9, ResultSelector: { a: 1 } }) }));
    flow.functions.script('f', returns('x'));
    await flow.run({ n: 1 });

    const { events } = await history(flow);

    expect(events).toEqual([
      {
        id: 1,
        previousEventId: 0,
        type: 'ExecutionStarted',
        timestamp: expect.any(Number),
        executionStartedEventDetails: {
          input: '{"n":1}',
          inputDetails: { truncated: false },
          roleArn: ROLE_ARN,
        },
      },
      {
        id: 2,
        previousEventId: 0,
        type: 'TaskStateEntered',
        timestamp: expect.any(Number),
        stateEnteredEventDetails: { name: 'Work', input: '{"n":1}', inputDetails: { truncated: false } },
      },
      {
        id: 3,
        previousEventId: 2,
        type: 'TaskScheduled',
        timestamp: expect.any(Number),
        taskScheduledEventDetails: {
          resourceType: 'lambda',
          resource: 'invoke',
          region: 'eu-central-1',
          parameters: '{"FunctionName":"f","Payload":{"n":1}}',
          timeoutInSeconds: 9,
        },
      },
      {
        id: 4,
        previousEventId: 3,
        type: 'TaskStarted',
        timestamp: expect.any(Number),
        taskStartedEventDetails: { resourceType: 'lambda', resource: 'invoke' },
      },
      {
        id: 5,
        previousEventId: 4,
        type: 'TaskSucceeded',
        timestamp: expect.any(Number),
        taskSucceededEventDetails: {
          resourceType: 'lambda',
          resource: 'invoke',
          output: expect.stringContaining('"Payload":"x"'),
          outputDetails: { truncated: false },
        },
      },
      {
        id: 6,
        previousEventId: 5,
        type: 'TaskStateExited',
        timestamp: expect.any(Number),
        stateExitedEventDetails: { name: 'Work', output: '{"a":1}', outputDetails: { truncated: false } },
      },
      {
        id: 7,
        previousEventId: 6,
        type: 'ExecutionSucceeded',
        timestamp: expect.any(Number),
        executionSucceededEventDetails: { output: '{"a":1}', outputDetails: { truncated: false } },
      },
    ]);
  });

  it('adds TaskScheduled and TaskStarted for a retry, without a second TaskStateEntered', async () => {
    const flow = workflow(
      machine({ Work: task('f', { Retry: [{ ErrorEquals: ['Oops'], MaxAttempts: 1 }] }) }),
    );
    flow.functions.script('f', fails('Oops'), fails('Oops'));
    await flow.start();
    await flow.advance(1 * SECOND_MS);

    const { events } = await history(flow);

    expect(events.map(({ id, previousEventId, type }) => [id, previousEventId, type])).toEqual([
      [1, 0, 'ExecutionStarted'],
      [2, 0, 'TaskStateEntered'],
      [3, 2, 'TaskScheduled'],
      [4, 3, 'TaskStarted'],
      [5, 4, 'TaskFailed'],
      [6, 5, 'TaskScheduled'],
      [7, 6, 'TaskStarted'],
      [8, 7, 'TaskFailed'],
      [9, 8, 'ExecutionFailed'],
    ]);
    expect(events[4]).toMatchObject({
      taskFailedEventDetails: {
        resourceType: 'lambda',
        resource: 'invoke',
        error: 'Oops',
        cause: '{"errorType":"Oops","errorMessage":"no luck","trace":["Oops: no luck"]}',
      },
    });
    expect(events[8]).toMatchObject({
      executionFailedEventDetails: {
        error: 'Oops',
        cause: '{"errorType":"Oops","errorMessage":"no luck","trace":["Oops: no luck"]}',
      },
    });
  });

  it('returns 100 events per page by default, and continues from nextToken', async () => {
    const flow = workflow(machine({ Again: { Type: 'Pass', Next: 'Again' } }));
    await flow.run();

    const first = await history(flow);
    const second = await history(flow, { nextToken: first.nextToken, maxResults: 1000 });

    expect(first.events.map(({ id }) => id).slice(-1)).toEqual([100]);
    expect(first.events).toHaveLength(100);
    expect(second.events).toHaveLength(1000);
    expect(second.events[0]?.id).toBe(101);
  });

  it('starts at the end with reverseOrder', async () => {
    const flow = workflow(machine({ Only: { Type: 'Pass', End: true } }));
    await flow.run();

    const first = await history(flow, { reverseOrder: true, maxResults: 3 });
    const second = await history(flow, { reverseOrder: true, maxResults: 3, nextToken: first.nextToken });

    expect(first.events.map(({ id }) => id)).toEqual([4, 3, 2]);
    expect(second.events.map(({ id }) => id)).toEqual([1]);
    expect(second.nextToken).toBeUndefined();
  });

  it('omits input, output and parameters with includeExecutionData false', async () => {
    const flow = workflow(machine({ Work: task('f') }));
    flow.functions.script('f', returns('SENTINEL'));
    await flow.run({ n: 'SENTINEL' });

    const { events } = await history(flow, { includeExecutionData: false });

    expect(JSON.stringify(events)).not.toContain('SENTINEL');
    expect(events).toHaveLength(7);
  });

  it('keeps the member that TaskScheduled requires with includeExecutionData false', async () => {
    const flow = workflow(machine({ Work: task('f') }));
    flow.functions.script('f', returns('done'));
    await flow.run();

    const { events } = await history(flow, { includeExecutionData: false });

    expect(events[2]).toMatchObject({
      type: 'TaskScheduled',
      taskScheduledEventDetails: {
        resourceType: 'lambda',
        resource: 'invoke',
        region: 'eu-central-1',
        parameters: '{}',
      },
    });
  });

  it('refuses a token that it did not issue, or that is older than 24 hours', async () => {
    const flow = workflow(machine({ Only: { Type: 'Pass', End: true } }));
    await flow.run();
    const { nextToken } = await history(flow, { maxResults: 1 });

    await expect(history(flow, { nextToken: 'bm9uc2Vuc2U' })).rejects.toMatchObject({ type: 'InvalidToken' });

    flow.clock.advance(24 * 60 * 60 * SECOND_MS);

    await expect(history(flow, { nextToken })).rejects.toMatchObject({ type: 'InvalidToken' });
  });
});

describe('onEvent', () => {
  it('reports every event as it is written, until the listener unsubscribes', async () => {
    const flow = workflow(machine({ Only: { Type: 'Pass', End: true } }));
    const reported: string[] = [];
    const unsubscribe = flow.states.onEvent(({ executionArn, id, type }) =>
      reported.push(`${executionArn} ${id} ${type}`),
    );

    await flow.run();
    unsubscribe();
    await flow.call('StartExecution', {
      stateMachineArn: 'arn:aws:states:eu-central-1:123456789012:stateMachine:rotation',
      name: 'two',
    });

    expect(reported).toEqual([
      `${EXECUTION_ARN} 1 ExecutionStarted`,
      `${EXECUTION_ARN} 2 PassStateEntered`,
      `${EXECUTION_ARN} 3 PassStateExited`,
      `${EXECUTION_ARN} 4 ExecutionSucceeded`,
    ]);
  });
});

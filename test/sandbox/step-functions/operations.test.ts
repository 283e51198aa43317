import { describe, expect, it } from 'vitest';
import {
  DAY_MS,
  EXECUTION_ARN,
  fails,
  MACHINE_ARN,
  machine,
  ROLE_ARN,
  returns,
  runsUntilFinished,
  SECOND_MS,
  task,
  workflow,
} from './workflow.ts';

const waiting = () => machine({ Pause: { Type: 'Wait', Seconds: 60, End: true } });
const passing = () => machine({ Only: { Type: 'Pass', End: true } });
const start = (input: object) => ({ stateMachineArn: MACHINE_ARN, name: 'one', ...input });

describe('StartExecution', () => {
  it('returns the ARN and the start date, and generates name and input', async () => {
    const flow = workflow(passing());

    const { executionArn, startDate } = await flow.call('StartExecution', { stateMachineArn: MACHINE_ARN });

    expect(executionArn).toMatch(
      /^arn:aws:states:eu-central-1:123456789012:execution:rotation:[0-9a-f-]{36}$/,
    );
    expect(startDate).toBe(flow.clock.nowMs() / 1000);
    expect(flow.states.execution(String(executionArn)).input).toBe('{}');
  });

  it('returns the same for the same name and input while it runs', async () => {
    const flow = workflow(waiting());
    const first = await flow.call('StartExecution', start({ input: '{"a":1}' }));
    await flow.advance(1 * SECOND_MS);

    const second = await flow.call('StartExecution', start({ input: '{"a":1}' }));

    expect(second).toEqual(first);
  });

  it.each([
    ['another input', '{"a":2}'],
    ['the same input with other white space', '{ "a": 1 }'],
  ])('refuses the name of a running execution with %s', async (_what, input) => {
    const flow = workflow(waiting());
    await flow.call('StartExecution', start({ input: '{"a":1}' }));

    await expect(flow.call('StartExecution', start({ input }))).rejects.toMatchObject({
      type: 'ExecutionAlreadyExists',
      statusCode: 400,
      message: `Execution Already Exists: '${EXECUTION_ARN}'`,
    });
  });

  it('refuses the name of a closed execution for 90 days, even with the same input', async () => {
    const flow = workflow(passing());
    await flow.run();

    await flow.advance(90 * DAY_MS);
    await expect(flow.start()).rejects.toMatchObject({ type: 'ExecutionAlreadyExists' });
    await flow.advance(1 * SECOND_MS);
    await flow.start();

    expect(flow.states.execution(EXECUTION_ARN).startedAt).toEqual(flow.clock.now());
  });

  it.each(['', 'x'.repeat(81), 'a b', 'a/b', 'a:b', 'a#b', 'a,b', 'a|b', 'a\u0007b', 'a`b', 'a^b'])(
    'refuses the name %j',
    async name => {
      const flow = workflow(passing());

      await expect(flow.call('StartExecution', start({ name }))).rejects.toMatchObject({
        type: 'InvalidName',
        message: `Invalid Name: '${name}'`,
      });
    },
  );

  it.each(['x'.repeat(80), "it's_ok-1.2+3=@!()"])('accepts the name %j', async name => {
    const flow = workflow(passing());

    const { executionArn } = await flow.call('StartExecution', start({ name }));

    expect(executionArn).toBe(`arn:aws:states:eu-central-1:123456789012:execution:rotation:${name}`);
  });

  it('refuses an input that is not JSON, without repeating it', async () => {
    const flow = workflow(passing());

    await expect(flow.call('StartExecution', start({ input: 'SENTINEL' }))).rejects.toMatchObject({
      type: 'InvalidExecutionInput',
      message: expect.not.stringContaining('SENTINEL'),
    });
  });

  it('accepts an input of 262,144 bytes and rejects a larger one', async () => {
    const flow = workflow(passing());

    await flow.call('StartExecution', start({ input: `"${'x'.repeat(262_142)}"` }));

    await expect(
      flow.call('StartExecution', start({ name: 'two', input: `"${'é'.repeat(131_072)}"` })),
    ).rejects.toThrow();
  });

  it.each([
    [
      'arn:aws:states:eu-central-1:123456789012:stateMachine:other',
      'StateMachineDoesNotExist',
      "State Machine Does Not Exist: 'arn:aws:states:eu-central-1:123456789012:stateMachine:other'",
    ],
    [EXECUTION_ARN, 'InvalidArn', "Invalid Arn: 'Resource type not valid in this context: execution'"],
    ['rotation', 'InvalidArn', "Invalid Arn: 'Invalid ARN prefix: rotation'"],
  ])('refuses the state machine %s with %s', async (stateMachineArn, type, message) => {
    const flow = workflow(passing());

    await expect(flow.call('StartExecution', { stateMachineArn })).rejects.toMatchObject({ type, message });
  });
});

describe('DescribeExecution', () => {
  it('shows a running execution', async () => {
    const flow = workflow(waiting());
    await flow.start({ a: 1 });

    expect(await flow.describe()).toEqual({
      executionArn: EXECUTION_ARN,
      stateMachineArn: MACHINE_ARN,
      name: 'one',
      status: 'RUNNING',
      startDate: flow.clock.nowMs() / 1000,
      redriveCount: 0,
      input: '{"a":1}',
      inputDetails: { included: true },
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: 'Execution is RUNNING and cannot be redriven',
    });
  });

  it('shows a succeeded execution with its output', async () => {
    const flow = workflow(passing());
    await flow.run({ a: 1 });

    expect(await flow.describe()).toMatchObject({
      status: 'SUCCEEDED',
      stopDate: flow.clock.nowMs() / 1000,
      output: '{"a":1}',
      outputDetails: { included: true },
    });
  });

  it('shows a failed execution with error and cause', async () => {
    const flow = workflow(machine({ Only: task('f') }));
    flow.functions.script('f', fails('Oops'));
    await flow.run();

    const described = await flow.describe();

    expect(described).toMatchObject({
      status: 'FAILED',
      error: 'Oops',
      cause: '{"errorType":"Oops","errorMessage":"no luck","trace":["Oops: no luck"]}',
      redriveStatus: 'REDRIVABLE',
    });
    expect(described).not.toHaveProperty('output');
  });

  it('does not find an execution shortly after its start', async () => {
    const flow = workflow(passing(), { startLagMs: 100 });
    await flow.start();

    await flow.advance(99);
    await expect(flow.describe()).rejects.toMatchObject({
      type: 'ExecutionDoesNotExist',
      message: `Execution Does Not Exist: '${EXECUTION_ARN}'`,
    });
    await flow.advance(1);

    expect(await flow.describe()).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('refuses the ARN of a state machine', async () => {
    const flow = workflow(passing());

    await expect(flow.call('DescribeExecution', { executionArn: MACHINE_ARN })).rejects.toMatchObject({
      type: 'InvalidArn',
    });
  });
});

describe('StopExecution', () => {
  it('ends a running execution as ABORTED without error and cause, and does not stop its function', async () => {
    const flow = workflow(machine({ Only: task('f') }));
    const { response, finish } = runsUntilFinished();
    flow.functions.script('f', response);
    await flow.start();
    await flow.advance(5 * SECOND_MS);

    const stopped = await flow.call('StopExecution', { executionArn: EXECUTION_ARN });
    finish('late');
    await flow.advance(0);

    const described = await flow.describe();
    expect(stopped).toEqual({ stopDate: flow.clock.nowMs() / 1000 });
    expect(described).toMatchObject({ status: 'ABORTED', redriveStatus: 'REDRIVABLE' });
    expect(described).not.toHaveProperty('error');
    expect(described).not.toHaveProperty('cause');
    expect(flow.states.execution(EXECUTION_ARN).history.at(-1)).toMatchObject({
      type: 'ExecutionAborted',
      previousEventId: 0,
    });
  });

  it('stores the given error and cause', async () => {
    const flow = workflow(waiting());
    await flow.start();

    await flow.call('StopExecution', { executionArn: EXECUTION_ARN, error: 'Enough', cause: 'lunch' });

    expect(await flow.describe()).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'lunch' });
  });

  it('overrides a response that has not been processed yet', async () => {
    const flow = workflow(machine({ Only: task('f') }));
    const { response, finish } = runsUntilFinished();
    flow.functions.script('f', response);
    await flow.start();
    await flow.advance(0);

    finish('taken?');
    await flow.call('StopExecution', { executionArn: EXECUTION_ARN });
    await flow.advance(0);

    expect(flow.eventTypes().at(-1)).toBe('ExecutionAborted');
  });

  it('does not change a closed execution', async () => {
    const flow = workflow(passing());
    const { closedAt } = await flow.run();
    await flow.advance(5 * SECOND_MS);

    const response = await flow.call('StopExecution', { executionArn: EXECUTION_ARN });

    expect(response).toEqual({ stopDate: (closedAt?.getTime() ?? 0) / 1000 });
    expect(await flow.describe()).toMatchObject({ status: 'SUCCEEDED' });
  });
});

describe('ListExecutions', () => {
  it('lists the newest first, in pages, and filters by status and redrive', async () => {
    const flow = workflow(
      machine({
        Decide: {
          Type: 'Choice',
          Choices: [{ Variable: '$.end', StringEquals: 'failure', Next: 'Stop' }],
          Default: 'Done',
        },
        Stop: { Type: 'Fail' },
        Done: { Type: 'Succeed' },
      }),
    );
    const failing = '{"end":"failure"}';
    for (const [name, input] of Object.entries({ one: failing, two: '{"end":""}', three: failing })) {
      await flow.call('StartExecution', start({ name, input }));
      await flow.advance(1 * SECOND_MS);
    }
    await flow.redrive();
    await flow.advance(0);
    const list = async (filter: object) => {
      const response = await flow.call('ListExecutions', { stateMachineArn: MACHINE_ARN, ...filter });
      const executions = response.executions as { name: string }[];
      return { names: executions.map(({ name }) => name), nextToken: response.nextToken };
    };

    const firstPage = await list({ maxResults: 2 });

    expect(firstPage.names).toEqual(['three', 'two']);
    expect((await list({ maxResults: 2, nextToken: firstPage.nextToken })).names).toEqual(['one']);
    expect((await list({ statusFilter: 'FAILED' })).names).toEqual(['three', 'one']);
    expect((await list({ redriveFilter: 'REDRIVEN' })).names).toEqual(['one']);
    expect((await list({ redriveFilter: 'NOT_REDRIVEN' })).names).toEqual(['three', 'two']);
  });
});

describe('state machines', () => {
  it('are described with their latest definition', async () => {
    const flow = workflow(passing());
    flow.states.updateDefinition(MACHINE_ARN, JSON.stringify(waiting()));

    expect(await flow.call('DescribeStateMachine', { stateMachineArn: MACHINE_ARN })).toMatchObject({
      stateMachineArn: MACHINE_ARN,
      name: 'rotation',
      status: 'ACTIVE',
      type: 'STANDARD',
      roleArn: ROLE_ARN,
      definition: JSON.stringify(waiting()),
      encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
      creationDate: flow.clock.nowMs() / 1000,
    });
  });

  it('keep the old definition for an execution that runs during an update', async () => {
    const flow = workflow(machine({ Pause: { Type: 'Wait', Seconds: 5, Next: 'Old' }, Old: task('old') }));
    flow.functions.script('old', returns(1));
    await flow.start();
    flow.states.updateDefinition(MACHINE_ARN, passing());

    await flow.advance(5 * SECOND_MS);

    expect(flow.functions.calls).toHaveLength(1);
  });

  it('have unique ARNs', () => {
    const flow = workflow(passing());

    expect(() =>
      flow.states.createStateMachine({ name: 'rotation', definition: passing(), roleArn: ROLE_ARN }),
    ).toThrow(expect.objectContaining({ type: 'StateMachineAlreadyExists' }));
  });

  it('can be created with a given ARN', () => {
    const flow = workflow(passing());
    const arn = 'arn:aws:states:eu-central-1:123456789012:stateMachine:given';

    expect(flow.states.createStateMachine({ name: 'x', arn, definition: passing(), roleArn: ROLE_ARN })).toBe(
      arn,
    );
  });
});

describe('request quotas', () => {
  it('refuse the 251st DescribeExecution with ThrottlingException, and allow 10 more each second', async () => {
    const flow = workflow(passing());
    await flow.run();
    for (let call = 0; call < 250; call += 1) await flow.describe();

    await expect(flow.describe()).rejects.toMatchObject({
      type: 'ThrottlingException',
      statusCode: 400,
      message: 'Rate exceeded',
    });
    await flow.advance(1 * SECOND_MS);
    for (let call = 0; call < 10; call += 1) await flow.describe();
    await expect(flow.describe()).rejects.toMatchObject({ type: 'ThrottlingException' });
  });
});

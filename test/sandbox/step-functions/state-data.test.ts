import { describe, expect, it } from 'vitest';
import { machine, output, returns, task, workflow } from './workflow.ts';

const INPUT = { secret: { arn: 'arn:1', tags: ['a', 'b'], 'odd key': 7 }, count: 2 };

function pass(fields: object): object {
  return machine({ Only: { Type: 'Pass', End: true, ...fields } });
}

describe('input and output processing', () => {
  it.each([
    ['passes its input on', {}, INPUT],
    ['replaces its input with Result', { Result: [1] }, [1]],
    ['drops Result for a null ResultPath', { Result: [1], ResultPath: null }, INPUT],
    ['puts Result at ResultPath', { Result: 1, ResultPath: '$.count' }, { ...INPUT, count: 1 }],
    [
      'creates the objects that ResultPath needs',
      { Result: 1, ResultPath: '$.new.deep' },
      { ...INPUT, new: { deep: 1 } },
    ],
    [
      'replaces an array element at ResultPath',
      { Result: 'x', ResultPath: '$.secret.tags[0]' },
      { ...INPUT, secret: { ...INPUT.secret, tags: ['x', 'b'] } },
    ],
    [
      'resolves the paths in Parameters, including in arrays',
      { Parameters: { fixed: true, 'n.$': '$.count', list: [{ 'arn.$': '$.secret.arn' }] } },
      { fixed: true, n: 2, list: [{ arn: 'arn:1' }] },
    ],
    [
      'selects members and elements by path',
      { Parameters: { 'tag.$': '$.secret.tags[1]', 'odd.$': "$['secret']['odd key']" } },
      { tag: 'b', odd: 7 },
    ],
    [
      'puts Parameters into the raw input at ResultPath',
      { Parameters: { 'a.$': '$.count' }, ResultPath: '$.r' },
      { ...INPUT, r: { a: 2 } },
    ],
  ])('%s', async (_title, fields, expected) => {
    const execution = await workflow(pass(fields)).run(INPUT);

    expect(output(execution)).toEqual(expected);
  });

  it('applies ResultSelector to the result of a Task, then ResultPath', async () => {
    const flow = workflow(
      machine({
        Only: task('f', {
          ResultSelector: { 'id.$': '$.Payload.id', 'status.$': '$.StatusCode' },
          ResultPath: '$.response',
        }),
      }),
    );
    flow.functions.script('f', returns({ id: 5, more: true }));

    const execution = await flow.run(INPUT);

    expect(output(execution)).toEqual({ ...INPUT, response: { id: 5, status: 200 } });
  });

  it('passes results through JSON between states', async () => {
    const flow = workflow(machine({ First: task('f', { Next: 'Second' }), Second: task('g') }));
    flow.functions.script('f', returns({ at: new Date(0), gone: undefined, list: [undefined] }));
    flow.functions.script('g', returns(undefined));

    const execution = await flow.run();

    expect(flow.functions.calls[1]?.payload).toEqual({
      value: { at: '1970-01-01T00:00:00.000Z', list: [null] },
    });
    expect(output(execution)).toEqual({ value: null });
  });

  it('provides the context object', async () => {
    const flow = workflow(
      machine({
        Only: {
          Type: 'Pass',
          End: true,
          Parameters: {
            'execution.$': '$$.Execution',
            'state.$': '$$.State',
            'machine.$': '$$.StateMachine',
          },
        },
      }),
    );

    const execution = await flow.run({ a: 1 });

    expect(output(execution)).toEqual({
      execution: {
        Id: 'arn:aws:states:eu-central-1:123456789012:execution:rotation:one',
        Input: { a: 1 },
        Name: 'one',
        RoleArn: 'arn:aws:iam::123456789012:role/rotation-machine',
        StartTime: execution.startedAt.toISOString(),
        RedriveCount: 0,
      },
      state: { Name: 'Only', EnteredTime: execution.history[1]?.at.toISOString(), RetryCount: 0 },
      machine: { Id: 'arn:aws:states:eu-central-1:123456789012:stateMachine:rotation', Name: 'rotation' },
    });
  });

  it('fails with States.Runtime, and quotes the whole input, when a path in Parameters does not exist', async () => {
    const execution = await workflow(pass({ Parameters: { 'n.$': '$.missing' } })).run({ a: 1 });

    expect(execution.failure).toEqual({
      error: 'States.Runtime',
      cause: `An error occurred while executing the state 'Only' (entered at the event id #2). The JSONPath '$.missing' specified for the field 'n.$' could not be found in the input '{"a":1}'`,
    });
  });

  it.each([['$.text.below'], ['$.list[9]'], ['$.list.name']])(
    'fails with States.ResultPathMatchFailure when %s does not fit the input',
    async ResultPath => {
      const execution = await workflow(pass({ Result: 1, ResultPath })).run({ text: 'x', list: [1] });

      expect(execution.failure.error).toBe('States.ResultPathMatchFailure');
    },
  );

  it('accepts an output of 262,144 bytes', async () => {
    const execution = await workflow(pass({ Result: 'x'.repeat(262_142) })).run();

    expect(execution.status).toBe('SUCCEEDED');
  });

  it.each([
    ['an output of 262,145 bytes', { Result: 'x'.repeat(262_143) }, ''],
    ['fewer characters but more bytes', { Result: 'é'.repeat(131_072) }, ''],
    ['Parameters that double the input', { Parameters: { 'a.$': '$', 'b.$': '$' } }, 'x'.repeat(140_000)],
  ])('fails with States.DataLimitExceeded for %s', async (_what, fields, input) => {
    const execution = await workflow(pass(fields)).run(input);

    expect(execution.failure).toEqual({
      error: 'States.DataLimitExceeded',
      cause:
        "The state/task 'Only' returned a result with a size exceeding the maximum number of bytes service limit.",
    });
  });
});

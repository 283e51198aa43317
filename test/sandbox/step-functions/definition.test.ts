import { describe, expect, it } from 'vitest';
import { machine, task, workflow } from './workflow.ts';

const end = { Type: 'Pass', End: true };
const create = (definition: object) => () => workflow(definition);

describe('a definition', () => {
  it.each([
    [
      'Parallel',
      machine({ Only: { Type: 'Parallel', Branches: [], End: true } }),
      "State 'Only': the type 'Parallel'",
    ],
    ['Map', machine({ Only: { Type: 'Map', End: true } }), "State 'Only': the type 'Map'"],
    ['JSONata', machine({ Only: { ...end, QueryLanguage: 'JSONata' } }), "'QueryLanguage'"],
    ['JSONata for all states', machine({ Only: end }, { QueryLanguage: 'JSONata' }), "'QueryLanguage'"],
    ['variables', machine({ Only: { ...end, Assign: {} } }), "State 'Only': the field 'Assign'"],
    [
      'heartbeats',
      machine({ Only: task('f', { HeartbeatSeconds: 5 }) }),
      "State 'Only': the field 'HeartbeatSeconds'",
    ],
    [
      'a field of a retrier',
      machine({ Only: task('f', { Retry: [{ ErrorEquals: ['A'], Foo: 1 }] }) }),
      "'Retry.0.Foo'",
    ],
    [
      'a field of the machine',
      machine({ Only: end }, { ProcessorConfig: {} }),
      "The state machine: the field 'ProcessorConfig'",
    ],
    ['a wildcard path', machine({ Only: { ...end, Parameters: { 'a.$': '$.a[*]' } } }), "the path '$.a[*]'"],
    ['a filter path', machine({ Only: { ...end, Parameters: { 'a.$': '$..b' } } }), "the path '$..b'"],
    [
      'an intrinsic function',
      machine({ Only: { ...end, Parameters: { 'a.$': "States.Format('{}', $.b)" } } }),
      "the intrinsic function 'States.Format('{}', $.b)'",
    ],
    [
      'another service',
      machine({ Only: { ...task('f'), Resource: 'arn:aws:states:::sqs:sendMessage' } }),
      "the Resource 'arn:aws:states:::sqs:sendMessage'",
    ],
    [
      'a callback',
      machine({ Only: { ...task('f'), Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken' } }),
      'waitForTaskToken',
    ],
    [
      'a parameter of lambda:invoke',
      machine({ Only: task('f', { Parameters: { FunctionName: 'f', InvocationType: 'Event' } }) }),
      "'Parameters.InvocationType'",
    ],
    ['InputPath', machine({ Only: { ...end, InputPath: '$.a' } }), "State 'Only': the field 'InputPath'"],
    ['OutputPath', machine({ Only: { ...end, OutputPath: '$.a' } }), "State 'Only': the field 'OutputPath'"],
    [
      'a Wait until a timestamp',
      machine({ Only: { Type: 'Wait', TimestampPath: '$.a', End: true } }),
      "State 'Only': the field 'TimestampPath'",
    ],
    [
      'a Fail with an error path',
      machine({ Only: { Type: 'Fail', ErrorPath: '$.a' } }),
      "State 'Only': the field 'ErrorPath'",
    ],
    [
      'an operator',
      machine({
        Only: { Type: 'Choice', Choices: [{ Variable: '$.a', NumericEquals: 1, Next: 'E' }] },
        E: end,
      }),
      "'Choices.0.NumericEquals'",
    ],
    [
      'a combination of conditions',
      machine({ Only: { Type: 'Choice', Choices: [{ And: [], Next: 'E' }] }, E: end }),
      "'Choices.0.And'",
    ],
    [
      'a function as the resource',
      machine({
        Only: { Type: 'Task', Resource: 'arn:aws:lambda:eu-central-1:123456789012:function:f', End: true },
      }),
      "the Resource 'arn:aws:lambda:eu-central-1:123456789012:function:f'",
    ],
  ])('is refused as not emulated for %s', (_what, definition, named) => {
    expect(create(definition)).toThrow(
      expect.objectContaining({
        name: 'NotEmulated',
        message: expect.stringMatching(new RegExp(`${escaped(named)}.* is not emulated\\.$`, 'i')),
      }),
    );
  });

  it.each([
    ['no StartAt', { States: { Only: end } }],
    ['a StartAt that does not exist', { StartAt: 'Other', States: { Only: end } }],
    ['a Next that does not exist', machine({ Only: { Type: 'Pass', Next: 'Other' } })],
    [
      'a Catch whose Next does not exist',
      machine({ Only: task('f', { Catch: [{ ErrorEquals: ['A'], Next: 'Other' }] }) }),
    ],
    ['an unreachable state', machine({ Only: end, Unreachable: end })],
    ['neither Next nor End', machine({ Only: { Type: 'Pass' } })],
    ['both Next and End', machine({ Only: { ...end, Next: 'E' }, E: end })],
    ['no Type', machine({ Only: { End: true } })],
    ['an unknown Type', machine({ Only: { Type: 'constructor', End: true } })],
    [
      'States.ALL together with another error',
      machine({ Only: task('f', { Retry: [{ ErrorEquals: ['States.ALL', 'A'] }] }) }),
    ],
    [
      'States.ALL before another catcher',
      machine({
        Only: task('f', {
          Catch: [
            { ErrorEquals: ['States.ALL'], Next: 'E' },
            { ErrorEquals: ['A'], Next: 'E' },
          ],
        }),
        E: end,
      }),
    ],
    ['an empty ErrorEquals', machine({ Only: task('f', { Retry: [{ ErrorEquals: [] }] }) })],
    [
      'a BackoffRate below 1',
      machine({ Only: task('f', { Retry: [{ ErrorEquals: ['A'], BackoffRate: 0.5 }] }) }),
    ],
    [
      'a MaxDelaySeconds not above IntervalSeconds',
      machine({
        Only: task('f', { Retry: [{ ErrorEquals: ['A'], IntervalSeconds: 5, MaxDelaySeconds: 5 }] }),
      }),
    ],
    ['TimeoutSeconds 0', machine({ Only: task('f', { TimeoutSeconds: 0 }) })],
    [
      'a Task of another partition',
      machine({ Only: { ...task('f'), Resource: 'arn:aws-cn:states:::lambda:invoke' } }),
    ],
    ['lambda:invoke without a function', machine({ Only: task('f', { Parameters: { Payload: {} } }) })],
    ['a ResultPath into the context object', machine({ Only: { ...end, ResultPath: '$$.a' } })],
    ['a template field that is not a path', machine({ Only: { ...end, Parameters: { 'a.$': 5 } } })],
    ['a Wait without a time', machine({ Only: { Type: 'Wait', End: true } })],
    ['a Choice without rules', machine({ Only: { Type: 'Choice', Choices: [] } })],
    [
      'a rule without Next',
      machine({ Only: { Type: 'Choice', Choices: [{ Variable: '$.a', StringEquals: 'b' }] } }),
    ],
    [
      'an operand of the wrong type',
      machine({
        Only: { Type: 'Choice', Choices: [{ Variable: '$.a', StringEquals: 1, Next: 'E' }] },
        E: end,
      }),
    ],
    ['a state name of 81 characters', machine({ ['x'.repeat(81)]: end })],
  ])('is refused as invalid for %s', (_what, definition) => {
    expect(create(definition)).toThrow(expect.objectContaining({ type: 'InvalidDefinition' }));
  });

  it('is refused as invalid when its text is not JSON', () => {
    const { states } = workflow(machine({ Only: end }));

    expect(() => states.createStateMachine({ name: 'x', definition: '{', roleArn: 'r' })).toThrow(
      expect.objectContaining({ type: 'InvalidDefinition' }),
    );
  });

  it('keeps the old definition when an update is refused', async () => {
    const flow = workflow(machine({ Only: { ...end, Result: 'old' } }));
    const stateMachineArn = 'arn:aws:states:eu-central-1:123456789012:stateMachine:rotation';

    expect(() => flow.states.updateDefinition(stateMachineArn, machine({ Only: { Type: 'Map' } }))).toThrow();

    expect((await flow.run()).output).toBe('"old"');
  });

  it('can use every emulated field', () => {
    const definition = machine(
      {
        Work: task('f', {
          Comment: 'works',
          QueryLanguage: 'JSONPath',
          ResultPath: null,
          TimeoutSeconds: 5,
          Retry: [
            {
              Comment: 'r',
              ErrorEquals: ['A'],
              IntervalSeconds: 1,
              MaxAttempts: 2,
              BackoffRate: 1.5,
              MaxDelaySeconds: 9,
              JitterStrategy: 'FULL',
            },
            { ErrorEquals: ['States.ALL'] },
          ],
          Catch: [{ Comment: 'c', ErrorEquals: ['States.ALL'], ResultPath: '$.e', Next: 'Done' }],
          Next: 'Done',
        }),
        Done: { Type: 'Succeed', Comment: 'd' },
      },
      { Comment: 'm', Version: '1.0', TimeoutSeconds: 60, QueryLanguage: 'JSONPath' },
    );

    expect(create(definition)).not.toThrow();
  });
});

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

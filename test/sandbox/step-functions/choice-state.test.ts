import { describe, expect, it } from 'vitest';
import { machine, output, workflow } from './workflow.ts';

function choice(condition: object, fields: object = { Default: 'No' }): object {
  return machine({
    Choose: { Type: 'Choice', Choices: [{ ...condition, Next: 'Yes' }], ...fields },
    Yes: { Type: 'Pass', Result: 'yes', End: true },
    ...('Default' in fields ? { No: { Type: 'Pass', Result: 'no', End: true } } : {}),
  });
}

const INPUT = {
  text: 'prod-7*',
  number: 5,
  same: 5,
  bigger: 6,
  flag: false,
  nothing: null,
  early: '2026-01-01T00:00:00Z',
  late: '2026-01-01T02:00:00+01:00',
};

describe('Choice', () => {
  it.each([
    [{ Variable: '$.text', StringEquals: 'prod-7*' }, 'yes'],
    [{ Variable: '$.text', StringLessThan: 'prod-8' }, 'yes'],
    [{ Variable: '$.text', StringGreaterThan: 'prod-8' }, 'no'],
    [{ Variable: '$.text', StringGreaterThanEquals: 'prod-7*' }, 'yes'],
    [{ Variable: '$.number', StringEquals: '5' }, 'no'],
    [{ Variable: '$.text', StringMatches: 'prod-*' }, 'yes'],
    [{ Variable: '$.text', StringMatches: '*7\\*' }, 'yes'],
    [{ Variable: '$.text', StringMatches: 'prod-7\\*x' }, 'no'],
    [{ Variable: '$.text', StringMatches: 'pro..7*' }, 'no'],
    [{ Variable: '$.text', NumericEquals: 5 }, 'no'],
    [{ Variable: '$.number', NumericEquals: 5 }, 'yes'],
    [{ Variable: '$.number', NumericEqualsPath: '$.same' }, 'yes'],
    [{ Variable: '$.number', NumericLessThanPath: '$.bigger' }, 'yes'],
    [{ Variable: '$.number', NumericGreaterThan: 5 }, 'no'],
    [{ Variable: '$.number', NumericGreaterThanEquals: 5 }, 'yes'],
    [{ Variable: '$.number', NumericLessThanEquals: 4.9 }, 'no'],
    [{ Variable: '$.flag', BooleanEquals: false }, 'yes'],
    [{ Variable: '$.nothing', BooleanEquals: false }, 'no'],
    [{ Variable: '$.flag', BooleanEqualsPath: '$.flag' }, 'yes'],
    [{ Variable: '$.early', TimestampLessThanPath: '$.late' }, 'yes'],
    [{ Variable: '$.late', TimestampEquals: '2026-01-01T01:00:00Z' }, 'yes'],
    [{ Variable: '$.text', TimestampLessThan: '2026-01-01T01:00:00Z' }, 'no'],
    [{ Variable: '$.nothing', IsNull: true }, 'yes'],
    [{ Variable: '$.number', IsNull: false }, 'yes'],
    [{ Variable: '$.number', IsNumeric: true }, 'yes'],
    [{ Variable: '$.text', IsString: true }, 'yes'],
    [{ Variable: '$.flag', IsBoolean: true }, 'yes'],
    [{ Variable: '$.early', IsTimestamp: true }, 'yes'],
    [{ Variable: '$.text', IsTimestamp: true }, 'no'],
    [{ Variable: '$.missing', IsPresent: false }, 'yes'],
    [{ Variable: '$.missing', IsPresent: true }, 'no'],
    [{ Variable: '$.nothing', IsPresent: true }, 'yes'],
    [{ Not: { Variable: '$.number', NumericEquals: 5 } }, 'no'],
    [{ Variable: '$$.Execution.RedriveCount', NumericEquals: 0 }, 'yes'],
    [
      {
        And: [
          { Variable: '$.missing', IsPresent: true },
          { Variable: '$.missing', StringEquals: 'never asked' },
        ],
      },
      'no',
    ],
    [
      {
        Or: [
          { Variable: '$.number', NumericEquals: 1 },
          { Variable: '$.flag', BooleanEquals: false },
        ],
      },
      'yes',
    ],
  ])('decides %j as %s', async (condition, expected) => {
    const execution = await workflow(choice(condition)).run(INPUT);

    expect(output(execution)).toBe(expected);
  });

  it('takes the first rule that applies and hands its input on', async () => {
    const flow = workflow(
      machine({
        Choose: {
          Type: 'Choice',
          Choices: [
            { Variable: '$.a', NumericEquals: 2, Next: 'B' },
            { Variable: '$.a', NumericGreaterThan: 0, Next: 'A' },
            { Variable: '$.a', NumericEquals: 1, Next: 'B' },
          ],
          OutputPath: '$.a',
        },
        A: { Type: 'Succeed' },
        B: { Type: 'Fail' },
      }),
    );

    const execution = await flow.run({ a: 1 });

    expect(execution.status).toBe('SUCCEEDED');
    expect(output(execution)).toBe(1);
  });

  it('fails with States.Runtime when no rule applies and there is no Default', async () => {
    const execution = await workflow(choice({ Variable: '$.number', NumericEquals: 1 }, {})).run(INPUT);

    expect(execution.failure).toEqual({
      error: 'States.Runtime',
      cause:
        "An error occurred while executing the state 'Choose' (entered at the event id #2). Failed to transition out of the state. The state does not point to a next state.",
    });
  });

  it.each([[{ IsNull: true }], [{ StringEquals: 'x' }]])(
    'fails with States.Runtime when the variable of %j is missing',
    async operator => {
      const execution = await workflow(choice({ Variable: '$.missing', ...operator })).run(INPUT);

      expect(execution.failure).toEqual({
        error: 'States.Runtime',
        cause:
          "An error occurred while executing the state 'Choose' (entered at the event id #2). Invalid path '$.missing': The choice state's condition path references an invalid value.",
      });
    },
  );
});

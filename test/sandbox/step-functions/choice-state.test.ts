import { describe, expect, it } from 'vitest';
import { machine, output, workflow } from './workflow.ts';

function choice(condition: object, fields: object = { Default: 'No' }): object {
  return machine({
    Choose: { Type: 'Choice', Choices: [{ ...condition, Next: 'Yes' }], ...fields },
    Yes: { Type: 'Pass', Result: 'yes', End: true },
    ...('Default' in fields ? { No: { Type: 'Pass', Result: 'no', End: true } } : {}),
  });
}

const INPUT = { text: 'prod-7', number: 5, nothing: null, deep: { text: 'prod-8' } };

describe('Choice', () => {
  it.each([
    ['$.text', 'prod-7', 'yes'],
    ['$.text', 'prod', 'no'],
    ['$.deep.text', 'prod-8', 'yes'],
    ['$.number', '5', 'no'],
    ['$.nothing', 'null', 'no'],
    ['$$.Execution.Name', 'one', 'yes'],
  ])('decides whether %s equals %s: %s', async (Variable, StringEquals, expected) => {
    const execution = await workflow(choice({ Variable, StringEquals })).run(INPUT);

    expect(output(execution)).toBe(expected);
  });

  it('uses the first rule that matches, and passes the input on', async () => {
    const flow = workflow(
      machine({
        Choose: {
          Type: 'Choice',
          Choices: [
            { Variable: '$.a', StringEquals: '2', Next: 'B' },
            { Variable: '$.a', StringEquals: '1', Next: 'A' },
            { Variable: '$.b', StringEquals: '1', Next: 'B' },
          ],
        },
        A: { Type: 'Succeed' },
        B: { Type: 'Fail' },
      }),
    );

    const execution = await flow.run({ a: '1', b: '1' });

    expect(execution.status).toBe('SUCCEEDED');
    expect(output(execution)).toEqual({ a: '1', b: '1' });
  });

  it('fails with States.Runtime when no rule matches and there is no Default', async () => {
    const execution = await workflow(choice({ Variable: '$.text', StringEquals: 'x' }, {})).run(INPUT);

    expect(execution.failure).toEqual({
      error: 'States.Runtime',
      cause:
        "An error occurred while executing the state 'Choose' (entered at the event id #2). Failed to transition out of the state. The state does not point to a next state.",
    });
  });

  it('fails with States.Runtime when the variable is missing', async () => {
    const execution = await workflow(choice({ Variable: '$.missing', StringEquals: 'x' })).run(INPUT);

    expect(execution.failure).toEqual({
      error: 'States.Runtime',
      cause:
        "An error occurred while executing the state 'Choose' (entered at the event id #2). Invalid path '$.missing': The choice state's condition path references an invalid value.",
    });
  });
});

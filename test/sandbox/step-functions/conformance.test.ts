import { StateMachine } from 'aws-local-stepfunctions';
import { describe, expect, it } from 'vitest';
import { fails, machine, output, returns, workflow } from './workflow.ts';

const FUNCTION_ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:';

type LocalFunction = (input: unknown) => unknown;
const invoking = (name: string, fields: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: `${FUNCTION_ARN}${name}`, 'Payload.$': '$' },
  ResultSelector: { 'payload.$': '$.Payload' },
  ...('Next' in fields ? {} : { End: true }),
  ...fields,
});

/** Definitions with their input, and the functions of their Tasks by state name. */
const CASES: [string, object, unknown, Record<string, LocalFunction>][] = [
  [
    'results at ResultPath',
    machine({
      Fetch: invoking('fetch', { ResultPath: '$.fetched', Next: 'Refresh' }),
      Refresh: invoking('refresh', {
        Parameters: {
          FunctionName: `${FUNCTION_ARN}refresh`,
          Payload: { 'id.$': '$.fetched.payload.id', fixed: [1, { 'x.$': '$.fetched.payload.list[1]' }] },
        },
        ResultSelector: { 'only.$': '$.Payload.sealed' },
        ResultPath: '$.refreshed.deep',
      }),
    }),
    { secret: 's' },
    { Fetch: () => ({ id: 5, list: [1, 2] }), Refresh: input => ({ sealed: input, dropped: 1 }) },
  ],
  [
    'routes by Choice',
    machine({
      Route: {
        Type: 'Choice',
        Choices: [
          { Variable: '$.s', StringEquals: 'ab', Next: 'A' },
          { Variable: '$.t.u', StringEquals: 'x', Next: 'B' },
        ],
        Default: 'C',
      },
      A: { Type: 'Pass', Result: 'a', End: true },
      B: { Type: 'Pass', Result: 'b', ResultPath: '$.r', End: true },
      C: { Type: 'Succeed' },
    }),
    { s: 'abc', t: { u: 'x' } },
    {},
  ],
  [
    'paths that replace and drop',
    machine({
      One: { Type: 'Pass', Parameters: { 'a.$': '$.list[0]' }, ResultPath: '$.first', Next: 'Two' },
      Two: { Type: 'Pass', Result: {}, ResultPath: '$.none.deep', Next: 'Three' },
      Three: { Type: 'Pass', Result: 7, ResultPath: null, Next: 'Four' },
      Four: { Type: 'Pass', Parameters: { 'all.$': '$', 'odd.$': "$['odd key']" }, End: true },
    }),
    { list: [{ a: null }, 2], 'odd key': false },
    {},
  ],
  [
    'continues after a Catch',
    machine({
      Work: invoking('work', {
        ResultPath: '$.done',
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'Recover' }],
        Next: 'Done',
      }),
      Recover: invoking('recover', { ResultPath: '$.recovered', Next: 'Done' }),
      Done: { Type: 'Succeed' },
    }),
    { a: 1 },
    {
      Work: () => {
        throw new Error('no luck');
      },
      Recover: input => input,
    },
  ],
];

describe('conformance with another interpreter of Amazon States Language', () => {
  it.each(CASES)(
    'returns the same output and visits the same states: %s',
    async (_what, definition, input, functions) => {
      const flow = workflow(definition);
      for (const [stateName, run] of Object.entries(functions)) {
        flow.functions.script(`${FUNCTION_ARN}${stateName.toLowerCase()}`, async payload => {
          try {
            return await returns(run(payload))(payload);
          } catch {
            return await fails('Error')(payload);
          }
        });
      }

      const ours = await flow.run(input);
      const theirs = await runWithOtherInterpreter(definition, input, functions);

      expect(ours.status).toBe('SUCCEEDED');
      expect(output(ours)).toEqual(theirs.output);
      expect(
        ours.history.filter(({ type }) => type.endsWith('StateEntered')).map(({ details }) => details?.name),
      ).toEqual(theirs.visited);
    },
  );
});

async function runWithOtherInterpreter(
  definition: object,
  input: unknown,
  functions: Record<string, LocalFunction>,
) {
  type Definition = ConstructorParameters<typeof StateMachine>[0];
  type Input = Parameters<StateMachine['run']>[0];
  const handlers = Object.fromEntries(
    Object.entries(functions).map(([name, run]) => [
      name,
      (parameters: unknown) => ({ Payload: run((parameters as { Payload: unknown }).Payload) }) as Input,
    ]),
  );
  const execution = new StateMachine(definition as Definition).run(input as Input, {
    overrides: { taskResourceLocalHandlers: handlers },
  });
  const visited: string[] = [];
  for await (const event of execution.eventLogs) {
    if (event.type.endsWith('StateEntered') && 'state' in event) visited.push(event.state.name);
  }
  return { output: await execution.result, visited };
}

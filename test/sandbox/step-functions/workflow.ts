import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { onTestFinished, vi } from 'vitest';
import { Clock } from '../../../sandbox/clock.ts';
import type { FunctionInvoker, Invocation, InvokingService } from '../../../sandbox/lambda/invoker.ts';
import type { StepFunctionsBehaviour } from '../../../sandbox/step-functions/behaviour.ts';
import type { ExecutionSnapshot } from '../../../sandbox/step-functions/execution.ts';
import { StepFunctions } from '../../../sandbox/step-functions/step-functions.ts';
import { allowEverything } from '../../helpers/allow-everything.ts';

export const MACHINE_ARN = 'arn:aws:states:eu-central-1:123456789012:stateMachine:rotation';
export const EXECUTION_ARN = 'arn:aws:states:eu-central-1:123456789012:execution:rotation:one';
export const ROLE_ARN = 'arn:aws:iam::123456789012:role/rotation-machine';
export const SECOND_MS = 1000;
export const DAY_MS = 24 * 60 * 60 * SECOND_MS;

const CALLER = { accountId: '123456789012', arn: 'arn:aws:iam::123456789012:user/test', userId: 'AIDATEST' };

type Script = (payload: unknown) => Invocation | Promise<Invocation>;

/** Functions with scripted results, in order. An unexpected call is an error. */
export class ScriptedFunctions implements FunctionInvoker {
  readonly calls: { functionArn: string; payload: unknown; source: InvokingService }[] = [];
  readonly #scripts = new Map<string, Script[]>();

  script(functionArn: string, ...responses: Script[]): void {
    this.#scripts.set(functionArn, [...(this.#scripts.get(functionArn) ?? []), ...responses]);
  }

  async invoke(functionArn: string, payload: unknown, source: InvokingService): Promise<Invocation> {
    this.calls.push({ functionArn, payload, source });
    const response = this.#scripts.get(functionArn)?.shift();
    if (response === undefined) throw new Error(`Unexpected call of ${functionArn}.`);
    return await response(payload);
  }
}

/** The function returns `payload`. */
export function returns(payload: unknown, executedVersion = '$LATEST'): Script {
  return () => ({ payload, requestId: 'request-1', executedVersion });
}

/** The function throws. */
export function fails(errorType: string, errorMessage = 'no luck'): Script {
  return () => ({
    payload: { errorType, errorMessage, trace: [`${errorType}: ${errorMessage}`] },
    functionError: 'Unhandled',
    requestId: 'request-1',
  });
}

/** The function runs until `finish` is called. */
export function runsUntilFinished(): { response: Script; finish: (payload: unknown) => void } {
  const { promise, resolve } = Promise.withResolvers<Invocation>();
  return { response: () => promise, finish: payload => resolve({ payload, requestId: 'request-1' }) };
}

/** A Task that invokes the function `name` with its input, and ends the workflow. */
export function task(name: string, fields: object = {}): object {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: { FunctionName: name, 'Payload.$': '$' },
    ResultSelector: { 'value.$': '$.Payload' },
    ...('Next' in fields ? {} : { End: true }),
    ...fields,
  };
}

/** A definition with these states. It starts at the first one. */
export function machine(states: Record<string, object>, fields: object = {}): object {
  return { StartAt: Object.keys(states)[0], States: states, ...fields };
}

/** Runs everything that does not wait for a timer. */
async function settle(): Promise<void> {
  await new Promise(resolve => setImmediate(resolve));
}

/**
 * An emulated Step Functions with scripted functions, without the delays of DescribeExecution. Time
 * passes only in `advance`.
 */
export function workflow(
  definition: object,
  behaviour: Partial<StepFunctionsBehaviour> = {},
  random: () => number = () => 0.5,
  transitionMs: () => number = () => 0,
) {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
  const clock = new Clock();
  onTestFinished(() => {
    clock.stop();
    vi.useRealTimers();
  });
  const functions = new ScriptedFunctions();
  const states = new StepFunctions({
    clock,
    accountId: '123456789012',
    region: 'eu-central-1',
    partition: 'aws',
    functions,
    authorizer: allowEverything,
    checkKeyUse: () => 'usable',
    behaviour: { startLagMs: 0, describeLagMs: 0, ...behaviour },
    random,
    transitionMs,
  });
  states.createStateMachine({ name: 'rotation', definition, roleArn: ROLE_ARN });

  /** Calls an operation as the endpoint does: validates the input and converts the response to JSON. */
  async function call(operation: string, input: object): Promise<Record<string, unknown>> {
    const { schema, run } = states.operations[operation] ?? {};
    if (schema === undefined || run === undefined) throw new Error(`No operation ${operation}`);
    const parsed = v.parse(schema, input);
    const response = await run(parsed, {
      service: 'states',
      operation,
      input: parsed,
      caller: CALLER,
      requestId: randomUUID(),
    });
    return JSON.parse(JSON.stringify(response));
  }
  return {
    clock,
    functions,
    states,
    call,
    /** Starts the execution `one`. */
    start: (input: unknown = {}) =>
      call('StartExecution', { stateMachineArn: MACHINE_ARN, name: 'one', input: JSON.stringify(input) }),
    /** Starts the execution `one` and waits for its end. */
    async run(input: unknown = {}): Promise<ExecutionSnapshot> {
      await this.start(input);
      return await states.executionClosed(EXECUTION_ARN);
    },
    redrive: () => call('RedriveExecution', { executionArn: EXECUTION_ARN }),
    describe: () => call('DescribeExecution', { executionArn: EXECUTION_ARN }),
    /** Advances the clock, and runs everything that becomes due. */
    async advance(ms: number): Promise<void> {
      await settle();
      clock.advance(ms);
      await settle();
    },
    eventTypes: () => states.execution(EXECUTION_ARN).history.map(({ type }) => type),
  };
}

/** The output of an execution, parsed. */
export function output(execution: ExecutionSnapshot): unknown {
  return execution.output === undefined ? undefined : JSON.parse(execution.output);
}

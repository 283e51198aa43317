import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  ExecutionNotRedrivable,
  GetExecutionHistoryCommand,
  InvalidArn,
  ListExecutionsCommand,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Clock } from '../../../sandbox/clock.ts';
import { StepFunctions } from '../../../sandbox/step-functions/step-functions.ts';
import { allowEverything } from '../../helpers/allow-everything.ts';
import { serveAws } from '../../helpers/aws-endpoint.ts';
import { startSandbox } from '../../helpers/sandbox.ts';
import { fails, machine, ROLE_ARN, returns, runsUntilFinished, ScriptedFunctions, task } from './workflow.ts';

async function serveStepFunctions() {
  const clock = new Clock({ isVirtual: true });
  onTestFinished(() => clock.stop());
  const functions = new ScriptedFunctions();
  const states = new StepFunctions({
    clock,
    accountId: '123456789012',
    region: 'eu-central-1',
    partition: 'aws',
    functions,
    authorizer: allowEverything,
    checkKeyUse: () => 'usable',
    behaviour: { startLagMs: 0, describeLagMs: 0 },
  });
  const definition = machine({ Refresh: task('refresh', { TimeoutSeconds: 9 }) });
  const stateMachineArn = states.createStateMachine({ name: 'rotation', definition, roleArn: ROLE_ARN });
  const client = new SFNClient((await serveAws([states])).client);
  onTestFinished(() => client.destroy());
  return { clock, states, functions, client, stateMachineArn };
}

describe('Step Functions, called with the AWS SDK', () => {
  it('starts, fails, redrives and succeeds', async () => {
    const { states, functions, client, stateMachineArn } = await serveStepFunctions();
    functions.script('refresh', fails('RefreshTokenRejected'), returns({ done: true }));

    const { executionArn = '', startDate } = await client.send(
      new StartExecutionCommand({ stateMachineArn, name: 'one', input: '{"a":1}' }),
    );
    await states.executionClosed(executionArn);
    const failed = await client.send(new DescribeExecutionCommand({ executionArn }));
    const { redriveDate } = await client.send(new RedriveExecutionCommand({ executionArn }));
    await states.executionClosed(executionArn);
    const succeeded = await client.send(new DescribeExecutionCommand({ executionArn }));
    const { events } = await client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
    const { executions } = await client.send(new ListExecutionsCommand({ stateMachineArn }));

    expect(startDate).toBeInstanceOf(Date);
    expect(failed).toMatchObject({
      status: 'FAILED',
      error: 'RefreshTokenRejected',
      redriveCount: 0,
      redriveStatus: 'REDRIVABLE',
      startDate,
    });
    expect(succeeded).toMatchObject({
      status: 'SUCCEEDED',
      output: '{"value":{"done":true}}',
      redriveCount: 1,
      redriveDate,
      stopDate: expect.any(Date),
    });
    expect(events?.map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskFailed',
      'ExecutionFailed',
      'ExecutionRedriven',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    expect(events?.[2]?.taskScheduledEventDetails).toMatchObject({
      resource: 'invoke',
      resourceType: 'lambda',
      region: 'eu-central-1',
      timeoutInSeconds: 9,
    });
    expect(events?.[0]?.timestamp).toBeInstanceOf(Date);
    expect(executions).toMatchObject([{ name: 'one', status: 'SUCCEEDED', redriveCount: 1 }]);
  });

  it('throws the exceptions of the SDK', async () => {
    const { states, functions, client, stateMachineArn } = await serveStepFunctions();
    functions.script('refresh', returns(1));
    const start = new StartExecutionCommand({ stateMachineArn, name: 'one', input: '{}' });
    const { executionArn = '' } = await client.send(start);
    await states.executionClosed(executionArn);
    const unknown = executionArn.replace(/one$/, 'two');

    await expect(client.send(start)).rejects.toBeInstanceOf(ExecutionAlreadyExists);
    await expect(client.send(new RedriveExecutionCommand({ executionArn }))).rejects.toBeInstanceOf(
      ExecutionNotRedrivable,
    );
    await expect(client.send(new DescribeExecutionCommand({ executionArn: unknown }))).rejects.toBeInstanceOf(
      ExecutionDoesNotExist,
    );
    await expect(
      client.send(new StopExecutionCommand({ executionArn: stateMachineArn })),
    ).rejects.toBeInstanceOf(InvalidArn);
    await expect(
      client.send(new StartExecutionCommand({ stateMachineArn, input: `"${'x'.repeat(262_144)}"` })),
    ).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('describes a state machine', async () => {
    const { client, stateMachineArn } = await serveStepFunctions();

    const described = await client.send(new DescribeStateMachineCommand({ stateMachineArn }));

    expect(described).toMatchObject({ name: 'rotation', type: 'STANDARD', roleArn: ROLE_ARN });
    expect(described.creationDate).toBeInstanceOf(Date);
  });

  it('describes logging and tracing of a deployed state machine', async () => {
    const { sandbox, stepFunctions } = await startSandbox();
    const { stateMachineArn } = sandbox;

    const described = await stepFunctions.send(new DescribeStateMachineCommand({ stateMachineArn }));

    const logGroup = '/aws/vendedlogs/states/genesys-token-rotation';
    expect(described.tracingConfiguration).toStrictEqual({ enabled: true });
    expect(described.loggingConfiguration).toStrictEqual({
      level: 'ALL',
      includeExecutionData: false,
      destinations: [
        {
          cloudWatchLogsLogGroup: {
            logGroupArn: `arn:aws:logs:us-east-1:123456789012:log-group:${logGroup}:*`,
          },
        },
      ],
    });
  });
});

describe('listLagMs', () => {
  it('hides from ListExecutions that an execution has started, closed or been redriven', async () => {
    const { clock, states, functions, client, stateMachineArn } = await serveStepFunctions();
    const redriven = runsUntilFinished();
    functions.script('refresh', fails('Oops'), redriven.response);
    const list = async (filter: object = {}) => {
      const { executions } = await client.send(new ListExecutionsCommand({ stateMachineArn, ...filter }));
      return executions;
    };
    states.behaviour.listLagMs = 1_000;

    const { executionArn = '', startDate } = await client.send(
      new StartExecutionCommand({ stateMachineArn, name: 'one' }),
    );
    clock.advance(400);
    await states.executionClosed(executionArn);
    clock.advance(599);
    expect(await list()).toEqual([]);
    clock.advance(1);
    expect(await list()).toMatchObject([{ name: 'one', status: 'FAILED', startDate, redriveCount: 0 }]);

    const { redriveDate } = await client.send(new RedriveExecutionCommand({ executionArn }));
    clock.advance(999);
    const [stale] = (await list({ statusFilter: 'FAILED' })) ?? [];
    expect(stale).toMatchObject({ status: 'FAILED', redriveCount: 0, stopDate: expect.any(Date) });
    expect(stale).not.toHaveProperty('redriveDate');
    expect(await list({ redriveFilter: 'REDRIVEN' })).toEqual([]);
    clock.advance(1);
    const [running] = (await list()) ?? [];
    expect(running).toMatchObject({ status: 'RUNNING', redriveCount: 1, redriveDate });
    expect(running).not.toHaveProperty('stopDate');

    redriven.finish('done');
    await states.executionClosed(executionArn);
    clock.advance(999);
    expect(await list({ statusFilter: 'RUNNING' })).toHaveLength(1);
    expect(await list({ statusFilter: 'SUCCEEDED' })).toEqual([]);
    clock.advance(1);
    expect(await list({ statusFilter: 'SUCCEEDED' })).toMatchObject([{ stopDate: expect.any(Date) }]);
  });

  it('does not affect DescribeExecution or the sandbox itself', async () => {
    const { states, functions, client, stateMachineArn } = await serveStepFunctions();
    functions.script('refresh', returns(1));
    states.behaviour.listLagMs = 60_000;

    const { executionArn = '' } = await client.send(new StartExecutionCommand({ stateMachineArn }));
    await states.executionClosed(executionArn);

    expect(await client.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({
      status: 'SUCCEEDED',
    });
    expect(states.executions(stateMachineArn)).toMatchObject([{ status: 'SUCCEEDED' }]);
  });

  it('can be changed while the sandbox runs', async () => {
    const { states, functions, client, stateMachineArn } = await serveStepFunctions();
    functions.script('refresh', returns(1));
    const list = new ListExecutionsCommand({ stateMachineArn });
    const { executionArn = '' } = await client.send(new StartExecutionCommand({ stateMachineArn }));
    await states.executionClosed(executionArn);

    states.behaviour.listLagMs = 1;
    const stale = await client.send(list);
    states.behaviour.listLagMs = 0;
    const fresh = await client.send(list);

    expect(stale.executions).toEqual([]);
    expect(fresh.executions).toMatchObject([{ executionArn, status: 'SUCCEEDED' }]);
  });
});

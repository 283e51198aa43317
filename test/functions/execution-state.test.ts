import { DescribeExecutionCommand, ExecutionDoesNotExist, SFNClient } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from 'vitest';
import { executionState } from '../../functions/refresh/execution-state.ts';
import { awsException, stepFunctionsException } from '../helpers/aws-exception.ts';
import { mockAws } from '../helpers/aws-mock.ts';
import { executionDescription } from '../helpers/execution-description.ts';
import { rejection } from '../helpers/no-secrets.ts';
import { EXECUTION } from '../helpers/task-requests.ts';

describe('executionState', () => {
  const mock = mockAws(SFNClient);

  beforeEach(() => mock.reset());

  it.each([
    ['RUNNING', 'NOT_REDRIVABLE', 'running'],
    ['PENDING_REDRIVE', 'NOT_REDRIVABLE', 'running'],
    ['FAILED', 'REDRIVABLE', 'redrivable'],
    ['TIMED_OUT', 'REDRIVABLE', 'redrivable'],
    ['ABORTED', 'REDRIVABLE', 'redrivable'],
    ['FAILED', 'NOT_REDRIVABLE', 'over'],
    ['FAILED', 'REDRIVABLE_BY_MAP_RUN', 'over'],
    ['SUCCEEDED', 'NOT_REDRIVABLE', 'over'],
  ] as const)('of an execution that is %s and %s is %s', async (status, redriveStatus, state) => {
    mock.on(DescribeExecutionCommand).resolves(executionDescription(status, { redriveStatus }));

    expect(await executionState(EXECUTION, new SFNClient())).toBe(state);
  });

  it('of an execution that does not exist is over', async () => {
    mock.on(DescribeExecutionCommand).rejects(awsException(ExecutionDoesNotExist));

    expect(await executionState(EXECUTION, new SFNClient())).toBe('over');
  });

  it('is read without the data of the execution, which needs no key', async () => {
    mock.on(DescribeExecutionCommand).resolves(executionDescription('RUNNING'));

    await executionState(EXECUTION);

    expect(mock.calls().map(call => call.args[0].input)).toEqual([
      { executionArn: EXECUTION, includedData: 'METADATA_ONLY' },
    ]);
  });

  it.each(['AccessDeniedException', 'ThrottlingException'])(
    'rethrows %s, which does not prove that the execution is over',
    async name => {
      mock.on(DescribeExecutionCommand).rejects(stepFunctionsException(name));

      const error = await rejection(executionState(EXECUTION, new SFNClient()));

      expect(error.name).toBe(name);
    },
  );
});

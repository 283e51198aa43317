import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  KmsAccessDeniedException,
  KmsInvalidStateException,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from 'vitest';
import { lastState, readClosedExecution } from '../../functions/notify/closed-execution.ts';
import { awsException, stepFunctionsException } from '../helpers/aws-exception.ts';
import { mockAws } from '../helpers/aws-mock.ts';
import { executionDescription } from '../helpers/execution-description.ts';
import { expectNoSecrets, rejection } from '../helpers/no-secrets.ts';
import { SECRET_ARN, VERSION } from '../helpers/secret.ts';
import { SENTINELS } from '../helpers/secret-value.ts';
import { EXECUTION } from '../helpers/task-requests.ts';

const INPUT = {
  purpose: 'rotate',
  secretArn: SECRET_ARN,
  versionId: VERSION,
  sealedRotationToken: SENTINELS.rotationToken,
};
const CAUSE = {
  errorType: 'RefreshTokenRejected',
  errorMessage: 'The refresh token was rejected.',
  trace: [SENTINELS.refreshToken],
};

describe('closed-execution', () => {
  const mock = mockAws(SFNClient);
  let waitedMs = 0;

  beforeEach(() => {
    mock.reset();
    waitedMs = 0;
  });

  /** Reads an execution after an event that reports a failure. */
  function readFailed({ redriveCount = 0, executionArn = EXECUTION } = {}) {
    return readClosedExecution(
      {
        executionArn,
        succeeded: false,
        redriveCount,
        closedAt: undefined,
        rotation: undefined,
        lostAlternate: false,
      },
      {
        stepFunctions: new SFNClient(),
        sleep: async ms => {
          waitedMs += ms;
        },
      },
    );
  }

  async function read(changes: Partial<DescribeExecutionCommandOutput>, executionArn = EXECUTION) {
    mock.on(DescribeExecutionCommand).resolves(
      executionDescription('FAILED', {
        input: JSON.stringify(INPUT),
        error: 'RefreshTokenRejected',
        cause: JSON.stringify(CAUSE),
        output: SENTINELS.newAccessToken,
        stopDate: new Date('2026-07-01T08:00:10Z'),
        ...changes,
      }),
    );
    const report = await readFailed({ executionArn });
    expectNoSecrets(report);
    return report;
  }

  describe('readClosedExecution', () => {
    it("reads the rotation, the status and the function's message, and nothing else", async () => {
      const report = await read({ redriveCount: 2 });

      expect(report).toEqual({
        executionArn: EXECUTION,
        status: 'FAILED',
        redriveCount: 2,
        isRedrivable: true,
        closedAt: new Date('2026-07-01T08:00:10Z'),
        rotation: { purpose: 'rotate', secretArn: SECRET_ARN, versionId: VERSION },
        lostAlternate: false,
        error: 'RefreshTokenRejected',
        message: 'The refresh token was rejected.',
      });
    });

    it('distinguishes a configuration test from a rotation', async () => {
      const report = await read(
        { input: JSON.stringify({ ...INPUT, purpose: 'check-configuration' }) },
        `${EXECUTION}-check`,
      );

      expect(report.rotation?.purpose).toBe('check-configuration');
    });

    it.each([undefined, 'no JSON', 'null', '7', '{"secretArn":1}'])(
      'has no rotation when the input is %j',
      async input => {
        const report = await read({ input });

        expect(report.rotation).toBeUndefined();
        expect(report.error).toBe('RefreshTokenRejected');
      },
    );

    it.each([
      undefined,
      `The JSONPath '$.x' could not be found in the input '${SENTINELS.newAccessToken}'`,
      '{"errorType":"Oops"}',
      '{"errorMessage":{}}',
    ])('has no message when the cause is %j', async cause => {
      const report = await read({ cause });

      expect(report.message).toBeUndefined();
    });

    it.each(['ABORTED', 'TIMED_OUT'] as const)('has no error for an execution that is %s', async status => {
      const report = await read({ status });

      expect(report).toMatchObject({ status, error: undefined });
    });

    it.each(['RUNNING', 'PENDING_REDRIVE'] as const)('treats %s as running', async status => {
      const report = await read({ status, stopDate: undefined, redriveCount: 1 });

      expect(report).toMatchObject({ status: 'RUNNING', closedAt: undefined });
    });

    it('polls until the execution is visible and closed', async () => {
      const running = executionDescription('RUNNING', { redriveCount: 1, stopDate: undefined });
      const failed = executionDescription('FAILED', { redriveCount: 1 });
      mock
        .on(DescribeExecutionCommand)
        .rejectsOnce(awsException(ExecutionDoesNotExist))
        .resolvesOnce(running)
        .resolves(failed);

      const report = await readFailed({ redriveCount: 1 });

      expect(report.status).toBe('FAILED');
      expect(mock.commandCalls(DescribeExecutionCommand)).toHaveLength(3);
    });

    it('treats a running execution with more redrives than the event as redriven', async () => {
      mock.on(DescribeExecutionCommand).resolves(executionDescription('RUNNING', { redriveCount: 2 }));

      const report = await readFailed({ redriveCount: 1 });

      expect(report.status).toBe('RUNNING');
      expect(waitedMs).toBe(0);
    });

    it('throws when the execution does not close in time', async () => {
      mock.on(DescribeExecutionCommand).rejects(awsException(ExecutionDoesNotExist));

      const error = await rejection(readFailed());

      expect(error.message).toContain(EXECUTION);
      expect(waitedMs).toBeGreaterThan(2_000);
    });

    it.each([KmsAccessDeniedException, KmsInvalidStateException])(
      'reads only the metadata when the key is refused: %o',
      async type => {
        mock.on(DescribeExecutionCommand).rejects(awsException(type));
        mock
          .on(DescribeExecutionCommand, { includedData: 'METADATA_ONLY' })
          .resolves(executionDescription('FAILED'));

        const report = await readFailed();

        expect(report).toMatchObject({ status: 'FAILED', rotation: undefined, error: undefined });
      },
    );

    it('rethrows other errors', async () => {
      mock.on(DescribeExecutionCommand).rejects(stepFunctionsException('ThrottlingException'));

      const error = await rejection(readFailed());

      expect(error.name).toBe('ThrottlingException');
    });
  });

  describe('lastState', () => {
    function entered(name: string): HistoryEvent {
      return { timestamp: undefined, id: 1, type: 'TaskStateEntered', stateEnteredEventDetails: { name } };
    }
    function other(type: HistoryEvent['type']): HistoryEvent {
      return { timestamp: undefined, id: 1, type };
    }

    it('is the last one that was entered, even after redrives, and is read without data', async () => {
      mock.on(GetExecutionHistoryCommand).resolves({
        events: [
          other('ExecutionFailed'),
          other('TaskFailed'),
          other('ExecutionRedriven'),
          other('ExecutionFailed'),
          entered('StorePending'),
          entered('Refresh'),
        ],
      });

      expect(await lastState(EXECUTION, new SFNClient())).toBe('StorePending');
      expect(mock.commandCalls(GetExecutionHistoryCommand).map(call => call.args[0].input)).toEqual([
        { executionArn: EXECUTION, reverseOrder: true, maxResults: 1_000, includeExecutionData: false },
      ]);
    });

    it.each([ExecutionDoesNotExist, KmsAccessDeniedException])('is unknown after %o', async type => {
      mock.on(GetExecutionHistoryCommand).rejects(awsException(type));

      expect(await lastState(EXECUTION, new SFNClient())).toBeUndefined();
    });

    it('is unknown for an execution that entered no state', async () => {
      mock.on(GetExecutionHistoryCommand).resolves({ events: [other('ExecutionAborted')] });

      expect(await lastState(EXECUTION, new SFNClient())).toBeUndefined();
    });

    it('rethrows other errors', async () => {
      mock.on(GetExecutionHistoryCommand).rejects(stepFunctionsException('ThrottlingException'));

      const error = await rejection(lastState(EXECUTION, new SFNClient()));

      expect(error.name).toBe('ThrottlingException');
    });
  });
});

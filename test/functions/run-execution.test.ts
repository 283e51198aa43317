import {
  ExecutionDoesNotExist,
  ExecutionLimitExceeded,
  ExecutionNotRedrivable,
  GetExecutionHistoryCommand,
  RedriveExecutionCommand,
  StartExecutionCommand,
  StateMachineDoesNotExist,
} from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  awaitLatestExecution,
  type RunRequest,
  runExecution,
} from '../../functions/rotation/run-execution.ts';
import { RotationFailed, RotationStillRunning } from '../../functions/shared/errors.ts';
import { awsException, stepFunctionsException } from '../helpers/aws-exception.ts';
import { executionDescription } from '../helpers/execution-description.ts';
import { rejection } from '../helpers/no-secrets.ts';
import { playedExecutions } from '../helpers/played-executions.ts';
import { EXECUTION_NAME, FIRST, FIRST_INPUT, RUN_REQUEST, SECOND, THIRD } from '../helpers/run-request.ts';

const running = (redriveCount = 0) => executionDescription('RUNNING', { redriveCount });
const failed = (redriveCount = 0) => executionDescription('FAILED', { redriveCount, error: 'Refused' });
const succeeded = executionDescription('SUCCEEDED');
const notRedrivable = executionDescription('FAILED', { redriveStatus: 'NOT_REDRIVABLE' });

describe('run-execution', () => {
  const { mock, time, dependencies, exists, looks, started, lookedAt, redrivenArns } = playedExecutions();

  function run(changes: Partial<RunRequest> = {}): Promise<string> {
    return runExecution({ ...RUN_REQUEST, ...changes }, dependencies());
  }

  function latest(): Promise<string | undefined> {
    return awaitLatestExecution(RUN_REQUEST.rotation, dependencies());
  }

  describe('runExecution', () => {
    it('starts the first attempt and waits for it', async () => {
      looks(FIRST, running(), succeeded);

      const arn = await run();

      expect(arn).toBe(FIRST);
      expect(started()).toEqual([{ name: EXECUTION_NAME, input: FIRST_INPUT }]);
      expect(redrivenArns()).toEqual([]);
    });

    it.each([awsException(StateMachineDoesNotExist), awsException(ExecutionLimitExceeded)])(
      'passes %s on when nothing can be started',
      async exception => {
        mock.on(StartExecutionCommand).rejects(exception);

        const error = await rejection(run());

        expect(error).toBe(exception);
        expect(lookedAt()).toEqual([]);
      },
    );

    describe('when an execution of that name exists', () => {
      beforeEach(() => {
        exists(EXECUTION_NAME);
      });

      it.each(['RUNNING', 'PENDING_REDRIVE'] as const)('attaches to one that is %s', async status => {
        looks(FIRST, executionDescription(status), executionDescription(status), succeeded);

        expect(await run()).toBe(FIRST);
        expect(started().map(({ name }) => name)).toEqual([EXECUTION_NAME]);
        expect(redrivenArns()).toEqual([]);
      });

      it('attaches to one that is not visible yet', async () => {
        looks(FIRST, awsException(ExecutionDoesNotExist), running(), succeeded);

        expect(await run()).toBe(FIRST);
        expect(redrivenArns()).toEqual([]);
      });

      it('is content with one that succeeded', async () => {
        looks(FIRST, succeeded);

        expect(await run()).toBe(FIRST);
        expect(redrivenArns()).toEqual([]);
      });

      it.each(['FAILED', 'TIMED_OUT', 'ABORTED'] as const)('redrives one that %s', async status => {
        looks(FIRST, executionDescription(status), running(1), succeeded);

        expect(await run()).toBe(FIRST);
        expect(redrivenArns()).toEqual([FIRST]);
        expect(started().map(({ name }) => name)).toEqual([EXECUTION_NAME]);
      });

      it('does not take the old failure for a new one while DescribeExecution lags behind the redrive', async () => {
        looks(FIRST, failed(2), failed(2), failed(2), running(3), succeeded);

        expect(await run()).toBe(FIRST);
        expect(redrivenArns()).toEqual([FIRST]);
      });

      it('throws RotationFailed when the redriven execution fails again', async () => {
        looks(FIRST, failed(2), running(3), failed(3));

        const error = await rejection(run());

        expect(error).toBeInstanceOf(RotationFailed);
        expect(redrivenArns()).toEqual([FIRST]);
      });

      it('does not believe an old failure of an execution that somebody else redrove', async () => {
        looks(FIRST, running(1), failed(0), succeeded);

        expect(await run()).toBe(FIRST);
      });

      it('looks again and attaches when somebody else redrives it at the same moment', async () => {
        mock.on(RedriveExecutionCommand).rejects(awsException(ExecutionNotRedrivable));
        looks(FIRST, failed(), failed(), running(1), succeeded);

        expect(await run()).toBe(FIRST);
        expect(redrivenArns()).toEqual([FIRST, FIRST]);
        expect(new Set(started().map(({ name }) => name))).toEqual(new Set([EXECUTION_NAME]));
      });

      it('pauses between two looks at an execution that somebody else redrives', async () => {
        mock.on(RedriveExecutionCommand).rejects(awsException(ExecutionNotRedrivable));
        looks(FIRST, failed(), running(1), succeeded);

        await run();

        expect(time.sleeps).toEqual([500, 2_000]);
      });

      it('gives up with RotationStillRunning when that look never tells', async () => {
        mock.on(RedriveExecutionCommand).rejects(awsException(ExecutionNotRedrivable));
        looks(FIRST, failed());

        const error = await rejection(run());

        expect(error).toBeInstanceOf(RotationStillRunning);
        expect(time.remainingMs()).toBe(2_000);
      });

      it('starts the next attempt after one that its redrive shows to be closed for good', async () => {
        mock.on(RedriveExecutionCommand).rejects(awsException(ExecutionNotRedrivable));
        looks(FIRST, failed(), notRedrivable);
        looks(SECOND, succeeded);

        expect(await run()).toBe(SECOND);
      });

      it('passes on what else refuses the redrive', async () => {
        looks(FIRST, failed());
        mock.on(RedriveExecutionCommand).rejects(awsException(ExecutionLimitExceeded));

        const error = await rejection(run());

        expect(error).toBeInstanceOf(ExecutionLimitExceeded);
        expect(started().map(({ name }) => name)).toEqual([EXECUTION_NAME]);
      });

      it('starts the next attempt after one that can no longer be redriven', async () => {
        looks(FIRST, notRedrivable);
        looks(SECOND, succeeded);

        expect(await run()).toBe(SECOND);
        expect(started().at(-1)).toEqual({ name: `${EXECUTION_NAME}-2`, input: FIRST_INPUT });
        expect(redrivenArns()).toEqual([]);
      });

      it('attaches to a next attempt that runs', async () => {
        exists(`${EXECUTION_NAME}-2`);
        looks(FIRST, notRedrivable);
        looks(SECOND, running(), succeeded);

        expect(await run()).toBe(SECOND);
        expect(started().map(({ name }) => name)).toEqual([EXECUTION_NAME, `${EXECUTION_NAME}-2`]);
      });

      it('redrives a next attempt that failed', async () => {
        exists(`${EXECUTION_NAME}-2`);
        looks(FIRST, notRedrivable);
        looks(SECOND, failed(), succeeded);

        expect(await run()).toBe(SECOND);
        expect(redrivenArns()).toEqual([SECOND]);
      });

      it('goes on to the third attempt', async () => {
        exists(`${EXECUTION_NAME}-2`);
        looks(FIRST, notRedrivable);
        looks(SECOND, notRedrivable);
        looks(THIRD, succeeded);

        expect(await run()).toBe(THIRD);
      });

      it('waits and looks again when the first look is throttled', async () => {
        looks(FIRST, stepFunctionsException('ThrottlingException'), failed(), succeeded);

        expect(await run()).toBe(FIRST);
        expect(time.sleeps[0]).toBe(2_000);
        expect(redrivenArns()).toEqual([FIRST]);
      });
    });

    it('throws RotationStillRunning before the time of the function is over', async () => {
      looks(FIRST, running());

      const error = await rejection(run());

      expect(error).toBeInstanceOf(RotationStillRunning);
      expect(time.remainingMs()).toBe(2_000);
    });

    it('throws RotationFailed when the execution fails', async () => {
      looks(FIRST, failed());

      const error = await rejection(run());

      expect(error).toBeInstanceOf(RotationFailed);
      expect(error.message).toContain(FIRST);
      expect(error.message).toContain('Refused');
    });
  });

  describe('runExecution, for a check of the configuration,', () => {
    const CHECK = { purpose: 'check-configuration', sealedRotationToken: null } as const;
    const CHECK_INPUT = { ...FIRST_INPUT, ...CHECK };

    it('goes by names of its own', async () => {
      exists(`${EXECUTION_NAME}-check`);
      looks(`${FIRST}-check`, notRedrivable);
      looks(`${FIRST}-check-2`, succeeded);

      expect(await run(CHECK)).toBe(`${FIRST}-check-2`);
      expect(started()).toEqual([
        { name: `${EXECUTION_NAME}-check`, input: CHECK_INPUT },
        { name: `${EXECUTION_NAME}-check-2`, input: CHECK_INPUT },
      ]);
      expect(mock.commandCalls(GetExecutionHistoryCommand)).toEqual([]);
    });
  });

  describe('awaitLatestExecution', () => {
    it('finds nothing when there is no execution', async () => {
      expect(await latest()).toBeUndefined();
    });

    it('is content with one that succeeded, at once', async () => {
      looks(FIRST, succeeded);

      expect(await latest()).toBe(FIRST);
      expect(time.sleeps).toEqual([]);
      expect(lookedAt()).toEqual([FIRST]);
    });

    it('waits for one that runs', async () => {
      looks(FIRST, running(), running(), succeeded);

      expect(await latest()).toBe(FIRST);
      expect(time.sleeps).toEqual([2_000, 2_400]);
      expect(lookedAt()).toEqual([FIRST, FIRST, FIRST]);
    });

    it('waits for the attempt after one that failed', async () => {
      looks(FIRST, failed());
      looks(SECOND, running(), succeeded);

      expect(await latest()).toBe(SECOND);
    });

    it('does not believe an old failure while DescribeExecution lags behind a redrive', async () => {
      looks(FIRST, running(1), failed(0), succeeded);

      expect(await latest()).toBe(FIRST);
    });

    it('throws RotationFailed for the last attempt when all failed', async () => {
      looks(FIRST, failed());
      looks(SECOND, executionDescription('TIMED_OUT'));

      const error = await rejection(latest());

      expect(error).toBeInstanceOf(RotationFailed);
      expect(error.message).toContain(SECOND);
    });

    it('throws RotationStillRunning when the time is over before the execution is', async () => {
      looks(FIRST, running());

      const error = await rejection(latest());

      expect(error).toBeInstanceOf(RotationStillRunning);
      expect(time.remainingMs()).toBe(2_000);
    });

    it('waits and looks again when a look fails in passing', async () => {
      looks(FIRST, stepFunctionsException('ThrottlingException'), failed());
      looks(SECOND, stepFunctionsException('ThrottlingException'), succeeded);

      expect(await latest()).toBe(SECOND);
    });

    it('neither starts nor redrives anything', async () => {
      looks(FIRST, failed());

      await rejection(latest());

      expect(started().map(({ name }) => name)).toEqual([]);
      expect(redrivenArns()).toEqual([]);
    });
  });
});

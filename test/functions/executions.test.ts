import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  ExecutionLimitExceeded,
  ExecutionNotRedrivable,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
  StateMachineDoesNotExist,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  awaitLatestExecution,
  type ExecutionDependencies,
  runExecution,
} from '../../functions/rotation/executions.ts';
import { RotationFailed, RotationStillRunning } from '../../functions/shared/errors.ts';
import { awsException, stepFunctionsException } from '../helpers/aws-exception.ts';
import {
  EXECUTION_ARN_PREFIX,
  executionDescription,
  STATE_MACHINE_ARN,
} from '../helpers/execution-description.ts';
import { FunctionTime } from '../helpers/function-time.ts';
import { rejection } from '../helpers/no-secrets.ts';

const FIRST = `${EXECUTION_ARN_PREFIX}first`;
const SECOND = `${EXECUTION_ARN_PREFIX}second`;
const THIRD = `${EXECUTION_ARN_PREFIX}third`;
const INPUT = { purpose: 'rotate' };

const nameOf = (attempt: number): string => ['', 'first', 'second', 'third'][attempt] ?? 'too many';
const timedOutRequest = Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });

describe('executions', () => {
  const stepFunctionsMock = mockClient(SFNClient);
  let time: FunctionTime;

  beforeEach(() => {
    time = new FunctionTime(60_000);
    stepFunctionsMock.reset();
    stepFunctionsMock.on(StartExecutionCommand).resolves({});
    stepFunctionsMock.on(RedriveExecutionCommand).resolves({});
    stepFunctionsMock.on(DescribeExecutionCommand).rejects(awsException(ExecutionDoesNotExist));
  });

  function dependencies(changes: Partial<ExecutionDependencies> = {}): ExecutionDependencies {
    return {
      stepFunctions: new SFNClient(),
      stateMachineArn: STATE_MACHINE_ARN,
      sleep: time.sleep,
      random: () => 0.5,
      remainingMs: time.remainingMs,
      ...changes,
    };
  }

  function run(): Promise<string> {
    return runExecution(nameOf, INPUT, dependencies());
  }

  function latest(): Promise<string | undefined> {
    return awaitLatestExecution(nameOf, dependencies());
  }

  /** Lets executions of these names exist, running or closed. */
  function exists(...names: readonly string[]): void {
    for (const name of names) {
      stepFunctionsMock.on(StartExecutionCommand, { name }).rejects(awsException(ExecutionAlreadyExists));
    }
  }

  /** What DescribeExecution answers about one execution, look after look; the last answer stays. */
  function looks(
    executionArn: string,
    ...answers: readonly (DescribeExecutionCommandOutput | Error)[]
  ): void {
    const describing = stepFunctionsMock.on(DescribeExecutionCommand, { executionArn });
    for (const [index, answer] of answers.entries()) {
      const isLast = index === answers.length - 1;
      if (answer instanceof Error) {
        if (isLast) describing.rejects(answer);
        else describing.rejectsOnce(answer);
      } else {
        const output = { ...answer, executionArn };
        if (isLast) describing.resolves(output);
        else describing.resolvesOnce(output);
      }
    }
  }

  function startedNames(): unknown[] {
    return stepFunctionsMock.commandCalls(StartExecutionCommand).map(call => call.args[0].input.name);
  }

  function lookedAt(): unknown[] {
    return stepFunctionsMock
      .commandCalls(DescribeExecutionCommand)
      .map(call => call.args[0].input.executionArn);
  }

  function redrivenArns(): unknown[] {
    return stepFunctionsMock
      .commandCalls(RedriveExecutionCommand)
      .map(call => call.args[0].input.executionArn);
  }

  const running = (redriveCount = 0) => executionDescription('RUNNING', { redriveCount });
  const failed = (redriveCount = 0) => executionDescription('FAILED', { redriveCount, error: 'Refused' });
  const succeeded = executionDescription('SUCCEEDED');
  const notRedrivable = executionDescription('FAILED', { redriveStatus: 'NOT_REDRIVABLE' });

  describe('runExecution', () => {
    it('starts the first attempt and waits for it', async () => {
      looks(FIRST, running(), succeeded);

      const arn = await run();

      expect(arn).toBe(FIRST);
      expect(stepFunctionsMock.commandCalls(StartExecutionCommand).map(call => call.args[0].input)).toEqual([
        { stateMachineArn: STATE_MACHINE_ARN, name: 'first', input: '{"purpose":"rotate"}' },
      ]);
      expect(redrivenArns()).toEqual([]);
    });

    it('first looks when a warm rotation is done, then ever more rarely', async () => {
      looks(FIRST, ...Array.from({ length: 6 }, () => running()), succeeded);

      await run();

      expect(time.sleeps).toEqual([1_500, 2_250, 3_375, 5_062.5, 7_593.75, 8_000, 8_000]);
    });

    it.each([
      [0, 1_350],
      [0.999, 1_649.7],
    ])('spreads its looks, so that a fleet does not look at once: %d', async (chance, firstLookMs) => {
      looks(FIRST, succeeded);

      await runExecution(nameOf, INPUT, dependencies({ random: () => chance }));

      expect(time.sleeps[0]).toBeCloseTo(firstLookMs);
    });

    it('goes on waiting while the execution it has just started is not visible yet', async () => {
      looks(FIRST, awsException(ExecutionDoesNotExist), running(), succeeded);

      expect(await run()).toBe(FIRST);
    });

    it.each([
      stepFunctionsException('ThrottlingException'),
      stepFunctionsException('InternalFailure', 'server'),
      stepFunctionsException('ServiceUnavailable'),
      timedOutRequest,
      Object.assign(new Error('retryable'), { $retryable: {} }),
    ])('does not take a look that failed in passing for a failed rotation: %s', async passing => {
      looks(FIRST, passing, passing, succeeded);

      expect(await run()).toBe(FIRST);
    });

    it('passes on what no later look will mend', async () => {
      looks(FIRST, stepFunctionsException('AccessDeniedException'));

      const error = await rejection(run());

      expect(error.name).toBe('AccessDeniedException');
    });

    it.each([awsException(StateMachineDoesNotExist), awsException(ExecutionLimitExceeded)])(
      'passes %s on when nothing can be started',
      async exception => {
        stepFunctionsMock.on(StartExecutionCommand).rejects(exception);

        const error = await rejection(run());

        expect(error).toBe(exception);
        expect(stepFunctionsMock.commandCalls(DescribeExecutionCommand)).toEqual([]);
      },
    );

    describe('when an execution of that name exists', () => {
      beforeEach(() => {
        exists('first');
      });

      it.each(['RUNNING', 'PENDING_REDRIVE'] as const)('attaches to one that is %s', async status => {
        looks(FIRST, executionDescription(status), executionDescription(status), succeeded);

        expect(await run()).toBe(FIRST);
        expect(startedNames()).toEqual(['first']);
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
        expect(startedNames()).toEqual(['first']);
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
        stepFunctionsMock.on(RedriveExecutionCommand).rejects(awsException(ExecutionNotRedrivable));
        looks(FIRST, failed(), failed(), running(1), succeeded);

        expect(await run()).toBe(FIRST);
        expect(redrivenArns()).toEqual([FIRST, FIRST]);
        expect(new Set(startedNames())).toEqual(new Set(['first']));
      });

      it('pauses between two looks at an execution that somebody else redrives', async () => {
        stepFunctionsMock.on(RedriveExecutionCommand).rejects(awsException(ExecutionNotRedrivable));
        looks(FIRST, failed(), running(1), succeeded);

        await run();

        expect(time.sleeps).toEqual([500, 1_500]);
      });

      it('gives up with RotationStillRunning when that look never tells', async () => {
        stepFunctionsMock.on(RedriveExecutionCommand).rejects(awsException(ExecutionNotRedrivable));
        looks(FIRST, failed());

        const error = await rejection(run());

        expect(error).toBeInstanceOf(RotationStillRunning);
        expect(time.remainingMs()).toBe(2_000);
      });

      it('starts the next attempt after one that its redrive shows to be closed for good', async () => {
        stepFunctionsMock.on(RedriveExecutionCommand).rejects(awsException(ExecutionNotRedrivable));
        looks(FIRST, failed(), notRedrivable);
        looks(SECOND, succeeded);

        expect(await run()).toBe(SECOND);
      });

      it('passes on what else refuses the redrive', async () => {
        looks(FIRST, failed());
        stepFunctionsMock.on(RedriveExecutionCommand).rejects(awsException(ExecutionLimitExceeded));

        const error = await rejection(run());

        expect(error).toBeInstanceOf(ExecutionLimitExceeded);
        expect(startedNames()).toEqual(['first']);
      });

      it('starts the next attempt after one that can no longer be redriven', async () => {
        looks(FIRST, notRedrivable);
        looks(SECOND, succeeded);

        expect(await run()).toBe(SECOND);
        expect(stepFunctionsMock.commandCalls(StartExecutionCommand).at(-1)?.args[0].input).toEqual({
          stateMachineArn: STATE_MACHINE_ARN,
          name: 'second',
          input: '{"purpose":"rotate"}',
        });
        expect(redrivenArns()).toEqual([]);
      });

      it('attaches to a next attempt that runs', async () => {
        exists('second');
        looks(FIRST, notRedrivable);
        looks(SECOND, running(), succeeded);

        expect(await run()).toBe(SECOND);
        expect(startedNames()).toEqual(['first', 'second']);
      });

      it('redrives a next attempt that failed', async () => {
        exists('second');
        looks(FIRST, notRedrivable);
        looks(SECOND, failed(), succeeded);

        expect(await run()).toBe(SECOND);
        expect(redrivenArns()).toEqual([SECOND]);
      });

      it('goes on to the third attempt', async () => {
        exists('second');
        looks(FIRST, notRedrivable);
        looks(SECOND, notRedrivable);
        looks(THIRD, succeeded);

        expect(await run()).toBe(THIRD);
      });

      it.each([stepFunctionsException('ThrottlingException'), timedOutRequest])(
        'waits and looks again when the first look fails in passing: %s',
        async passing => {
          looks(FIRST, passing, passing, failed(), succeeded);

          expect(await run()).toBe(FIRST);
          expect(time.sleeps.slice(0, 2)).toEqual([1_500, 2_250]);
          expect(redrivenArns()).toEqual([FIRST]);
        },
      );

      it('passes the passing fault on when it lasts until the time is over', async () => {
        const throttled = stepFunctionsException('ThrottlingException');
        looks(FIRST, throttled);

        const error = await rejection(run());

        expect(error).toBe(throttled);
        expect(time.remainingMs()).toBe(2_000);
        expect(redrivenArns()).toEqual([]);
      });

      it('passes on what no second look will mend', async () => {
        looks(FIRST, stepFunctionsException('AccessDeniedException'));

        const error = await rejection(run());

        expect(error.name).toBe('AccessDeniedException');
        expect(time.sleeps).toEqual([]);
      });
    });

    describe('when the time of the function is nearly over', () => {
      it('looks a last time 2 s before its end, then throws RotationStillRunning', async () => {
        looks(FIRST, running());

        const error = await rejection(run());

        expect(error).toBeInstanceOf(RotationStillRunning);
        expect(error.message).toContain(FIRST);
        expect(time.remainingMs()).toBe(2_000);
        expect(stepFunctionsMock.commandCalls(DescribeExecutionCommand)).toHaveLength(time.sleeps.length);
      });

      it('takes the success that the last look shows', async () => {
        time = new FunctionTime(3_000);
        looks(FIRST, succeeded);

        expect(await run()).toBe(FIRST);
        expect(time.sleeps).toEqual([1_000]);
      });

      it('does not wait at all when too little is left', async () => {
        time = new FunctionTime(2_000);

        const error = await rejection(run());

        expect(error).toBeInstanceOf(RotationStillRunning);
        expect(startedNames()).toEqual(['first']);
        expect(time.sleeps).toEqual([]);
      });
    });

    describe('throws RotationFailed', () => {
      async function failure(changes: Parameters<typeof executionDescription>): Promise<Error> {
        looks(FIRST, executionDescription(...changes));
        const error = await rejection(run());
        expect(error).toBeInstanceOf(RotationFailed);
        expect(error.message).toContain(FIRST);
        return error;
      }

      it('with the name and the message of the function that failed, without its stack', async () => {
        const cause = JSON.stringify({
          errorType: 'RefreshTokenRejected',
          errorMessage: 'Log in again.',
          trace: ['at somewhere'],
        });

        const error = await failure(['FAILED', { error: 'RefreshTokenRejected', cause }]);

        expect(error.message).toContain('RefreshTokenRejected: Log in again.');
        expect(error.message).not.toContain('at somewhere');
      });

      it.each([
        ['plain text', 'Function not found'],
        ['JSON without a message', '{"reason":"unknown"}'],
        ['JSON with a message that is no text', '{"errorMessage":42}'],
        ['null', 'null'],
      ])('with the cause as it is when it is %s', async (_what, cause) => {
        const error = await failure(['FAILED', { error: 'Lambda.ResourceNotFoundException', cause }]);

        expect(error.message).toContain(`Lambda.ResourceNotFoundException: ${cause}`);
      });

      it.each([
        ['TIMED_OUT', 'ran out of time'],
        ['ABORTED', 'was stopped'],
        ['FAILED', 'failed with no error name'],
      ] as const)('for %s without error and cause: %s', async (status, what) => {
        const error = await failure([status]);

        expect(error.message).toContain(what);
        expect(error.message).not.toContain('undefined');
      });
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
      expect(time.sleeps).toEqual([1_500, 2_250]);
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

      expect(startedNames()).toEqual([]);
      expect(redrivenArns()).toEqual([]);
    });
  });
});

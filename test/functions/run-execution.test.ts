import {
  ExecutionDoesNotExist,
  ExecutionLimitExceeded,
  ExecutionNotRedrivable,
  RedriveExecutionCommand,
  StartExecutionCommand,
  StateMachineDoesNotExist,
} from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from 'vitest';
import { RESPONSE_RESERVE_MS } from '../../functions/rotation/await-execution.ts';
import {
  awaitLatestExecution,
  MAX_REFUSALS,
  MAX_UNSETTLED,
  type RunRequest,
  runExecution,
} from '../../functions/rotation/run-execution.ts';
import { RotationFailed, RotationStillRunning } from '../../functions/shared/errors.ts';
import { awsException, stepFunctionsException } from '../helpers/aws-exception.ts';
import { EXECUTION_ARN_PREFIX, executionDescription } from '../helpers/execution-description.ts';
import { mockExecutions } from '../helpers/mock-executions.ts';
import { rejection } from '../helpers/no-secrets.ts';
import { EXECUTION_NAME, FIRST, FIRST_INPUT, RUN_REQUEST, SECOND, THIRD } from '../helpers/run-request.ts';

const running = (redriveCount = 0) => executionDescription('RUNNING', { redriveCount });
const failed = (redriveCount = 0) => executionDescription('FAILED', { redriveCount, error: 'Refused' });
const succeeded = executionDescription('SUCCEEDED');
const notRedrivable = executionDescription('FAILED', { redriveStatus: 'NOT_REDRIVABLE' });

describe('run-execution', () => {
  const { mock, time, dependencies, exists, describeReturns, started, describedArns, redrivenArns } =
    mockExecutions();

  function run(changes: Partial<RunRequest> = {}): Promise<string> {
    return runExecution({ ...RUN_REQUEST, ...changes }, dependencies());
  }

  function latest(): Promise<string | undefined> {
    return awaitLatestExecution(RUN_REQUEST.rotation, dependencies());
  }

  describe('runExecution', () => {
    it('starts the first attempt and waits for it', async () => {
      describeReturns(FIRST, running(), succeeded);

      const arn = await run();

      expect(arn).toBe(FIRST);
      expect(started()).toEqual([{ name: EXECUTION_NAME, input: FIRST_INPUT }]);
      expect(redrivenArns()).toEqual([]);
    });

    it.each([awsException(StateMachineDoesNotExist), awsException(ExecutionLimitExceeded)])(
      'rethrows %s when nothing can be started',
      async exception => {
        mock.on(StartExecutionCommand).rejects(exception);

        const error = await rejection(run());

        expect(error).toBe(exception);
        expect(describedArns()).toEqual([]);
      },
    );

    describe('when an execution of that name exists', () => {
      beforeEach(() => {
        exists(EXECUTION_NAME);
      });

      it.each(['RUNNING', 'PENDING_REDRIVE'] as const)('attaches to one that is %s', async status => {
        describeReturns(FIRST, executionDescription(status), executionDescription(status), succeeded);

        expect(await run()).toBe(FIRST);
        expect(started().map(({ name }) => name)).toEqual([EXECUTION_NAME]);
        expect(redrivenArns()).toEqual([]);
      });

      it('attaches to one that is not visible yet', async () => {
        describeReturns(FIRST, awsException(ExecutionDoesNotExist), running(), succeeded);

        expect(await run()).toBe(FIRST);
        expect(redrivenArns()).toEqual([]);
      });

      it('starts the next attempt after one that succeeded, because the rotation is not complete', async () => {
        describeReturns(FIRST, succeeded);
        describeReturns(SECOND, running(), succeeded);

        expect(await run()).toBe(SECOND);
        expect(started()).toEqual([
          { name: EXECUTION_NAME, input: FIRST_INPUT },
          { name: `${EXECUTION_NAME}-2`, input: FIRST_INPUT },
        ]);
        expect(redrivenArns()).toEqual([]);
      });

      it.each(['FAILED', 'TIMED_OUT', 'ABORTED'] as const)('redrives one that %s', async status => {
        describeReturns(FIRST, executionDescription(status), running(1), succeeded);

        expect(await run()).toBe(FIRST);
        expect(redrivenArns()).toEqual([FIRST]);
        expect(started().map(({ name }) => name)).toEqual([EXECUTION_NAME]);
      });

      it('ignores the old failure while DescribeExecution lags behind the redrive', async () => {
        describeReturns(FIRST, failed(2), failed(2), failed(2), running(3), succeeded);

        expect(await run()).toBe(FIRST);
        expect(redrivenArns()).toEqual([FIRST]);
      });

      it('throws RotationFailed when the redriven execution fails again', async () => {
        describeReturns(FIRST, failed(2), running(3), failed(3));

        const error = await rejection(run());

        expect(error).toBeInstanceOf(RotationFailed);
        expect(redrivenArns()).toEqual([FIRST]);
      });

      it('ignores an old failure of an execution that somebody else redrove', async () => {
        describeReturns(FIRST, running(1), failed(0), succeeded);

        expect(await run()).toBe(FIRST);
      });

      it('attaches to one that somebody else redrives at the same time', async () => {
        mock.on(RedriveExecutionCommand).rejects(awsException(ExecutionNotRedrivable));
        describeReturns(FIRST, failed(), failed(), running(1), succeeded);

        expect(await run()).toBe(FIRST);
        expect(redrivenArns()).toEqual([FIRST, FIRST]);
        expect(new Set(started().map(({ name }) => name))).toEqual(new Set([EXECUTION_NAME]));
      });

      it('polls again after a pause when the redrive is refused', async () => {
        mock.on(RedriveExecutionCommand).rejects(awsException(ExecutionNotRedrivable));
        describeReturns(FIRST, failed(), running(1), succeeded);

        expect(await run()).toBe(FIRST);
        expect(redrivenArns()).toEqual([FIRST]);
        expect(time.sleeps[0]).toBeGreaterThan(0);
      });

      it('starts the next attempt after a few refused redrives, whatever DescribeExecution returns', async () => {
        mock.on(RedriveExecutionCommand).rejects(awsException(ExecutionNotRedrivable));
        describeReturns(FIRST, failed());
        describeReturns(SECOND, succeeded);

        expect(await run()).toBe(SECOND);
        expect(redrivenArns()).toEqual(Array.from({ length: MAX_REFUSALS }, () => FIRST));
      });

      it('starts the next attempt after one whose input was refused, because a redrive keeps the input', async () => {
        describeReturns(FIRST, { ...failed(), error: 'InvalidRotationRequest' });
        describeReturns(SECOND, succeeded);

        expect(await run()).toBe(SECOND);
        expect(redrivenArns()).toEqual([]);
      });

      it('starts the next attempt after one that is no longer redrivable', async () => {
        mock.on(RedriveExecutionCommand).rejects(awsException(ExecutionNotRedrivable));
        describeReturns(FIRST, failed(), notRedrivable);
        describeReturns(SECOND, succeeded);

        expect(await run()).toBe(SECOND);
        expect(redrivenArns()).toEqual([FIRST]);
      });

      it('starts no further attempt when somebody else redrove the execution and it succeeded', async () => {
        mock.on(RedriveExecutionCommand).rejects(awsException(ExecutionNotRedrivable));
        describeReturns(FIRST, failed(), succeeded);

        expect(await run()).toBe(FIRST);
        expect(started().map(({ name }) => name)).toEqual([EXECUTION_NAME]);
      });

      it('starts no attempt when no time is left', async () => {
        describeReturns(FIRST, notRedrivable);
        time.begin(2_000);

        const error = await rejection(run());

        expect(error).toBeInstanceOf(RotationStillRunning);
        expect(started().map(({ name }) => name)).toEqual([EXECUTION_NAME]);
      });

      it('rethrows other errors of the redrive', async () => {
        describeReturns(FIRST, failed());
        mock.on(RedriveExecutionCommand).rejects(awsException(ExecutionLimitExceeded));

        const error = await rejection(run());

        expect(error).toBeInstanceOf(ExecutionLimitExceeded);
        expect(started().map(({ name }) => name)).toEqual([EXECUTION_NAME]);
      });

      it('starts the next attempt after one that can no longer be redriven', async () => {
        describeReturns(FIRST, notRedrivable);
        describeReturns(SECOND, succeeded);

        expect(await run()).toBe(SECOND);
        expect(started().at(-1)).toEqual({ name: `${EXECUTION_NAME}-2`, input: FIRST_INPUT });
        expect(redrivenArns()).toEqual([]);
      });

      it('attaches to a next attempt that is running', async () => {
        exists(`${EXECUTION_NAME}-2`);
        describeReturns(FIRST, notRedrivable);
        describeReturns(SECOND, running(), succeeded);

        expect(await run()).toBe(SECOND);
        expect(started().map(({ name }) => name)).toEqual([EXECUTION_NAME, `${EXECUTION_NAME}-2`]);
      });

      it('redrives a next attempt that failed', async () => {
        exists(`${EXECUTION_NAME}-2`);
        describeReturns(FIRST, notRedrivable);
        describeReturns(SECOND, failed(), succeeded);

        expect(await run()).toBe(SECOND);
        expect(redrivenArns()).toEqual([SECOND]);
      });

      it('continues with the third attempt', async () => {
        exists(`${EXECUTION_NAME}-2`);
        describeReturns(FIRST, notRedrivable);
        describeReturns(SECOND, notRedrivable);
        describeReturns(THIRD, succeeded);

        expect(await run()).toBe(THIRD);
      });

      it('polls again when DescribeExecution is throttled', async () => {
        describeReturns(FIRST, stepFunctionsException('ThrottlingException'), failed(), succeeded);

        expect(await run()).toBe(FIRST);
        expect(redrivenArns()).toEqual([FIRST]);
      });
    });

    it('throws RotationStillRunning before the function times out', async () => {
      describeReturns(FIRST, running());

      const error = await rejection(run());

      expect(error).toBeInstanceOf(RotationStillRunning);
      expect(time.remainingMs()).toBe(RESPONSE_RESERVE_MS);
    });

    it('throws RotationFailed when the execution fails', async () => {
      describeReturns(FIRST, failed());

      const error = await rejection(run());

      expect(error).toBeInstanceOf(RotationFailed);
      expect(error.message).toContain(FIRST);
      expect(error.message).toContain('Refused');
    });
  });

  describe('runExecution when the execution ends in ExchangeUnsettled', () => {
    const OWNER = `${EXECUTION_ARN_PREFIX}genesys-voicemail-d2228900a4-0123456789abcdef-2`;

    /** The execution failed because another one must be redriven first. */
    function unsettled(redriveCount = 0, message = `was presented by execution ${OWNER}, which failed`) {
      const cause = JSON.stringify({ errorType: 'ExchangeUnsettled', errorMessage: message });
      return executionDescription('FAILED', { error: 'ExchangeUnsettled', cause, redriveCount });
    }

    it('redrives the execution that it names, waits for it, and then redrives its own', async () => {
      describeReturns(FIRST, unsettled(), succeeded);
      describeReturns(OWNER, failed(4), running(5), succeeded);

      expect(await run()).toBe(FIRST);
      expect(redrivenArns()).toEqual([OWNER, FIRST]);
      expect(describedArns()).toEqual([FIRST, OWNER, OWNER, OWNER, FIRST]);
    });

    it('also does so after a redrive of its own execution', async () => {
      exists(EXECUTION_NAME);
      describeReturns(FIRST, failed(), unsettled(1), succeeded);
      describeReturns(OWNER, failed(), succeeded);

      expect(await run()).toBe(FIRST);
      expect(redrivenArns()).toEqual([FIRST, OWNER, FIRST]);
    });

    it('waits for the named execution without a redrive when it is running', async () => {
      describeReturns(FIRST, unsettled(), succeeded);
      describeReturns(OWNER, running(1), succeeded);

      expect(await run()).toBe(FIRST);
      expect(redrivenArns()).toEqual([FIRST]);
      expect(describedArns()).toEqual([FIRST, OWNER, OWNER, FIRST]);
    });

    it.each([
      ['fails again', [failed(), running(1), failed(1)], [OWNER, FIRST]],
      ['can no longer be redriven', [notRedrivable], [FIRST]],
      ['succeeded in the meantime', [succeeded], [FIRST]],
      ['does not exist', [awsException(ExecutionDoesNotExist)], [FIRST]],
    ])('redrives its own when the named one %s', async (_what, owner, redriven) => {
      describeReturns(FIRST, unsettled(), succeeded);
      describeReturns(OWNER, ...owner);

      expect(await run()).toBe(FIRST);
      expect(redrivenArns()).toEqual(redriven);
    });

    it('throws RotationFailed when its own cannot be redriven', async () => {
      describeReturns(FIRST, { ...unsettled(), redriveStatus: 'NOT_REDRIVABLE' });
      describeReturns(OWNER, failed(), succeeded);

      const error = await rejection(run());

      expect(error).toBeInstanceOf(RotationFailed);
      expect(error.message).toContain('ExchangeUnsettled');
      expect(redrivenArns()).toEqual([OWNER]);
    });

    it('throws RotationFailed when it ends that way repeatedly', async () => {
      describeReturns(
        FIRST,
        unsettled(0),
        ...Array.from({ length: MAX_UNSETTLED }, (_, redrive) => unsettled(redrive + 1)),
      );
      describeReturns(OWNER, succeeded);

      const error = await rejection(run());

      expect(error).toBeInstanceOf(RotationFailed);
      expect(redrivenArns()).toEqual(Array.from({ length: MAX_UNSETTLED }, () => FIRST));
    });

    it('throws RotationStillRunning when time runs out before the named execution closes', async () => {
      describeReturns(FIRST, unsettled());
      describeReturns(OWNER, failed(), running(1));

      const error = await rejection(run());

      expect(error).toBeInstanceOf(RotationStillRunning);
      expect(redrivenArns()).toEqual([OWNER]);
    });

    it.each([
      ['names no execution', 'another execution must be redriven first'],
      [
        'names one of another state machine',
        'was presented by execution arn:aws:states:eu-central-1:111122223333:execution:payroll:run-1',
      ],
      [
        'names one of another account',
        'was presented by execution arn:aws:states:eu-central-1:444455556666:execution:rotation:run-1',
      ],
      ['ends where the name would begin', `was presented by execution ${EXECUTION_ARN_PREFIX}`],
      ['has a name of other characters', `was presented by execution ${EXECUTION_ARN_PREFIX}/../run`],
    ])('redrives nothing when the cause %s', async (_what, message) => {
      describeReturns(FIRST, unsettled(0, message));

      const error = await rejection(run());

      expect(error).toBeInstanceOf(RotationFailed);
      expect(redrivenArns()).toEqual([]);
      expect(describedArns()).toEqual([FIRST]);
    });

    it('redrives nothing when the cause is not the JSON of a function', async () => {
      describeReturns(FIRST, { ...unsettled(), cause: `was presented by execution ${OWNER}` });

      const error = await rejection(run());

      expect(error).toBeInstanceOf(RotationFailed);
      expect(redrivenArns()).toEqual([]);
    });

    it('redrives nothing for another error that names an execution', async () => {
      describeReturns(FIRST, { ...unsettled(), error: 'RefreshTokenRejected' });

      const error = await rejection(run());

      expect(error).toBeInstanceOf(RotationFailed);
      expect(redrivenArns()).toEqual([]);
    });

    it('reads at most 80 characters of a name', async () => {
      describeReturns(
        FIRST,
        unsettled(0, `by execution ${EXECUTION_ARN_PREFIX}${'x'.repeat(90)}`),
        succeeded,
      );
      describeReturns(`${EXECUTION_ARN_PREFIX}${'x'.repeat(80)}`, failed(), succeeded);

      expect(await run()).toBe(FIRST);
      expect(redrivenArns()).toEqual([`${EXECUTION_ARN_PREFIX}${'x'.repeat(80)}`, FIRST]);
    });
  });

  describe('runExecution for a configuration test', () => {
    const CHECK = { purpose: 'check-configuration', sealedRotationToken: null } as const;
    const CHECK_INPUT = { ...FIRST_INPUT, ...CHECK };

    it('uses different names', async () => {
      exists(`${EXECUTION_NAME}-check`);
      describeReturns(`${FIRST}-check`, notRedrivable);
      describeReturns(`${FIRST}-check-2`, succeeded);

      expect(await run(CHECK)).toBe(`${FIRST}-check-2`);
      expect(started()).toEqual([
        { name: `${EXECUTION_NAME}-check`, input: CHECK_INPUT },
        { name: `${EXECUTION_NAME}-check-2`, input: CHECK_INPUT },
      ]);
    });
  });

  describe('awaitLatestExecution', () => {
    it('returns undefined when there is no execution', async () => {
      expect(await latest()).toBeUndefined();
    });

    it('immediately returns one that succeeded when there is no further attempt', async () => {
      describeReturns(FIRST, succeeded);

      expect(await latest()).toBe(FIRST);
      expect(time.sleeps).toEqual([]);
      expect(describedArns()).toEqual([FIRST, SECOND]);
    });

    it('waits for the attempt after one that succeeded', async () => {
      describeReturns(FIRST, succeeded);
      describeReturns(SECOND, running(), succeeded);

      expect(await latest()).toBe(SECOND);
    });

    it('throws RotationFailed for the attempt after one that succeeded', async () => {
      describeReturns(FIRST, succeeded);
      describeReturns(SECOND, failed());

      const error = await rejection(latest());

      expect(error).toBeInstanceOf(RotationFailed);
      expect(error.message).toContain(SECOND);
    });

    it('waits for one that is running', async () => {
      describeReturns(FIRST, running(), running(), succeeded);

      expect(await latest()).toBe(FIRST);
      expect(describedArns()).toEqual([FIRST, FIRST, FIRST]);
    });

    it('waits for the attempt after one that failed', async () => {
      describeReturns(FIRST, failed());
      describeReturns(SECOND, running(), succeeded);

      expect(await latest()).toBe(SECOND);
    });

    it('ignores an old failure while DescribeExecution lags behind a redrive', async () => {
      describeReturns(FIRST, running(1), failed(0), succeeded);

      expect(await latest()).toBe(FIRST);
    });

    it('throws RotationFailed for the last attempt when all attempts failed', async () => {
      describeReturns(FIRST, failed());
      describeReturns(SECOND, executionDescription('TIMED_OUT'));

      const error = await rejection(latest());

      expect(error).toBeInstanceOf(RotationFailed);
      expect(error.message).toContain(SECOND);
    });

    it('throws RotationStillRunning when time runs out before the execution closes', async () => {
      describeReturns(FIRST, running());

      const error = await rejection(latest());

      expect(error).toBeInstanceOf(RotationStillRunning);
      expect(time.remainingMs()).toBe(RESPONSE_RESERVE_MS);
    });

    it('polls again when DescribeExecution is throttled', async () => {
      describeReturns(FIRST, stepFunctionsException('ThrottlingException'), failed());
      describeReturns(SECOND, stepFunctionsException('ThrottlingException'), succeeded);

      expect(await latest()).toBe(SECOND);
    });

    it('neither starts nor redrives anything', async () => {
      describeReturns(FIRST, failed());

      await rejection(latest());

      expect(started().map(({ name }) => name)).toEqual([]);
      expect(redrivenArns()).toEqual([]);
    });
  });
});

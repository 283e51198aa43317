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

      it('starts the next attempt after one that succeeded: the rotation is not complete', async () => {
        looks(FIRST, succeeded);
        looks(SECOND, running(), succeeded);

        expect(await run()).toBe(SECOND);
        expect(started()).toEqual([
          { name: EXECUTION_NAME, input: FIRST_INPUT },
          { name: `${EXECUTION_NAME}-2`, input: FIRST_INPUT },
        ]);
        expect(redrivenArns()).toEqual([]);
      });

      it.each(['FAILED', 'TIMED_OUT', 'ABORTED'] as const)('redrives one that %s', async status => {
        looks(FIRST, executionDescription(status), running(1), succeeded);

        expect(await run()).toBe(FIRST);
        expect(redrivenArns()).toEqual([FIRST]);
        expect(started().map(({ name }) => name)).toEqual([EXECUTION_NAME]);
      });

      it('ignores the old failure while DescribeExecution lags behind the redrive', async () => {
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

      it('ignores an old failure of an execution that somebody else redrove', async () => {
        looks(FIRST, running(1), failed(0), succeeded);

        expect(await run()).toBe(FIRST);
      });

      it('attaches to one that somebody else redrives at the same time', async () => {
        mock.on(RedriveExecutionCommand).rejects(awsException(ExecutionNotRedrivable));
        looks(FIRST, failed(), failed(), running(1), succeeded);

        expect(await run()).toBe(FIRST);
        expect(redrivenArns()).toEqual([FIRST, FIRST]);
        expect(new Set(started().map(({ name }) => name))).toEqual(new Set([EXECUTION_NAME]));
      });

      it('polls again after a pause when the redrive is refused', async () => {
        mock.on(RedriveExecutionCommand).rejects(awsException(ExecutionNotRedrivable));
        looks(FIRST, failed(), running(1), succeeded);

        expect(await run()).toBe(FIRST);
        expect(redrivenArns()).toEqual([FIRST]);
        expect(time.sleeps[0]).toBeGreaterThan(0);
      });

      it('starts the next attempt after a few refused redrives, whatever DescribeExecution says', async () => {
        mock.on(RedriveExecutionCommand).rejects(awsException(ExecutionNotRedrivable));
        looks(FIRST, failed());
        looks(SECOND, succeeded);

        expect(await run()).toBe(SECOND);
        expect(redrivenArns()).toEqual(Array.from({ length: MAX_REFUSALS }, () => FIRST));
      });

      it('starts the next attempt after one whose input was refused: a redrive would run with it again', async () => {
        looks(FIRST, { ...failed(), error: 'InvalidRotationRequest' });
        looks(SECOND, succeeded);

        expect(await run()).toBe(SECOND);
        expect(redrivenArns()).toEqual([]);
      });

      it('starts the next attempt after one that is no longer redrivable', async () => {
        mock.on(RedriveExecutionCommand).rejects(awsException(ExecutionNotRedrivable));
        looks(FIRST, failed(), notRedrivable);
        looks(SECOND, succeeded);

        expect(await run()).toBe(SECOND);
        expect(redrivenArns()).toEqual([FIRST]);
      });

      it('starts no further attempt when somebody else redrove it and it has succeeded since', async () => {
        mock.on(RedriveExecutionCommand).rejects(awsException(ExecutionNotRedrivable));
        looks(FIRST, failed(), succeeded);

        expect(await run()).toBe(FIRST);
        expect(started().map(({ name }) => name)).toEqual([EXECUTION_NAME]);
      });

      it('starts no attempt when no time is left', async () => {
        looks(FIRST, notRedrivable);
        time.begin(2_000);

        const error = await rejection(run());

        expect(error).toBeInstanceOf(RotationStillRunning);
        expect(started().map(({ name }) => name)).toEqual([EXECUTION_NAME]);
      });

      it('rethrows other errors of the redrive', async () => {
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

      it('continues with the third attempt', async () => {
        exists(`${EXECUTION_NAME}-2`);
        looks(FIRST, notRedrivable);
        looks(SECOND, notRedrivable);
        looks(THIRD, succeeded);

        expect(await run()).toBe(THIRD);
      });

      it('polls again when DescribeExecution is throttled', async () => {
        looks(FIRST, stepFunctionsException('ThrottlingException'), failed(), succeeded);

        expect(await run()).toBe(FIRST);
        expect(redrivenArns()).toEqual([FIRST]);
      });
    });

    it('throws RotationStillRunning before the function times out', async () => {
      looks(FIRST, running());

      const error = await rejection(run());

      expect(error).toBeInstanceOf(RotationStillRunning);
      expect(time.remainingMs()).toBe(RESPONSE_RESERVE_MS);
    });

    it('throws RotationFailed when the execution fails', async () => {
      looks(FIRST, failed());

      const error = await rejection(run());

      expect(error).toBeInstanceOf(RotationFailed);
      expect(error.message).toContain(FIRST);
      expect(error.message).toContain('Refused');
    });
  });

  describe('runExecution, when the execution ends in ExchangeUnsettled,', () => {
    const OWNER = `${EXECUTION_ARN_PREFIX}genesys-voicemail-d2228900a4-0123456789abcdef-2`;

    /** The execution failed because another one must be redriven first. */
    function unsettled(redriveCount = 0, message = `was presented by execution ${OWNER}, which failed`) {
      const cause = JSON.stringify({ errorType: 'ExchangeUnsettled', errorMessage: message });
      return executionDescription('FAILED', { error: 'ExchangeUnsettled', cause, redriveCount });
    }

    it('redrives the execution that it names, waits for it, and then redrives its own', async () => {
      looks(FIRST, unsettled(), succeeded);
      looks(OWNER, failed(4), running(5), succeeded);

      expect(await run()).toBe(FIRST);
      expect(redrivenArns()).toEqual([OWNER, FIRST]);
      expect(lookedAt()).toEqual([FIRST, OWNER, OWNER, OWNER, FIRST]);
    });

    it('also does so after a redrive of its own execution', async () => {
      exists(EXECUTION_NAME);
      looks(FIRST, failed(), unsettled(1), succeeded);
      looks(OWNER, failed(), succeeded);

      expect(await run()).toBe(FIRST);
      expect(redrivenArns()).toEqual([FIRST, OWNER, FIRST]);
    });

    it('waits for the named execution without a redrive when it is running', async () => {
      looks(FIRST, unsettled(), succeeded);
      looks(OWNER, running(1), succeeded);

      expect(await run()).toBe(FIRST);
      expect(redrivenArns()).toEqual([FIRST]);
      expect(lookedAt()).toEqual([FIRST, OWNER, OWNER, FIRST]);
    });

    it.each([
      ['fails again', [failed(), running(1), failed(1)], [OWNER, FIRST]],
      ['can no longer be redriven', [notRedrivable], [FIRST]],
      ['succeeded in the meantime', [succeeded], [FIRST]],
      ['does not exist', [awsException(ExecutionDoesNotExist)], [FIRST]],
    ])('redrives its own when the named one %s', async (_what, owner, redriven) => {
      looks(FIRST, unsettled(), succeeded);
      looks(OWNER, ...owner);

      expect(await run()).toBe(FIRST);
      expect(redrivenArns()).toEqual(redriven);
    });

    it('throws RotationFailed when its own cannot be redriven', async () => {
      looks(FIRST, { ...unsettled(), redriveStatus: 'NOT_REDRIVABLE' });
      looks(OWNER, failed(), succeeded);

      const error = await rejection(run());

      expect(error).toBeInstanceOf(RotationFailed);
      expect(error.message).toContain('ExchangeUnsettled');
      expect(redrivenArns()).toEqual([OWNER]);
    });

    it('throws RotationFailed when it ends so again and again', async () => {
      looks(
        FIRST,
        unsettled(0),
        ...Array.from({ length: MAX_UNSETTLED }, (_, redrive) => unsettled(redrive + 1)),
      );
      looks(OWNER, succeeded);

      const error = await rejection(run());

      expect(error).toBeInstanceOf(RotationFailed);
      expect(redrivenArns()).toEqual(Array.from({ length: MAX_UNSETTLED }, () => FIRST));
    });

    it('throws RotationStillRunning when its time is over before the named execution is', async () => {
      looks(FIRST, unsettled());
      looks(OWNER, failed(), running(1));

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
      looks(FIRST, unsettled(0, message));

      const error = await rejection(run());

      expect(error).toBeInstanceOf(RotationFailed);
      expect(redrivenArns()).toEqual([]);
      expect(lookedAt()).toEqual([FIRST]);
    });

    it('redrives nothing when the cause is not the JSON of a function', async () => {
      looks(FIRST, { ...unsettled(), cause: `was presented by execution ${OWNER}` });

      const error = await rejection(run());

      expect(error).toBeInstanceOf(RotationFailed);
      expect(redrivenArns()).toEqual([]);
    });

    it('redrives nothing for another error that names an execution', async () => {
      looks(FIRST, { ...unsettled(), error: 'RefreshTokenRejected' });

      const error = await rejection(run());

      expect(error).toBeInstanceOf(RotationFailed);
      expect(redrivenArns()).toEqual([]);
    });

    it('takes no more of a name than 80 characters', async () => {
      looks(FIRST, unsettled(0, `by execution ${EXECUTION_ARN_PREFIX}${'x'.repeat(90)}`), succeeded);
      looks(`${EXECUTION_ARN_PREFIX}${'x'.repeat(80)}`, failed(), succeeded);

      expect(await run()).toBe(FIRST);
      expect(redrivenArns()).toEqual([`${EXECUTION_ARN_PREFIX}${'x'.repeat(80)}`, FIRST]);
    });
  });

  describe('runExecution, for a configuration test,', () => {
    const CHECK = { purpose: 'check-configuration', sealedRotationToken: null } as const;
    const CHECK_INPUT = { ...FIRST_INPUT, ...CHECK };

    it('uses different names', async () => {
      exists(`${EXECUTION_NAME}-check`);
      looks(`${FIRST}-check`, notRedrivable);
      looks(`${FIRST}-check-2`, succeeded);

      expect(await run(CHECK)).toBe(`${FIRST}-check-2`);
      expect(started()).toEqual([
        { name: `${EXECUTION_NAME}-check`, input: CHECK_INPUT },
        { name: `${EXECUTION_NAME}-check-2`, input: CHECK_INPUT },
      ]);
    });
  });

  describe('awaitLatestExecution', () => {
    it('finds nothing when there is no execution', async () => {
      expect(await latest()).toBeUndefined();
    });

    it('returns one that succeeded at once when there is no further attempt', async () => {
      looks(FIRST, succeeded);

      expect(await latest()).toBe(FIRST);
      expect(time.sleeps).toEqual([]);
      expect(lookedAt()).toEqual([FIRST, SECOND]);
    });

    it('waits for the attempt after one that succeeded', async () => {
      looks(FIRST, succeeded);
      looks(SECOND, running(), succeeded);

      expect(await latest()).toBe(SECOND);
    });

    it('throws RotationFailed for the attempt after one that succeeded', async () => {
      looks(FIRST, succeeded);
      looks(SECOND, failed());

      const error = await rejection(latest());

      expect(error).toBeInstanceOf(RotationFailed);
      expect(error.message).toContain(SECOND);
    });

    it('waits for one that runs', async () => {
      looks(FIRST, running(), running(), succeeded);

      expect(await latest()).toBe(FIRST);
      expect(lookedAt()).toEqual([FIRST, FIRST, FIRST]);
    });

    it('waits for the attempt after one that failed', async () => {
      looks(FIRST, failed());
      looks(SECOND, running(), succeeded);

      expect(await latest()).toBe(SECOND);
    });

    it('ignores an old failure while DescribeExecution lags behind a redrive', async () => {
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
      expect(time.remainingMs()).toBe(RESPONSE_RESERVE_MS);
    });

    it('polls again when DescribeExecution is throttled', async () => {
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

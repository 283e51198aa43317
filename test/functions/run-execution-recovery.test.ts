import { GetExecutionHistoryCommand, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from 'vitest';
import { type RunRequest, runExecution } from '../../functions/rotation/run-execution.ts';
import { RotationFailed } from '../../functions/shared/errors.ts';
import { stepFunctionsException } from '../helpers/aws-exception.ts';
import { EXECUTION_ARN_PREFIX, executionDescription } from '../helpers/execution-description.ts';
import { rejection, watchedLog } from '../helpers/no-secrets.ts';
import { playedExecutions } from '../helpers/played-executions.ts';
import { refreshedEvent } from '../helpers/refreshed-event.ts';
import { EXECUTION_NAME, FIRST, FIRST_INPUT, RUN_REQUEST, SECOND, THIRD } from '../helpers/run-request.ts';
import { BASE_VERSION, FOREIGN_VERSION, SECRET_ARN, VERSION } from '../helpers/secret.ts';

const FOREIGN = `${EXECUTION_ARN_PREFIX}genesys-voicemail-d2228900a4-0123456789abcdef`;

const succeeded = executionDescription('SUCCEEDED');
const notRedrivable = executionDescription('FAILED', { redriveStatus: 'NOT_REDRIVABLE' });

describe('run-execution: recovery of sealed tokens', () => {
  const logged = watchedLog();
  const { mock, dependencies, exists, looks, holdsTokens, started, redrivenArns } = playedExecutions();

  function run(changes: Partial<RunRequest> = {}): Promise<string> {
    return runExecution({ ...RUN_REQUEST, ...changes }, dependencies());
  }

  describe('when an execution holds newer tokens than the rejected ones,', () => {
    const REJECTED = { error: 'RefreshTokenRejected' };
    const RECOVERED = {
      executionArn: FOREIGN,
      sealedValue: 'v1.d.e.f',
      sealedVersionId: FOREIGN_VERSION,
      baseVersionId: BASE_VERSION,
      refreshedAt: '2026-07-01T08:00:00.000Z',
    };
    const rejected = executionDescription('FAILED', REJECTED);

    it('starts the next attempt with them once its own token is rejected', async () => {
      holdsTokens(FOREIGN);
      looks(FIRST, rejected);
      looks(SECOND, succeeded);

      expect(await run()).toBe(SECOND);
      expect(started()).toEqual([
        { name: EXECUTION_NAME, input: FIRST_INPUT },
        { name: `${EXECUTION_NAME}-2`, input: { ...FIRST_INPUT, recovered: RECOVERED } },
      ]);
      expect(redrivenArns()).toEqual([]);
    });

    it('starts the next attempt with them instead of redriving one whose token was rejected', async () => {
      exists(EXECUTION_NAME);
      holdsTokens(FOREIGN);
      looks(FIRST, rejected);
      looks(SECOND, succeeded);

      expect(await run()).toBe(SECOND);
      expect(redrivenArns()).toEqual([]);
    });

    it('logs whose tokens it goes on with', async () => {
      holdsTokens(FOREIGN);
      looks(FIRST, rejected);
      looks(SECOND, succeeded);

      await run();

      expect(logged()).toEqual([
        {
          level: 'warn',
          line: {
            message: 'recovering sealed tokens',
            secretName: 'genesys/voicemail',
            secretArn: SECRET_ARN,
            versionId: VERSION,
            execution: FOREIGN,
            refreshedAt: '2026-07-01T08:00:00.000Z',
          },
        },
      ]);
    });

    it('redrives the attempt that was given them when that failed to store them', async () => {
      exists(EXECUTION_NAME, `${EXECUTION_NAME}-2`);
      holdsTokens(FOREIGN);
      looks(FIRST, rejected);
      looks(SECOND, executionDescription('FAILED', { error: 'AccessDeniedException' }), succeeded);

      expect(await run()).toBe(SECOND);
      expect(redrivenArns()).toEqual([SECOND]);
    });

    it('throws RotationFailed when those were rejected, too', async () => {
      holdsTokens(FOREIGN);
      looks(FIRST, rejected);
      looks(SECOND, { ...rejected, input: JSON.stringify({ ...FIRST_INPUT, recovered: RECOVERED }) });

      const error = await rejection(run());

      expect(error).toBeInstanceOf(RotationFailed);
      expect(error.message).toContain(SECOND);
      expect(started().map(({ name }) => name)).toEqual([EXECUTION_NAME, `${EXECUTION_NAME}-2`]);
    });

    it('throws RotationFailed when the newest are those that were rejected just now', async () => {
      holdsTokens(FIRST);
      looks(FIRST, rejected);

      const error = await rejection(run());

      expect(error).toBeInstanceOf(RotationFailed);
      expect(error.message).toContain('RefreshTokenRejected');
      expect(started().map(({ name }) => name)).toEqual([EXECUTION_NAME]);
    });

    it('throws RotationFailed when what is held came from another version than AWSCURRENT', async () => {
      holdsTokens(FOREIGN, { baseVersionId: FOREIGN_VERSION });
      looks(FIRST, rejected);

      const error = await rejection(run());

      expect(error).toBeInstanceOf(RotationFailed);
      expect(started().map(({ name }) => name)).toEqual([EXECUTION_NAME]);
    });

    it('reports the rejection when the search for newer tokens is throttled', async () => {
      mock.on(ListExecutionsCommand).rejects(stepFunctionsException('ThrottlingException'));
      looks(FIRST, rejected);

      const error = await rejection(run());

      expect(error).toBeInstanceOf(RotationFailed);
      expect(error.message).toContain('RefreshTokenRejected');
    });

    it('passes on what else refuses the search', async () => {
      mock.on(ListExecutionsCommand).rejects(stepFunctionsException('AccessDeniedException'));
      looks(FIRST, rejected);

      const error = await rejection(run());

      expect(error.name).toBe('AccessDeniedException');
    });

    it('redrives a rejected execution when nothing newer is held: somebody authorised again', async () => {
      exists(EXECUTION_NAME);
      looks(FIRST, rejected, succeeded);

      expect(await run()).toBe(FIRST);
      expect(redrivenArns()).toEqual([FIRST]);
    });

    it.each<[string, Partial<RunRequest>]>([
      ['only the configuration is checked', { purpose: 'check-configuration' }],
      ['no version is AWSCURRENT', { baseVersionId: undefined }],
    ])('searches nothing when %s', async (_when, change) => {
      holdsTokens(FOREIGN);
      const arn = change.purpose === undefined ? FIRST : `${FIRST}-check`;
      looks(arn, rejected);

      const error = await rejection(run(change));

      expect(error).toBeInstanceOf(RotationFailed);
      expect(mock.commandCalls(ListExecutionsCommand)).toEqual([]);
    });

    it('searches nothing for any other failure', async () => {
      looks(FIRST, executionDescription('FAILED', { error: 'ClientRejected' }));

      const error = await rejection(run());

      expect(error).toBeInstanceOf(RotationFailed);
      expect(mock.commandCalls(ListExecutionsCommand)).toEqual([]);
    });
  });

  describe('when an execution that cannot be redriven any more', () => {
    beforeEach(() => {
      exists(EXECUTION_NAME);
      looks(SECOND, succeeded);
    });

    it('had refreshed, gives its sealed tokens to the next attempt', async () => {
      looks(FIRST, notRedrivable);
      mock
        .on(GetExecutionHistoryCommand, { executionArn: FIRST })
        .resolves({ events: [refreshedEvent({ versionId: VERSION })] });

      await run();

      expect(started().at(-1)).toEqual({
        name: `${EXECUTION_NAME}-2`,
        input: {
          ...FIRST_INPUT,
          recovered: {
            executionArn: FIRST,
            sealedValue: 'v1.d.e.f',
            sealedVersionId: VERSION,
            baseVersionId: BASE_VERSION,
            refreshedAt: '2026-07-01T08:00:00.000Z',
          },
        },
      });
    });

    it('had only been given sealed tokens, leaves them to the attempt after it', async () => {
      exists(`${EXECUTION_NAME}-2`);
      looks(FIRST, notRedrivable);
      looks(SECOND, notRedrivable);
      looks(THIRD, succeeded);
      mock
        .on(GetExecutionHistoryCommand, { executionArn: FIRST })
        .resolves({ events: [refreshedEvent({ versionId: VERSION })] });

      await run();

      expect(started().at(-1)).toMatchObject({
        name: `${EXECUTION_NAME}-3`,
        input: { recovered: { executionArn: FIRST, sealedValue: 'v1.d.e.f', sealedVersionId: VERSION } },
      });
    });

    it('had refreshed the sealed tokens that it was given, gives those that it got for them', async () => {
      exists(`${EXECUTION_NAME}-2`);
      looks(FIRST, notRedrivable);
      looks(SECOND, notRedrivable);
      looks(THIRD, succeeded);
      mock.on(GetExecutionHistoryCommand, { executionArn: FIRST }).resolves({ events: [refreshedEvent()] });
      mock
        .on(GetExecutionHistoryCommand, { executionArn: SECOND })
        .resolves({ events: [refreshedEvent({ refreshed: { sealedValue: 'v1.g.h.i' } })] });

      await run();

      expect(started().at(-1)).toMatchObject({
        name: `${EXECUTION_NAME}-3`,
        input: { recovered: { executionArn: SECOND, sealedValue: 'v1.g.h.i' } },
      });
    });

    it('had not refreshed, lets the next attempt begin anew', async () => {
      looks(FIRST, notRedrivable);

      await run();

      expect(started().at(-1)).toEqual({ name: `${EXECUTION_NAME}-2`, input: FIRST_INPUT });
    });

    it('had refreshed, but nobody knows what is AWSCURRENT, lets the next attempt begin anew', async () => {
      looks(FIRST, notRedrivable);

      await run({ baseVersionId: undefined });

      expect(started().at(-1)).toEqual({ name: `${EXECUTION_NAME}-2`, input: FIRST_INPUT });
      expect(mock.commandCalls(GetExecutionHistoryCommand)).toEqual([]);
    });
  });
});

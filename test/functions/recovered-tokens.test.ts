import {
  type ExecutionListItem,
  type ExecutionStatus,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  type RecoveredTokens,
  recoveredTokensOf,
  searchRecoveredTokens,
} from '../../functions/rotation/recovered-tokens.ts';
import { stepFunctionsException } from '../helpers/aws-exception.ts';
import { mockAws } from '../helpers/aws-mock.ts';
import { EXECUTION_ARN_PREFIX, STATE_MACHINE_ARN } from '../helpers/execution-description.ts';
import { rejection } from '../helpers/no-secrets.ts';
import { refreshedEvent } from '../helpers/refreshed-event.ts';
import { BASE_VERSION, FOREIGN_VERSION, SECRET_ARN } from '../helpers/secret.ts';

const PREFIX = 'genesys-voicemail-d2228900a4-';
const EXECUTION = `${EXECUTION_ARN_PREFIX}${PREFIX}one`;
const FOUND: RecoveredTokens = {
  executionArn: EXECUTION,
  sealedValue: 'v1.d.e.f',
  sealedVersionId: FOREIGN_VERSION,
  baseVersionId: BASE_VERSION,
  refreshedAt: '2026-07-01T08:00:00.000Z',
};

const entered: HistoryEvent = {
  timestamp: new Date('2026-07-01T08:00:00Z'),
  id: 8,
  type: 'TaskStateEntered',
  stateEnteredEventDetails: { name: 'StorePending' },
};

const OTHER_EXECUTION = `${EXECUTION_ARN_PREFIX}${PREFIX}other`;

/** The start of an execution that was given the tokens of another one. */
function startedEvent(recovered: object | null): HistoryEvent {
  const input = JSON.stringify({ purpose: 'rotate', secretArn: SECRET_ARN, recovered });
  return { ...entered, id: 1, type: 'ExecutionStarted', executionStartedEventDetails: { input } };
}

describe('recovered-tokens', () => {
  const stepFunctionsMock = mockAws(SFNClient);
  const access = { stepFunctions: new SFNClient(), stateMachineArn: STATE_MACHINE_ARN };

  beforeEach(() => {
    stepFunctionsMock.reset();
    stepFunctionsMock.on(ListExecutionsCommand).resolves({ executions: [] });
    stepFunctionsMock.on(GetExecutionHistoryCommand).resolves({ events: [] });
  });

  /** The history of an execution, newest event first. */
  function history(executionArn: string, ...events: readonly HistoryEvent[]): void {
    stepFunctionsMock.on(GetExecutionHistoryCommand, { executionArn }).resolves({ events: [...events] });
  }

  function executionsLookedInto(): unknown[] {
    return stepFunctionsMock
      .commandCalls(GetExecutionHistoryCommand)
      .map(call => call.args[0].input.executionArn);
  }

  describe('recoveredTokensOf', () => {
    function found(): Promise<RecoveredTokens | undefined> {
      return recoveredTokensOf(EXECUTION, BASE_VERSION, access);
    }

    it.each(['Refresh', 'RefreshPending'])('finds what the state %s left sealed', async state => {
      history(EXECUTION, entered, refreshedEvent({ state }), entered);

      expect(await found()).toEqual(FOUND);
    });

    it('reads the history from its end', async () => {
      await found();

      expect(stepFunctionsMock.calls().map(call => call.args[0].input)).toEqual([
        { executionArn: EXECUTION, reverseOrder: true, maxResults: 1_000 },
      ]);
    });

    it('takes the newest of several refreshes', async () => {
      history(
        EXECUTION,
        refreshedEvent({ state: 'RefreshPending', refreshed: { sealedValue: 'v1.new' } }),
        refreshedEvent({ refreshed: { sealedValue: 'v1.old' } }),
      );

      expect((await found())?.sealedValue).toBe('v1.new');
    });

    it('finds nothing when the newest tokens came from another version than AWSCURRENT', async () => {
      history(EXECUTION, refreshedEvent({ refreshed: { baseVersionId: FOREIGN_VERSION } }), refreshedEvent());

      expect(await found()).toBeUndefined();
    });

    it('finds nothing when no refresh succeeded', async () => {
      history(EXECUTION, entered, refreshedEvent({ state: 'Fetch' }));

      expect(await found()).toBeUndefined();
    });

    it.each([
      ['sealedValue', { refreshed: { sealedValue: undefined } }],
      ['baseVersionId', { refreshed: { baseVersionId: null } }],
      ['refreshedAt', { refreshed: { refreshedAt: 7 } }],
      ['versionId', { versionId: null }],
    ])('passes over a refresh that was caught and wrote no %s', async (_key, change) => {
      history(EXECUTION, refreshedEvent(change), refreshedEvent());

      expect(await found()).toEqual(FOUND);
    });

    it('passes over a caught refresh that wrote nothing at all', async () => {
      const event = refreshedEvent();
      const stateExitedEventDetails = { name: 'RefreshPending', output: '{"caught":{"Error":"Moved"}}' };
      history(EXECUTION, { ...event, stateExitedEventDetails }, event);

      expect(await found()).toEqual(FOUND);
    });

    it('passes over an end of the state without its data', async () => {
      const event = refreshedEvent();
      history(EXECUTION, { ...event, stateExitedEventDetails: { name: 'Refresh' } }, event);

      expect(await found()).toEqual(FOUND);
    });

    it('finds what the execution was given and has not come to store', async () => {
      history(EXECUTION, entered, startedEvent({ ...FOUND, executionArn: OTHER_EXECUTION }));

      expect(await found()).toEqual({ ...FOUND, executionArn: OTHER_EXECUTION });
    });

    it('takes what the execution refreshed before what it was given', async () => {
      history(EXECUTION, refreshedEvent(), startedEvent({ ...FOUND, sealedValue: 'v1.old' }));

      expect(await found()).toEqual(FOUND);
    });

    it.each([
      ['came from another version than AWSCURRENT', { ...FOUND, baseVersionId: FOREIGN_VERSION }],
      ['are incomplete', { ...FOUND, refreshedAt: null }],
      ['are none', null],
    ])('finds nothing when the tokens that the execution was given %s', async (_what, recovered) => {
      history(EXECUTION, entered, startedEvent(recovered));

      expect(await found()).toBeUndefined();
    });

    it('goes through all pages of the history', async () => {
      stepFunctionsMock
        .on(GetExecutionHistoryCommand)
        .resolvesOnce({ events: [entered], nextToken: 'page-2' })
        .resolvesOnce({ events: [refreshedEvent()] });

      expect(await found()).toEqual(FOUND);
      expect(stepFunctionsMock.commandCalls(GetExecutionHistoryCommand)[1]?.args[0].input.nextToken).toBe(
        'page-2',
      );
    });

    it('passes errors of Step Functions on', async () => {
      stepFunctionsMock
        .on(GetExecutionHistoryCommand)
        .rejects(stepFunctionsException('AccessDeniedException'));

      const error = await rejection(found());

      expect(error.name).toBe('AccessDeniedException');
    });
  });

  describe('searchRecoveredTokens', () => {
    function found(): Promise<RecoveredTokens | undefined> {
      return searchRecoveredTokens(PREFIX, BASE_VERSION, access);
    }

    function execution(name: string, hour: number): ExecutionListItem {
      return {
        executionArn: `${EXECUTION_ARN_PREFIX}${name}`,
        stateMachineArn: STATE_MACHINE_ARN,
        name,
        status: 'FAILED',
        startDate: new Date(Date.UTC(2026, 6, 1, hour)),
      };
    }

    function listed(statusFilter: ExecutionStatus, ...executions: readonly ExecutionListItem[]): void {
      stepFunctionsMock.on(ListExecutionsCommand, { statusFilter }).resolves({ executions: [...executions] });
    }

    it('finds nothing where nothing failed', async () => {
      expect(await found()).toBeUndefined();
      expect(executionsLookedInto()).toEqual([]);
    });

    it.each(['FAILED', 'TIMED_OUT', 'ABORTED'] as const)('looks into an execution that %s', async status => {
      listed(status, execution(`${PREFIX}one`, 8));
      history(EXECUTION, refreshedEvent());

      expect(await found()).toEqual(FOUND);
    });

    it('lists the executions of this state machine alone', async () => {
      await found();

      expect(stepFunctionsMock.calls().map(call => call.args[0].input)).toEqual([
        { stateMachineArn: STATE_MACHINE_ARN, statusFilter: 'FAILED', maxResults: 1_000 },
        { stateMachineArn: STATE_MACHINE_ARN, statusFilter: 'TIMED_OUT', maxResults: 1_000 },
        { stateMachineArn: STATE_MACHINE_ARN, statusFilter: 'ABORTED', maxResults: 1_000 },
      ]);
    });

    it('does not look into checks of the configuration, which refresh nothing', async () => {
      const check = `${PREFIX}bb24e2f0910f2fed-check`;
      listed('FAILED', execution(check, 9), execution(`${check}-2`, 8));

      expect(await found()).toBeUndefined();
      expect(executionsLookedInto()).toEqual([]);
    });

    it('does not look into the executions of other secrets', async () => {
      listed('FAILED', execution('genesys-voicemail-0000000000-one', 8), execution('manual', 9));

      expect(await found()).toBeUndefined();
      expect(executionsLookedInto()).toEqual([]);
    });

    it('takes the tokens that were issued last, whichever execution began last', async () => {
      listed('FAILED', execution(`${PREFIX}two`, 9), execution(`${PREFIX}one`, 8));
      listed('ABORTED', execution(`${PREFIX}three`, 7));
      history(EXECUTION, refreshedEvent({ refreshed: { refreshedAt: '2026-07-01T12:00:00.000Z' } }));
      history(
        `${EXECUTION_ARN_PREFIX}${PREFIX}two`,
        refreshedEvent({ refreshed: { refreshedAt: '2026-07-01T09:00:00.000Z' } }),
      );
      history(
        `${EXECUTION_ARN_PREFIX}${PREFIX}three`,
        refreshedEvent({ refreshed: { refreshedAt: '2026-07-01T07:00:00.000Z' } }),
      );

      expect(await found()).toEqual({ ...FOUND, refreshedAt: '2026-07-01T12:00:00.000Z' });
    });

    it('keeps what it found when an execution that began earlier holds nothing', async () => {
      listed('FAILED', execution(`${PREFIX}one`, 8), execution(`${PREFIX}two`, 7));
      history(EXECUTION, refreshedEvent());

      expect(await found()).toEqual(FOUND);
      expect(executionsLookedInto()).toHaveLength(2);
    });

    it('looks into the ten executions that began last', async () => {
      const executions = Array.from({ length: 12 }, (_, hour) => execution(`${PREFIX}${hour}`, hour));
      listed('FAILED', ...executions.slice(0, 6));
      listed('TIMED_OUT', ...executions.slice(6));

      await found();

      expect(executionsLookedInto()).toEqual(
        [11, 10, 9, 8, 7, 6, 5, 4, 3, 2].map(hour => `${EXECUTION_ARN_PREFIX}${PREFIX}${hour}`),
      );
    });

    it('goes through the pages of a listing, five at most', async () => {
      stepFunctionsMock
        .on(ListExecutionsCommand, { statusFilter: 'FAILED' })
        .resolvesOnce({ executions: [], nextToken: 'page-2' })
        .resolves({ executions: [execution(`${PREFIX}one`, 8)], nextToken: 'and on' });
      history(EXECUTION, refreshedEvent());

      expect(await found()).toEqual(FOUND);
      const tokens = stepFunctionsMock
        .commandCalls(ListExecutionsCommand, { statusFilter: 'FAILED' })
        .map(call => call.args[0].input.nextToken);
      expect(tokens).toEqual([undefined, 'page-2', 'and on', 'and on', 'and on']);
    });

    it('passes errors of Step Functions on', async () => {
      stepFunctionsMock.on(ListExecutionsCommand).rejects(stepFunctionsException('ThrottlingException'));

      const error = await rejection(found());

      expect(error.name).toBe('ThrottlingException');
    });
  });
});

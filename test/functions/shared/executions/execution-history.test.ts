import { GetExecutionHistoryCommand, type HistoryEvent, SFNClient } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { lastEvents, lastStateIn } from '../../../../functions/shared/executions/execution-history.ts';
import { mockAws } from '../../../helpers/aws-mock.ts';

function entered(name: string): HistoryEvent {
  return { timestamp: undefined, id: 1, type: 'TaskStateEntered', stateEnteredEventDetails: { name } };
}

function other(type: HistoryEvent['type']): HistoryEvent {
  return { timestamp: undefined, id: 1, type };
}

const mock = mockAws(SFNClient);

describe('lastEvents', () => {
  it('reads one page from the end, without any data', async () => {
    mock.on(GetExecutionHistoryCommand).resolves({ events: [other('ExecutionFailed')], nextToken: 'more' });

    const events = await lastEvents('execution-arn', new SFNClient());

    expect(events).toEqual([other('ExecutionFailed')]);
    expect(mock.commandCalls(GetExecutionHistoryCommand).map(call => call.args[0].input)).toEqual([
      { executionArn: 'execution-arn', reverseOrder: true, maxResults: 1_000, includeExecutionData: false },
    ]);
  });
});

describe('lastStateIn', () => {
  it('is the state that was entered last, even after redrives', () => {
    const events = [
      other('ExecutionFailed'),
      other('ExecutionRedriven'),
      other('TaskFailed'),
      entered('StorePending'),
      entered('Refresh'),
    ];

    expect(lastStateIn(events)).toBe('StorePending');
  });

  it('is undefined when no state was entered', () => {
    expect(lastStateIn([other('ExecutionAborted')])).toBeUndefined();
  });
});

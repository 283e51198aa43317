import { GetExecutionHistoryCommand, type HistoryEvent, SFNClient } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from 'vitest';
import { readPastRotation } from '../../cli/history/past-rotation.ts';
import { mockAws } from '../helpers/aws-mock.ts';
import { EXECUTION_ARN_PREFIX } from '../helpers/execution-description.ts';

const ISSUED_AT = Date.parse('2026-07-01T08:00:00Z');

function at(seconds: number, event: Omit<HistoryEvent, 'id' | 'timestamp'>): HistoryEvent {
  return { id: seconds, timestamp: new Date(ISSUED_AT + seconds * 1_000), ...event };
}

const ENTERED = at(1, { type: 'TaskStateEntered', stateEnteredEventDetails: { name: 'Promote' } });

function left(seconds: number, changes: object = {}): HistoryEvent {
  const output = JSON.stringify({
    refreshed: { issuedAt: new Date(ISSUED_AT).toISOString() },
    promoted: { currentVersionId: 'current' },
    ...changes,
  });
  return at(seconds, { type: 'TaskStateExited', stateExitedEventDetails: { name: 'Promote', output } });
}

describe('readPastRotation', () => {
  const mock = mockAws(SFNClient);

  beforeEach(() => void mock.reset());

  async function tokenGapMs(...events: HistoryEvent[]): Promise<number | undefined> {
    mock.on(GetExecutionHistoryCommand).resolves({ events });
    const rotation = await readPastRotation(new SFNClient(), {
      executionArn: `${EXECUTION_ARN_PREFIX}first`,
      name: 'first',
      status: 'SUCCEEDED',
      startedAt: new Date(ISSUED_AT),
      redriveCount: 0,
    });
    return rotation.tokenGapMs;
  }

  it('returns the token gap of a rotation that was not redriven, or only before Promote', async () => {
    const redriven = at(0, { type: 'ExecutionRedriven' });

    expect(await tokenGapMs(ENTERED, left(2))).toBe(2_000);
    expect(await tokenGapMs(redriven, ENTERED, left(2))).toBe(2_000);
  });

  it('returns no token gap when Promote was redriven: AWSCURRENT may have moved before it failed', async () => {
    expect(
      await tokenGapMs(ENTERED, at(17_000, { type: 'ExecutionRedriven' }), left(18_000)),
    ).toBeUndefined();
  });

  it('measures from the promoted pair when Promote was entered twice', async () => {
    const caught = left(2, { promoted: undefined, caught: { Error: 'CurrentVersionMoved' } });
    const refreshed = { issuedAt: new Date(ISSUED_AT + 3_000).toISOString() };

    expect(await tokenGapMs(ENTERED, caught)).toBeUndefined();
    expect(await tokenGapMs(ENTERED, caught, left(7, { refreshed }))).toBe(4_000);
  });

  it.each([undefined, {}, { issuedAt: 'yesterday' }])(
    'returns no token gap when the time of issue is unknown: %j',
    async refreshed => {
      expect(await tokenGapMs(ENTERED, left(2, { refreshed }))).toBeUndefined();
    },
  );
});

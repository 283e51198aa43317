import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import {
  deleteStreak,
  type FailingStreak,
  readStreak,
  STREAK_TTL_MS,
  writeStreak,
} from '../../functions/notify/failing-streak.ts';
import { FAILURES_TABLE, mockNotifications } from '../helpers/notifications.ts';
import { SECRET_ARN } from '../helpers/secret.ts';

const STREAK: FailingStreak = {
  failingSince: new Date('2026-07-01T08:00:00Z'),
  notifiedAt: new Date('2026-07-01T12:00:00Z'),
  state: 'Refresh',
  error: 'RefreshTokenRejected',
  currentVersionId: 'version',
};

describe('failing-streak', () => {
  const { dynamoDbMock, items } = mockNotifications();
  const table = { dynamoDb: new DynamoDBClient(), tableName: FAILURES_TABLE };

  it.each([STREAK, { ...STREAK, currentVersionId: undefined }])(
    'reads what was written: $currentVersionId',
    async streak => {
      await writeStreak(SECRET_ARN, streak, table);

      expect(await readStreak(SECRET_ARN, table)).toEqual(streak);
    },
  );

  it('expires some time after the last message', async () => {
    await writeStreak(SECRET_ARN, STREAK, table);

    expect(dynamoDbMock.commandCalls(PutItemCommand).map(call => call.args[0].input)).toEqual([
      {
        TableName: 'failures',
        Item: {
          subject: { S: SECRET_ARN },
          failingSince: { S: '2026-07-01T08:00:00.000Z' },
          notifiedAt: { S: '2026-07-01T12:00:00.000Z' },
          state: { S: 'Refresh' },
          error: { S: 'RefreshTokenRejected' },
          currentVersionId: { S: 'version' },
          expiresAt: { N: String((Date.parse('2026-07-01T12:00:00Z') + STREAK_TTL_MS) / 1_000) },
        },
      },
    ]);
  });

  it('is read consistently, because invocations may follow each other closely', async () => {
    await readStreak(SECRET_ARN, table);

    expect(dynamoDbMock.commandCalls(GetItemCommand).map(call => call.args[0].input)).toEqual([
      { TableName: 'failures', Key: { subject: { S: SECRET_ARN } }, ConsistentRead: true },
    ]);
  });

  it('does not exist after it is deleted', async () => {
    await writeStreak(SECRET_ARN, STREAK, table);
    await deleteStreak(SECRET_ARN, table);

    expect(await readStreak(SECRET_ARN, table)).toBeUndefined();
    expect(items.size).toBe(0);
  });

  it.each([{}, { failingSince: { S: 'yesterday' }, notifiedAt: { S: 'today' } }])(
    'is ignored when its item cannot be read: %j',
    async item => {
      items.set(SECRET_ARN, item);

      expect(await readStreak(SECRET_ARN, table)).toBeUndefined();
    },
  );
});

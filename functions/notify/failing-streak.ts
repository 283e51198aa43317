import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { DAY_MS } from '../shared/durations.ts';
import { instantOf } from '../shared/input/parse.ts';

/** A rotation, or a configuration test, that has failed and not succeeded since. */
export interface FailingStreak {
  readonly failingSince: Date;
  /** When the last message was sent. */
  readonly notifiedAt: Date;
  /** The state and error of the last failure. */
  readonly state: string;
  readonly error: string;
  /** The version of AWSCURRENT after that failure, if known: only a later one ends a rotation's streak. */
  readonly currentVersionId: string | undefined;
}

/** The table that holds the streaks. */
export interface StreakTable {
  readonly dynamoDb: DynamoDBClient;
  readonly tableName: string;
}

/** A streak that never ends, for example of a deleted secret, expires after this long. */
export const STREAK_TTL_MS = 90 * DAY_MS;

/** The streak of a subject (a secret's ARN, optionally with `#check`); undefined when it is not failing. */
export async function readStreak(
  subject: string,
  { dynamoDb, tableName }: StreakTable,
): Promise<FailingStreak | undefined> {
  const { Item } = await dynamoDb.send(
    new GetItemCommand({ TableName: tableName, Key: { subject: { S: subject } }, ConsistentRead: true }),
  );
  const failingSince = instantOf(Item?.failingSince?.S);
  const notifiedAt = instantOf(Item?.notifiedAt?.S);
  if (Item === undefined || failingSince === undefined || notifiedAt === undefined) return undefined;
  const { state, error, currentVersionId } = Item;
  return {
    failingSince,
    notifiedAt,
    state: state?.S ?? '',
    error: error?.S ?? '',
    currentVersionId: currentVersionId?.S,
  };
}

/** Stores the streak of a subject. */
export async function writeStreak(
  subject: string,
  streak: FailingStreak,
  { dynamoDb, tableName }: StreakTable,
): Promise<void> {
  const { failingSince, notifiedAt, state, error, currentVersionId } = streak;
  const expiresAt = Math.floor((notifiedAt.getTime() + STREAK_TTL_MS) / 1_000);
  await dynamoDb.send(
    new PutItemCommand({
      TableName: tableName,
      Item: {
        subject: { S: subject },
        failingSince: { S: failingSince.toISOString() },
        notifiedAt: { S: notifiedAt.toISOString() },
        state: { S: state },
        error: { S: error },
        ...(currentVersionId === undefined ? {} : { currentVersionId: { S: currentVersionId } }),
        expiresAt: { N: String(expiresAt) },
      },
    }),
  );
}

/** Deletes the streak of a subject. */
export async function deleteStreak(subject: string, { dynamoDb, tableName }: StreakTable): Promise<void> {
  await dynamoDb.send(new DeleteItemCommand({ TableName: tableName, Key: { subject: { S: subject } } }));
}

import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { DAY_MS } from '../shared/durations.ts';
import { instantOf } from '../shared/input/parse.ts';

/** What is known of a rotation, or of a configuration test, that has not succeeded since. */
export interface FailingStreak {
  readonly failingSince: Date;
  /** When the last message left. */
  readonly notifiedAt: Date;
  /** Where it failed last, and with what. */
  readonly state: string;
  readonly error: string;
  /** The version of AWSCURRENT after that failure, as far as it is known: only a later one ends a rotation's streak. */
  readonly currentVersionId: string | undefined;
}

/** The table of the streaks. */
export interface StreakTable {
  readonly dynamoDb: DynamoDBClient;
  readonly tableName: string;
}

/** A streak that nobody ends, of a secret that is gone, is forgotten after this long. */
export const KEPT_MS = 90 * DAY_MS;

/** The streak of a subject (a secret's ARN, or that and `#check`); undefined when it does not fail. */
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

/** Remembers that a subject fails. */
export async function writeStreak(
  subject: string,
  streak: FailingStreak,
  { dynamoDb, tableName }: StreakTable,
): Promise<void> {
  const { failingSince, notifiedAt, state, error, currentVersionId } = streak;
  const expiresAt = Math.floor((notifiedAt.getTime() + KEPT_MS) / 1_000);
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

/** Forgets that a subject failed. */
export async function deleteStreak(subject: string, { dynamoDb, tableName }: StreakTable): Promise<void> {
  await dynamoDb.send(new DeleteItemCommand({ TableName: tableName, Key: { subject: { S: subject } } }));
}

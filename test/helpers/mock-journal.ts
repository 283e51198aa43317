import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { beforeEach, expect } from 'vitest';
import type { Journal, SealedPair, TokenItem } from '../../functions/shared/journal/journal.ts';
import { awsException } from './aws-exception.ts';
import { mockAws } from './aws-mock.ts';
import { lineageKey, storedPair, storedToken, tokenKey } from './journal-items.ts';
import { SECRET_ARN } from './secret.ts';

const TABLE = 'journal';

/** The condition of a write was not met: the item has changed. */
export const ITEM_CHANGED = awsException(ConditionalCheckFailedException);

/**
 * Mocks the journal's table for the tests of the file: it is initially empty, holds what a test puts in, and accepts
 * every write without executing it. Tests of the journal itself use the emulated DynamoDB.
 */
export function mockJournal() {
  const mock = mockAws(DynamoDBClient);

  beforeEach(() => {
    mock.reset();
    mock.on(GetItemCommand).resolves({});
    mock.on(PutItemCommand).resolves({});
    mock.on(UpdateItemCommand).resolves({});
    mock.on(TransactWriteItemsCommand).resolves({});
  });

  return {
    mock,

    journal(): Journal {
      return { dynamoDb: new DynamoDBClient(), tableName: TABLE };
    },

    /** Puts these tokens of a secret into the table. */
    putTokens(tokens: readonly TokenItem[], secretArn = SECRET_ARN): void {
      for (const token of tokens) {
        mock
          .on(GetItemCommand, { TableName: TABLE, Key: tokenKey(token.fingerprint), ConsistentRead: true })
          .resolves({ Item: storedToken(token, secretArn) });
      }
    },

    /** Puts this pair into the table as the newest of its login. */
    putPair(pair: SealedPair): void {
      mock
        .on(GetItemCommand, { TableName: TABLE, Key: lineageKey(pair.lineage), ConsistentRead: true })
        .resolves({ Item: storedPair(pair) });
    },

    /** The keys of the items that were read. */
    reads(): string[] {
      return mock.commandCalls(GetItemCommand).map(({ args: [{ input }] }) => {
        expect(input).toMatchObject({ TableName: TABLE, ConsistentRead: true });
        return input.Key?.sk?.S === 'token' ? `${input.Key.pk?.S}` : `${input.Key?.sk?.S}`;
      });
    },

    /** The marks that were set, as the table stores them. */
    marks(): object[] {
      return mock.commandCalls(PutItemCommand).map(({ args: [{ input }] }) => {
        expect(input.TableName).toBe(TABLE);
        return input.Item ?? {};
      });
    },

    /** How marks were cleared: the token and its status afterwards. */
    endedMarks(): (readonly [string | undefined, string | undefined])[] {
      return mock
        .commandCalls(UpdateItemCommand)
        .map(({ args: [{ input }] }) => input)
        .filter(input => input.ExpressionAttributeValues?.[':exchangeId'] !== undefined)
        .map(input => [input.Key?.pk?.S, input.ExpressionAttributeValues?.[':status']?.S]);
    },

    /** The claims of a Promote: the token and when the claim ends. */
    claims(): (readonly [string | undefined, string | undefined])[] {
      return mock
        .commandCalls(UpdateItemCommand)
        .map(({ args: [{ input }] }) => input)
        .filter(input => input.ExpressionAttributeValues?.[':until'] !== undefined)
        .map(input => [input.Key?.pk?.S, input.ExpressionAttributeValues?.[':until']?.S]);
    },

    /** The transactions that record an exchange: the keys of the items that each writes. */
    records(): string[][] {
      return mock.commandCalls(TransactWriteItemsCommand).map(({ args: [{ input }] }) =>
        (input.TransactItems ?? []).map(({ Put, Update }) => {
          expect((Put ?? Update)?.TableName).toBe(TABLE);
          const key = Put?.Item ?? Update?.Key;
          return key?.sk?.S === 'token' ? `${key.pk?.S}` : `${key?.sk?.S}`;
        }),
      );
    },
  };
}

import { DeleteItemCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { beforeEach } from 'vitest';
import { mockAws } from './aws-mock.ts';
import { expectNoSecrets } from './no-secrets.ts';

/** The table and the topic that the tests use. */
export const FAILURES_TABLE = 'failures';
export const TOPIC_ARN = 'arn:aws:sns:eu-central-1:111122223333:failed-rotations';

/** Mocks the topic and the table of failures for each test of the file. */
export function mockNotifications() {
  const snsMock = mockAws(SNSClient);
  const dynamoDbMock = mockAws(DynamoDBClient);
  const items = new Map<string, Record<string, unknown>>();
  const calls: string[] = [];

  beforeEach(() => {
    items.clear();
    calls.length = 0;
    snsMock.reset();
    dynamoDbMock.reset();
    snsMock.on(PublishCommand).callsFake(() => {
      calls.push('Publish');
      return {};
    });
    dynamoDbMock.on(GetItemCommand).callsFake(({ Key }) => {
      const Item = items.get(Key.subject.S);
      return Item === undefined ? {} : { Item };
    });
    dynamoDbMock.on(PutItemCommand).callsFake(({ Item }) => {
      calls.push('PutItem');
      items.set(Item.subject.S, Item);
      return {};
    });
    dynamoDbMock.on(DeleteItemCommand).callsFake(({ Key }) => {
      calls.push('DeleteItem');
      items.delete(Key.subject.S);
      return {};
    });
  });

  return {
    snsMock,
    dynamoDbMock,
    /** The table's items in DynamoDB JSON, by their subjects. */
    items,
    /** The calls that published and wrote, in order. */
    calls,

    /** The messages published so far. */
    published(): { readonly subject: string; readonly text: string }[] {
      const messages = snsMock
        .commandCalls(PublishCommand)
        .map(({ args: [{ input }] }) => ({ subject: input.Subject ?? '', text: input.Message ?? '' }));
      expectNoSecrets(messages);
      return messages;
    },
  };
}

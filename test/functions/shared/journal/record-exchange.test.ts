import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type ExchangedPair,
  type Journal,
  readNewestPair,
  recordExchange,
} from '../../../../functions/shared/journal/journal.ts';
import { Clock } from '../../../../sandbox/clock.ts';
import { DynamoDb } from '../../../../sandbox/dynamodb/dynamodb.ts';
import { ACCOUNT_ID, REGION, serveAws } from '../../../helpers/aws-endpoint.ts';
import { SECRET_ARN } from '../../../helpers/secret.ts';

async function emptyJournal(): Promise<Journal> {
  const dynamoDb = new DynamoDb({
    clock: new Clock({ isVirtual: true }),
    accountId: ACCOUNT_ID,
    region: REGION,
    partition: 'aws',
  });
  const arn = `arn:aws:dynamodb:${REGION}:${ACCOUNT_ID}:table/journal`;
  dynamoDb.createTable({ name: 'journal', arn, partitionKey: 'pk', sortKey: 'sk' });
  const { client } = await serveAws([dynamoDb]);
  const sdk = new DynamoDBClient(client);
  onTestFinished(() => sdk.destroy());
  return { dynamoDb: sdk, tableName: 'journal' };
}

function pairOf(fingerprint: string, changes: Partial<ExchangedPair> = {}): ExchangedPair {
  return {
    lineage: 'first',
    generation: 1,
    fingerprint,
    issuedAt: new Date('2026-07-01T08:00:00Z'),
    expiresAt: undefined,
    sealedPair: `sealed ${fingerprint}`,
    exchangedFingerprint: 'first',
    exchangeId: `exchange of ${fingerprint}`,
    ...changes,
  };
}

const PAIR = pairOf('pair');

describe('recordExchange', () => {
  it.each([
    {
      pair: 'of a later generation',
      newer: pairOf('newer', { generation: 2, exchangedFingerprint: 'pair' }),
    },
    {
      pair: 'of the same generation that was issued later',
      newer: pairOf('newer', { issuedAt: new Date('2026-07-01T08:00:01Z') }),
    },
  ])('keeps a pair $pair, regardless of the order of recording', async ({ newer }) => {
    for (const order of [
      [PAIR, newer],
      [newer, PAIR],
    ]) {
      const journal = await emptyJournal();
      for (const pair of order) await recordExchange(journal, SECRET_ARN, pair);

      expect(await readNewestPair(journal, SECRET_ARN, 'first')).toMatchObject({ fingerprint: 'newer' });
    }
  });

  it('does nothing when it is repeated', async () => {
    const journal = await emptyJournal();

    await recordExchange(journal, SECRET_ARN, PAIR);
    await recordExchange(journal, SECRET_ARN, PAIR);

    expect(await readNewestPair(journal, SECRET_ARN, 'first')).toMatchObject({
      fingerprint: 'pair',
      sealedPair: 'sealed pair',
    });
  });
});

import {
  PutItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it, vi } from 'vitest';
import { DEADLINE_MARGIN_MS, RECORD_RESERVE_MS } from '../../functions/refresh/refresh.ts';
import {
  ClientRejected,
  ExchangeInProgress,
  GenesysRateLimited,
  GenesysUnavailable,
  RefreshTokenRejected,
  TokenResponseLost,
} from '../../functions/shared/errors.ts';
import { TOKEN_TIMEOUT_MS } from '../../functions/shared/genesys/timeouts.ts';
import { awsException } from '../helpers/aws-exception.ts';
import { cutOff, dropConnection, respondWith, type ScriptedResponse } from '../helpers/genesys-server.ts';
import { CURRENT_FINGERPRINT, NEW_FINGERPRINT, tokenItem, tokenKey } from '../helpers/journal-items.ts';
import { ITEM_CHANGED } from '../helpers/mock-journal.ts';
import { rejection } from '../helpers/no-secrets.ts';
import { SECRET_ARN } from '../helpers/secret.ts';
import { EXECUTION, REFRESH } from '../helpers/task-requests.ts';
import { NOW, refreshWorld, TOKENS } from './refresh-world.ts';

const CURRENT_TOKEN = `token#${CURRENT_FINGERPRINT}`;

/** Minimum remaining time to present a token, in ms. */
const MIN_EXCHANGE_MS = TOKEN_TIMEOUT_MS + RECORD_RESERVE_MS;

describe('an exchange', () => {
  const world = refreshWorld();
  const { logged, metrics, genesys, secretsMock, kmsMock, table, time, refreshed, sentCommands } = world;

  /** Records which commands were sent, then responds. */
  function recordSent(sentBefore: string[][], response: ScriptedResponse): ScriptedResponse {
    return server => {
      sentBefore.push(sentCommands());
      response(server);
    };
  }

  describe('the order of calls', () => {
    it('puts reads, data key and mark before the request, and the record after it', async () => {
      const sentBefore: string[][] = [];
      genesys.script(recordSent(sentBefore, respondWith(200, TOKENS)));

      await refreshed();

      const before = [
        'GetSecretValueCommand',
        'GetItemCommand',
        'GetItemCommand',
        'GenerateDataKeyCommand',
        'PutItemCommand',
      ];
      expect(sentBefore).toEqual([before]);
      expect(sentCommands()).toEqual([...before, 'TransactWriteItemsCommand']);
      expect(table.reads()).toEqual([CURRENT_TOKEN, `lineage#${CURRENT_FINGERPRINT}`]);
    });

    it('opens the newest pair before the mark when AWSCURRENT does not hold it', async () => {
      table.putTokens([
        tokenItem({ status: 'exchanged' }),
        tokenItem({ fingerprint: NEW_FINGERPRINT, generation: 1, revision: 4 }),
      ]);
      table.putPair(await world.newPair({ issuedAt: new Date('2026-06-30T08:00:00Z'), expiresAt: NOW }));
      kmsMock.resetHistory();
      const sentBefore: string[][] = [];
      genesys.script(recordSent(sentBefore, respondWith(200, { ...TOKENS, refresh_token: 'third' })));

      await refreshed();

      const before = [
        'GetSecretValueCommand',
        'GetItemCommand',
        'GetItemCommand',
        'GetItemCommand',
        'DecryptCommand',
        'GenerateDataKeyCommand',
        'PutItemCommand',
      ];
      expect(sentBefore).toEqual([before]);
      expect(sentCommands()).toEqual([...before, 'TransactWriteItemsCommand']);
    });

    it('has no call between the response and the record, whatever fails', async () => {
      genesys.script(response => {
        for (const mock of [secretsMock, kmsMock]) mock.reset();
        table.mock.onAnyCommand().rejects(new Error('AWS is down'));
        respondWith(200, TOKENS)(response);
      });

      const result = await refreshed();

      expect(sentCommands().slice(-2)).toEqual(['PutItemCommand', 'TransactWriteItemsCommand']);
      expect(result.fingerprint).toBe(NEW_FINGERPRINT);
    });
  });

  describe('the mark', () => {
    it('names the attempt, and its deadline is after the timeout of the function', async () => {
      time.remainingMs = 27_500;
      genesys.script(respondWith(200, TOKENS));

      await refreshed({
        attempt: { ...REFRESH.attempt, redriveCount: 2, retryCount: 3 },
      });

      expect(table.marks()).toEqual([
        {
          pk: { S: CURRENT_TOKEN },
          sk: { S: 'token' },
          secretArn: { S: SECRET_ARN },
          lineage: { S: CURRENT_FINGERPRINT },
          generation: { N: '0' },
          status: { S: 'exchanging' },
          revision: { N: '1' },
          exchangeId: { S: expect.stringMatching(/^[0-9a-f-]{36}$/) },
          execution: { S: EXECUTION },
          redriveCount: { N: '2' },
          enteredAt: { S: '2026-07-01T07:59:59.000Z' },
          retryCount: { N: '3' },
          deadline: { S: new Date(NOW.getTime() + 27_500 + DEADLINE_MARGIN_MS).toISOString() },
        },
      ]);
    });

    it('is set only if the item has not changed since it was read', async () => {
      table.putTokens([tokenItem({ revision: 7 })]);
      genesys.script(respondWith(200, TOKENS));

      await refreshed();

      expect(table.mock.commandCalls(PutItemCommand)[0]?.args[0].input).toMatchObject({
        Item: { revision: { N: '8' } },
        ConditionExpression: 'revision = :revision',
        ExpressionAttributeValues: { ':revision': { N: '7' } },
      });
    });

    it('has a unique id for each exchange', async () => {
      genesys.script(respondWith(200, TOKENS), respondWith(200, TOKENS));

      await refreshed();
      await refreshed();

      const ids = table.marks().map(mark => (mark as { exchangeId: { S: string } }).exchangeId.S);
      expect(new Set(ids).size).toBe(2);
    });

    it.each([
      ['429', respondWith(429), GenesysRateLimited],
      ['503', respondWith(503), GenesysUnavailable],
      ['a redirect', respondWith(302, '', { location: 'http://127.0.0.1:9/' }), GenesysUnavailable],
      ['404', respondWith(404), GenesysUnavailable],
      ['invalid_client', respondWith(400, { error: 'invalid_client' }), ClientRejected],
    ])('ends as issued after %s, which certainly had no effect', async (_what, scripted, type) => {
      genesys.script(scripted);

      const error = await rejection(refreshed());

      expect(error).toBeInstanceOf(type);
      expect(error.message).toContain(SECRET_ARN);
      expect(table.endedMarks()).toEqual([[CURRENT_TOKEN, 'issued']]);
    });

    it('ends as issued when the token endpoint cannot be reached', async () => {
      const error = await rejection(
        refreshed({}, { genesysUrlsOf: () => ({ loginUrl: 'http://127.0.0.1:1', apiUrl: '' }) }),
      );

      expect(error).toBeInstanceOf(GenesysUnavailable);
      expect(table.endedMarks()).toEqual([[CURRENT_TOKEN, 'issued']]);
    });

    it('ends as rejected after invalid_grant', async () => {
      genesys.script(respondWith(400, { error: 'invalid_grant' }));

      const error = await rejection(refreshed());

      expect(error).toBeInstanceOf(RefreshTokenRejected);
      expect(table.endedMarks()).toEqual([[CURRENT_TOKEN, 'rejected']]);
    });

    it('ends only if it is still the mark of this exchange', async () => {
      genesys.script(respondWith(503));

      await rejection(refreshed());

      const [mark] = table.marks() as { exchangeId: { S: string } }[];
      expect(table.mock.commandCalls(UpdateItemCommand)[0]?.args[0].input).toMatchObject({
        Key: tokenKey(CURRENT_FINGERPRINT),
        ConditionExpression: 'exchangeId = :exchangeId',
        ExpressionAttributeValues: { ':exchangeId': { S: mark?.exchangeId.S } },
      });
    });

    it.each([
      ['408', respondWith(408)],
      ['500', respondWith(500)],
      ['502', respondWith(502, '<html></html>')],
      ['504', respondWith(504)],
      ['a dropped connection', dropConnection],
      ['half a response', cutOff('{"access_token":')],
      ['a success without tokens', respondWith(200, {})],
      ['an unusable refresh_token', respondWith(200, { ...TOKENS, refresh_token: 7 })],
    ])('stays after %s, which may have had an effect', async (_what, scripted) => {
      genesys.script(scripted);

      const error = await rejection(refreshed());

      expect(error).toBeInstanceOf(TokenResponseLost);
      expect(error.message).toContain(SECRET_ARN);
      expect(table.mock.commandCalls(UpdateItemCommand)).toEqual([]);
      expect(table.records()).toEqual([]);
    });

    it('stays after an unexpected error', async () => {
      let isSent = false;
      genesys.script(response => {
        isSent = true;
        respondWith(200, TOKENS)(response);
      });
      const now = (): Date => {
        if (isSent) throw new RangeError('a defect');
        return NOW;
      };

      const error = await rejection(refreshed({}, { now }));

      expect(error.name).toBe('RangeError');
      expect(table.mock.commandCalls(UpdateItemCommand)).toEqual([]);
    });

    it('stays until its deadline when it cannot be ended, and the original error is thrown', async () => {
      table.mock.on(UpdateItemCommand).rejects(new Error('DynamoDB is down'));
      genesys.script(respondWith(503));

      const error = await rejection(refreshed());

      expect(error).toBeInstanceOf(GenesysUnavailable);
      expect(logged()).toMatchObject([
        { level: 'warn', line: { message: 'exchange not ended in the journal', error: 'Error' } },
      ]);
    });

    it.each([
      respondWith(429),
      respondWith(503),
      dropConnection,
      respondWith(400, { error: 'invalid_grant' }),
    ])('writes no log line and no metrics when the exchange returns no tokens', async scripted => {
      genesys.script(scripted);

      await rejection(refreshed());

      expect(table.marks()).toHaveLength(1);
      expect(logged()).toEqual([]);
      expect(metrics()).toEqual([]);
    });
  });

  describe('the record', () => {
    it('names the exchanged token, the new one and the newest pair, in one transaction', async () => {
      genesys.script(respondWith(200, TOKENS));

      await refreshed();

      expect(table.records()).toEqual([
        [CURRENT_TOKEN, `token#${NEW_FINGERPRINT}`, `lineage#${CURRENT_FINGERPRINT}`],
      ]);
    });

    it.each([
      ['DynamoDB is down', new Error('down')],
      ['another transaction writes the items', awsException(TransactionCanceledException)],
    ])('is not required to return the pair: %s', async (_what, exception) => {
      table.mock.on(TransactWriteItemsCommand).rejects(exception);
      genesys.script(respondWith(200, TOKENS));

      const result = await refreshed();

      expect((await world.opened(result)).tokens.refreshToken).toBe('sentinel-new-refresh-token');
      expect(logged()).toMatchObject([
        {
          level: 'warn',
          line: { message: 'exchange not recorded', secretArn: SECRET_ARN, state: 'Refresh' },
        },
        { level: 'info', line: { message: 'refreshed' } },
      ]);
    });
  });

  describe('when the journal changes concurrently', () => {
    it('starts over from AWSCURRENT when the mark is refused', async () => {
      table.mock.on(PutItemCommand).rejectsOnce(ITEM_CHANGED).resolves({});
      genesys.script(respondWith(200, TOKENS));

      const result = await refreshed();

      expect(result.fingerprint).toBe(NEW_FINGERPRINT);
      expect(sentCommands()).toEqual([
        'GetSecretValueCommand',
        'GetItemCommand',
        'GetItemCommand',
        'GenerateDataKeyCommand',
        'PutItemCommand',
        'GetSecretValueCommand',
        'GetItemCommand',
        'GetItemCommand',
        'GenerateDataKeyCommand',
        'PutItemCommand',
        'TransactWriteItemsCommand',
      ]);
    });

    it('throws ExchangeInProgress without a request when every mark is refused', async () => {
      table.mock.on(PutItemCommand).rejects(ITEM_CHANGED);

      const error = await rejection(refreshed());

      expect(error).toBeInstanceOf(ExchangeInProgress);
      expect(table.marks().length).toBeGreaterThan(1);
      expect(genesys.requests).toEqual([]);
    });

    it('rethrows any other failure of the mark without a request', async () => {
      table.mock.on(PutItemCommand).rejects(new Error('DynamoDB is down'));

      const error = await rejection(refreshed());

      expect(error.message).toBe('DynamoDB is down');
      expect(table.marks()).toHaveLength(1);
      expect(genesys.requests).toEqual([]);
    });

    it('returns the successor after a rejection when another attempt has recorded it', async () => {
      const successor = await world.newPair();
      table.mock.on(UpdateItemCommand).callsFake(() => {
        table.putTokens([
          tokenItem({ status: 'exchanged', revision: 2 }),
          tokenItem({ fingerprint: NEW_FINGERPRINT, generation: 1 }),
        ]);
        table.putPair(successor);
        throw ITEM_CHANGED;
      });
      genesys.script(respondWith(400, { error: 'invalid_grant' }));

      const result = await refreshed();

      expect(result).toMatchObject({ fingerprint: NEW_FINGERPRINT, sealedPair: successor.sealedPair });
      expect(genesys.requests).toHaveLength(1);
    });

    it('rethrows any other error when another attempt has ended the mark', async () => {
      table.mock.on(UpdateItemCommand).rejects(ITEM_CHANGED);
      genesys.script(respondWith(503));

      const error = await rejection(refreshed());

      expect(error).toBeInstanceOf(GenesysUnavailable);
      expect(genesys.requests).toHaveLength(1);
    });
  });

  describe('the timeout of the request', () => {
    it.each([30_000, MIN_EXCHANGE_MS])(
      'is the full time when the function has %i ms left',
      async remainingMs => {
        time.remainingMs = remainingMs;
        const timeout = vi.spyOn(AbortSignal, 'timeout');
        genesys.script(respondWith(200, TOKENS));

        await refreshed();

        expect(timeout.mock.calls).toEqual([[TOKEN_TIMEOUT_MS]]);
      },
    );

    it('must fit in full: otherwise, the token is neither marked nor presented', async () => {
      time.remainingMs = MIN_EXCHANGE_MS - 1;

      const error = await rejection(refreshed());

      expect(error).toBeInstanceOf(ExchangeInProgress);
      expect(table.mock.commandCalls(PutItemCommand)).toEqual([]);
      expect(genesys.requests).toEqual([]);
    });

    it('is calculated when the request is about to be sent', async () => {
      const timeout = vi.spyOn(AbortSignal, 'timeout');
      table.mock.on(PutItemCommand).callsFake(() => {
        time.remainingMs = 12_000;
        return {};
      });
      genesys.script(respondWith(200, TOKENS));

      await refreshed();

      expect(timeout.mock.calls).toEqual([[12_000 - RECORD_RESERVE_MS]]);
    });
  });

  describe('when Genesys Cloud rate-limits the request', () => {
    const limited = (retryAfter?: string): ScriptedResponse =>
      respondWith(429, '', retryAfter === undefined ? {} : { 'retry-after': retryAfter });

    it.each([
      { retryAfter: '1', remainingMs: 30_000, sleptMs: 1_000 },
      { retryAfter: '2', remainingMs: 30_000, sleptMs: 2_000 },
      { retryAfter: '0', remainingMs: 30_000, sleptMs: 0 },
      // The second request has its full timeout, and its result is recorded.
      { retryAfter: '1', remainingMs: MIN_EXCHANGE_MS + 1_000, sleptMs: 1_000 },
    ])(
      'waits for Retry-After $retryAfter s and retries when $remainingMs ms are left',
      async ({ retryAfter, remainingMs, sleptMs }) => {
        time.remainingMs = remainingMs;
        genesys.script(limited(retryAfter), respondWith(200, TOKENS));

        const result = await refreshed();

        expect(result.fingerprint).toBe(NEW_FINGERPRINT);
        expect(time.sleeps).toEqual([sleptMs]);
        expect(table.marks()).toHaveLength(1);
        expect(table.endedMarks()).toEqual([]);
      },
    );

    it.each([
      { retryAfter: '3600', remainingMs: 30_000 },
      { retryAfter: '2', remainingMs: MIN_EXCHANGE_MS + 1_999 },
      { retryAfter: '1', remainingMs: MIN_EXCHANGE_MS + 999 },
      { retryAfter: undefined, remainingMs: 30_000 },
      { retryAfter: 'Wed, 01 Jul 2026 08:00:02 GMT', remainingMs: 30_000 },
    ])(
      'leaves the retry to Step Functions for Retry-After $retryAfter when $remainingMs ms are left',
      async ({ retryAfter, remainingMs }) => {
        time.remainingMs = remainingMs;
        genesys.script(limited(retryAfter));

        const error = await rejection(refreshed());

        expect(error).toBeInstanceOf(GenesysRateLimited);
        expect(time.sleeps).toEqual([]);
        expect(table.endedMarks()).toEqual([[CURRENT_TOKEN, 'issued']]);
      },
    );

    it('waits only once', async () => {
      genesys.script(limited('1'), limited('1'));

      const error = await rejection(refreshed());

      expect(error).toBeInstanceOf(GenesysRateLimited);
      expect(time.sleeps).toEqual([1_000]);
      expect(table.endedMarks()).toEqual([[CURRENT_TOKEN, 'issued']]);
    });

    it('keeps the mark when the second response is lost', async () => {
      genesys.script(limited('1'), dropConnection);

      const error = await rejection(refreshed());

      expect(error).toBeInstanceOf(TokenResponseLost);
      expect(table.endedMarks()).toEqual([]);
    });

    it('does not wait after any other refusal', async () => {
      genesys.script(respondWith(503, '', { 'retry-after': '1' }));

      const error = await rejection(refreshed());

      expect(error).toBeInstanceOf(GenesysUnavailable);
      expect(time.sleeps).toEqual([]);
      expect(genesys.requests).toHaveLength(1);
    });
  });
});

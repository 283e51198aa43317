import {
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { AccessTokenExpired, InvalidSecret, NewerLogin } from '../../functions/shared/errors.ts';
import type { Exchange, SealedPair, TokenItem } from '../../functions/shared/journal/journal.ts';
import { awsException, secretsManagerException } from '../helpers/aws-exception.ts';
import { CURRENT_FINGERPRINT, NEW_FINGERPRINT, tokenItem, tokenKey } from '../helpers/journal-items.ts';
import { rejection } from '../helpers/no-secrets.ts';
import { SECRET_ARN, VERSION } from '../helpers/secret.ts';
import { secretValue } from '../helpers/secret-value.ts';
import { EXECUTION, REFRESH } from '../helpers/task-requests.ts';
import { NOW, storePendingWorld } from './store-pending-world.ts';

const CURRENT_TOKEN = `token#${CURRENT_FINGERPRINT}`;
const NEW_TOKEN = `token#${NEW_FINGERPRINT}`;
const LINEAGE = `lineage#${CURRENT_FINGERPRINT}`;

/** The new token as Refresh recorded it. */
const RECORDED = tokenItem({ fingerprint: NEW_FINGERPRINT, generation: 1 });

/** The exchange that the pair results from, and another one. */
const EXCHANGE: Exchange = { id: 'exchange-1', attempt: REFRESH.attempt, deadline: NOW };
const OTHER_EXCHANGE: Exchange = { ...EXCHANGE, id: 'exchange-2' };

describe('store-pending and the journal', () => {
  const world = storePendingWorld();
  const { logged, secretsMock, table, current, stored, puts, writes } = world;

  /** The newest pair in the journal, newer or older than the one to store. */
  function newest(changes: Partial<SealedPair>): void {
    table.putPair({
      lineage: CURRENT_FINGERPRINT,
      generation: 1,
      fingerprint: NEW_FINGERPRINT,
      sealedPair: 'v1.a.b.c',
      issuedAt: new Date('2026-07-01T07:59:58Z'),
      expiresAt: undefined,
      ...changes,
    });
  }

  describe('the pair', () => {
    it('is recorded before it is stored when Refresh could not record it', async () => {
      await stored();

      expect(writes()).toEqual(['TransactWriteItemsCommand', 'PutSecretValueCommand', 'UpdateItemCommand']);
      expect(table.records()).toEqual([[CURRENT_TOKEN, NEW_TOKEN, LINEAGE]]);
      expect(logged()).toMatchObject([
        {
          level: 'info',
          line: { message: 'exchange recorded', secretArn: SECRET_ARN, execution: EXECUTION },
        },
        { level: 'info', line: { message: 'stored pending' } },
      ]);
    });

    it('is recorded as stored in the pending version, the only one that Promote moves AWSCURRENT to', async () => {
      const { pendingVersionId } = await stored();

      expect(table.mock.commandCalls(UpdateItemCommand).map(({ args: [{ input }] }) => input)).toMatchObject([
        {
          Key: tokenKey(NEW_FINGERPRINT),
          UpdateExpression: 'SET pendingVersionId = :pendingVersionId',
          ExpressionAttributeValues: { ':pendingVersionId': { S: pendingVersionId } },
        },
      ]);
    });

    it('is not recorded again', async () => {
      table.putTokens([RECORDED]);
      newest({});

      await stored();

      expect(writes()).toEqual(['PutSecretValueCommand', 'UpdateItemCommand']);
      expect(table.reads()).toEqual([NEW_TOKEN, LINEAGE]);
    });

    it('is not stored when it cannot be recorded', async () => {
      const conflict = new TransactionCanceledException({
        message: 'conflict',
        CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }, { Code: 'None' }],
        $metadata: {},
      });
      table.mock.on(TransactWriteItemsCommand).rejects(conflict);

      const error = await rejection(stored());

      expect(error).toBe(conflict);
      expect(writes()).toEqual(['TransactWriteItemsCommand']);
    });

    it('is accepted when an orphaned Refresh has just recorded it', async () => {
      table.mock.on(TransactWriteItemsCommand).rejects(
        new TransactionCanceledException({
          message: 'recorded',
          CancellationReasons: [
            { Code: 'None' },
            { Code: 'ConditionalCheckFailed' },
            { Code: 'ConditionalCheckFailed' },
          ],
          $metadata: {},
        }),
      );

      const result = await stored();

      expect(result.pendingVersionId).toBe(VERSION);
      expect(table.records()).toHaveLength(1);
    });

    it.each([
      ['has no value', awsException(ResourceNotFoundException), 'InvalidSecret'],
      ['is throttled', secretsManagerException('ThrottlingException'), 'ThrottlingException'],
      ['cannot be decrypted', secretsManagerException('DecryptionFailure'), 'DecryptionFailure'],
    ])('is recorded although AWSCURRENT %s', async (_what, exception, errorName) => {
      secretsMock
        .on(GetSecretValueCommand, { SecretId: SECRET_ARN, VersionStage: 'AWSCURRENT' })
        .rejects(exception);

      const error = await rejection(stored());

      expect(error.name).toBe(errorName);
      expect(writes()).toEqual(['TransactWriteItemsCommand']);
    });

    it.each([
      ['is not a credential', 'not JSON'],
      ['is too large with the new tokens', secretValue({ notes: 'x'.repeat(65_500) })],
    ])('is recorded although AWSCURRENT %s', async (_what, value) => {
      current(value);

      const error = await rejection(stored());

      expect(error).toBeInstanceOf(InvalidSecret);
      expect(writes()).toEqual(['TransactWriteItemsCommand']);
    });
  });

  describe('a pair that keeps the exchanged refresh token because the response had none', () => {
    const KEPT = { fingerprint: CURRENT_FINGERPRINT, exchangedFingerprint: CURRENT_FINGERPRINT };

    it('is recorded while its exchange is still marked', async () => {
      table.putTokens([tokenItem({ status: 'exchanging', exchange: EXCHANGE })]);

      await stored({ pair: await world.sealedPair(KEPT) });

      expect(writes()).toEqual(['TransactWriteItemsCommand', 'PutSecretValueCommand', 'UpdateItemCommand']);
      expect(table.records()).toEqual([[CURRENT_TOKEN, LINEAGE]]);
    });

    it('is not recorded again', async () => {
      table.putTokens([tokenItem({ status: 'issued', generation: 1 })]);

      await stored({ pair: await world.sealedPair(KEPT) });

      expect(writes()).toEqual(['PutSecretValueCommand', 'UpdateItemCommand']);
    });

    it('fails with AccessTokenExpired when another exchange has marked the token', async () => {
      table.putTokens([tokenItem({ status: 'exchanging', exchange: OTHER_EXCHANGE })]);

      const error = await rejection(stored({ pair: await world.sealedPair(KEPT) }));

      expect(error).toBeInstanceOf(AccessTokenExpired);
      expect(writes()).toEqual([]);
    });
  });

  describe('throws AccessTokenExpired without storing anything', () => {
    it.each<[string, Partial<TokenItem>]>([
      ['is exchanging', { status: 'exchanging', exchange: OTHER_EXCHANGE }],
      ['was exchanged', { status: 'exchanged' }],
      ['was rejected', { status: 'rejected' }],
    ])('when its refresh token %s', async (_what, changes) => {
      table.putTokens([{ ...RECORDED, ...changes }]);

      const error = await rejection(stored());

      expect(error).toBeInstanceOf(AccessTokenExpired);
      expect(error.message).toContain(SECRET_ARN);
      expect(puts()).toEqual([]);
    });

    it.each<[string, Partial<SealedPair>]>([
      ['a later generation', { generation: 2, issuedAt: new Date('2026-07-01T07:00:00Z') }],
      ['the same generation, issued later', { issuedAt: new Date('2026-07-01T07:59:58.001Z') }],
    ])('when the journal holds a pair of %s', async (_what, changes) => {
      table.putTokens([RECORDED]);
      newest({ fingerprint: 'another', ...changes });

      const error = await rejection(stored());

      expect(error).toBeInstanceOf(AccessTokenExpired);
      expect(puts()).toEqual([]);
    });

    it('when a newer pair is recorded; this one is recorded first if it is not', async () => {
      newest({ generation: 2, fingerprint: 'another' });

      const error = await rejection(stored());

      expect(error).toBeInstanceOf(AccessTokenExpired);
      expect(writes()).toEqual(['TransactWriteItemsCommand']);
    });

    it.each([
      ['expires before the next rotation', '2026-07-01T16:59:59.999Z', '2026-06-30T17:00:00Z'],
      ['has expired, for example before a redrive', '2026-06-30T08:00:00Z', '2026-06-29T08:00:00Z'],
    ])('when its access token %s', async (_what, expiresAt, issuedAt) => {
      const pair = await world.sealedPair(
        { issuedAt: new Date(issuedAt) },
        { expiresAt: new Date(expiresAt) },
      );

      const error = await rejection(stored({ pair }));

      expect(error).toBeInstanceOf(AccessTokenExpired);
      expect(error.message).toContain(new Date(issuedAt).toISOString());
      expect(writes()).toEqual(['TransactWriteItemsCommand']);
    });
  });

  it.each<[string, Partial<SealedPair>]>([
    ['an earlier generation', { generation: 0 }],
    ['the same generation, issued earlier', { issuedAt: new Date('2026-07-01T07:59:57Z') }],
    ['the same generation, issued at the same time', {}],
  ])('stores the pair when the journal holds one of %s', async (_what, changes) => {
    table.putTokens([RECORDED]);
    newest(changes);

    const result = await stored();

    expect(result.pendingVersionId).toBe(VERSION);
  });

  describe('the login of AWSCURRENT', () => {
    const OTHER_FINGERPRINT = '494c7c178b96b0e79ec18a29dddc72228e011d568a74f79c01a679360e251a1c';
    const OTHER_VALUE = secretValue({ refreshToken: 'sentinel-first-refresh-token' });

    it.each([
      ['the refresh token that was exchanged', secretValue()],
      [
        'the new refresh token, as after a promotion',
        secretValue({ refreshToken: 'sentinel-new-refresh-token' }),
      ],
    ])('needs no lookup when AWSCURRENT holds %s', async (_what, value) => {
      table.putTokens([RECORDED]);
      current(value);

      const result = await stored();

      expect(result.pendingVersionId).toBe(VERSION);
      expect(table.reads()).toEqual([NEW_TOKEN, LINEAGE]);
    });

    it('is the same when AWSCURRENT holds one of its older tokens, as after a rollback', async () => {
      table.putTokens([
        RECORDED,
        tokenItem({ fingerprint: OTHER_FINGERPRINT, lineage: CURRENT_FINGERPRINT, status: 'exchanged' }),
      ]);
      current(OTHER_VALUE);

      const result = await stored();

      expect(result.pendingVersionId).toBe(VERSION);
      expect(secretsMock.commandCalls(PutSecretValueCommand)[0]?.args[0].input.SecretString).toContain(
        '"refreshToken":"sentinel-new-refresh-token"',
      );
    });

    it.each<[string, TokenItem[]]>([
      ['is unknown', []],
      [
        'belongs to another lineage',
        [tokenItem({ fingerprint: OTHER_FINGERPRINT, lineage: OTHER_FINGERPRINT })],
      ],
    ])('is newer when its refresh token %s: throws NewerLogin and stores nothing', async (_what, tokens) => {
      table.putTokens([RECORDED, ...tokens]);
      current(OTHER_VALUE);

      const error = await rejection(stored());

      expect(error).toBeInstanceOf(NewerLogin);
      expect(error.message).toContain(SECRET_ARN);
      expect(puts()).toEqual([]);
    });

    it('does not prevent the pair from being recorded when it is newer', async () => {
      current(OTHER_VALUE);

      const error = await rejection(stored());

      expect(error).toBeInstanceOf(NewerLogin);
      expect(writes()).toEqual(['TransactWriteItemsCommand']);
    });

    it('is different for another client with the same refresh token', async () => {
      table.putTokens([RECORDED]);
      current(secretValue({ clientId: 'other-client-id' }));

      const error = await rejection(stored());

      expect(error).toBeInstanceOf(NewerLogin);
    });
  });
});

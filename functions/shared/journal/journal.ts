import { randomUUID } from 'node:crypto';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { SharedLogin } from '../errors.ts';
import { instantOf } from '../input/parse.ts';

/**
 * The refresh journal: a DynamoDB table that records every exchange of a refresh token. Each refresh token is exchanged
 * once, and its successor can be found from any older token.
 *
 * A token item represents one refresh token, keyed by its fingerprint. A lineage is one login and all tokens that
 * descend from it, named by the fingerprint of its first token; its item holds the newest pair, sealed. A token that
 * is not in the journal begins a lineage. Reads are strongly consistent, writes conditional.
 *
 * Token items are not grouped by secret, which detects two secrets with the same login. Lineage items are grouped by
 * secret, so one Query lists what the journal holds for a secret.
 */
export interface Journal {
  readonly dynamoDb: DynamoDBClient;
  readonly tableName: string;
}

/** One attempt of a Task to exchange a token. Later attempts of the same execution compare as greater. */
export interface Attempt {
  /** The ARN of the execution. */
  readonly execution: string;
  readonly redriveCount: number;
  /** When the state was entered, as Step Functions writes it. */
  readonly enteredAt: string;
  readonly retryCount: number;
}

/** An exchange that began and has no recorded result. */
export interface Exchange {
  /** Unique for each request that is sent to the token endpoint. */
  readonly id: string;
  readonly attempt: Attempt;
  /** The function that began it must have ended by then. */
  readonly deadline: Date;
}

/** The journal's entry for one refresh token. */
export interface TokenItem {
  readonly fingerprint: string;
  readonly lineage: string;
  /** The number of the newest pair that holds this token, counted from the login's first pair, which is 0. */
  readonly generation: number;
  readonly status: 'issued' | 'exchanging' | 'exchanged' | 'rejected';
  /** Incremented by every write; undefined for a token that is not in the journal yet. */
  readonly revision: number | undefined;
  /** Present while the status is `exchanging`. */
  readonly exchange: Exchange | undefined;
  /** Whether an earlier exchange of the token has no known result: its response was lost. */
  readonly responseLost?: true;
  /** Until then a Promote may be moving AWSCURRENT to the pair of this token. */
  readonly claimedUntil: Date | undefined;
}

/** The identity of a pair. */
export interface PairIdentity {
  readonly lineage: string;
  readonly generation: number;
  /** Of its refresh token. */
  readonly fingerprint: string;
  readonly issuedAt: Date;
  /** When its access token expires; undefined when the response had no `expires_in`. */
  readonly expiresAt: Date | undefined;
}

/** A pair that only the seal key can open. */
export interface SealedPair extends PairIdentity {
  readonly sealedPair: string;
}

/** A pair, and the exchange that it results from. */
export interface ExchangedPair extends SealedPair {
  /** The fingerprint of the exchanged refresh token; the pair's own if the response had no new one. */
  readonly exchangedFingerprint: string;
  readonly exchangeId: string;
}

/** The journal's entries for the login that a refresh token belongs to. */
export interface LineageState {
  readonly lineage: string;
  /** The requested refresh token. */
  readonly requested: TokenItem;
  /** The newest refresh token of the lineage, which may be the requested one. */
  readonly token: TokenItem;
  /** The newest pair; undefined while no exchange of the lineage has been recorded. */
  readonly pair: SealedPair | undefined;
}

/**
 * Looks up a refresh token and the newest pair of its login.
 *
 * @throws SharedLogin another secret rotates the login
 */
export async function readLineage(
  journal: Journal,
  secretArn: string,
  fingerprint: string,
): Promise<LineageState> {
  const requested = (await readToken(journal, secretArn, fingerprint)) ?? unknownToken(fingerprint);
  const pair = await readNewestPair(journal, secretArn, requested.lineage);
  if (pair === undefined || pair.fingerprint === fingerprint)
    return { lineage: requested.lineage, requested, token: requested, pair };
  const token = await readToken(journal, secretArn, pair.fingerprint);
  const { lineage, generation } = pair;
  if (token?.status === 'exchanged') {
    // It may have been exchanged between the two reads: then its successor is recorded.
    const newest = await readNewestPair(journal, secretArn, lineage);
    if (newest?.fingerprint !== pair.fingerprint) return readLineage(journal, secretArn, fingerprint);
  }
  const newest = token ?? { ...unknownToken(pair.fingerprint), lineage, generation };
  return { lineage, requested, token: newest, pair };
}

/**
 * Reads a token's item; undefined for a token that is not in the journal.
 *
 * @throws SharedLogin the item belongs to another secret
 */
export async function readToken(
  journal: Journal,
  secretArn: string,
  fingerprint: string,
): Promise<TokenItem | undefined> {
  const item = await getItem(journal, tokenKey(fingerprint));
  if (item === undefined) return undefined;
  const ownerArn = item.secretArn?.S;
  if (ownerArn !== secretArn) {
    throw new SharedLogin(
      `Secret ${secretArn} holds a login that secret ${ownerArn} rotates. Nothing was spent. Two secrets must not share a login, because each refresh ends the other's tokens. Log in again for secret ${secretArn} (authorize), then redrive the execution.`,
    );
  }
  return {
    fingerprint,
    lineage: item.lineage?.S ?? fingerprint,
    generation: numberOf(item.generation) ?? 0,
    status: STATUSES.find(status => status === item.status?.S) ?? 'issued',
    revision: numberOf(item.revision),
    exchange: exchangeOf(item),
    ...(item.responseLost?.BOOL === true && { responseLost: true as const }),
    claimedUntil: instantOf(item.claimedUntil?.S),
  };
}

/** Reads the newest pair of a lineage; undefined while no exchange of it has been recorded. */
export async function readNewestPair(
  journal: Journal,
  secretArn: string,
  lineage: string,
): Promise<SealedPair | undefined> {
  const item = await getItem(journal, lineageKey(secretArn, lineage));
  const issuedAt = instantOf(item?.issuedAt?.S);
  if (item?.fingerprint?.S === undefined || item.sealedPair?.S === undefined || issuedAt === undefined) {
    return undefined;
  }
  return {
    lineage,
    generation: numberOf(item.generation) ?? 0,
    fingerprint: item.fingerprint.S,
    sealedPair: item.sealedPair.S,
    issuedAt,
    expiresAt: instantOf(item.expiresAt?.S),
  };
}

/**
 * Marks a token as being exchanged, before it is presented. The write is conditional on the item as it was read, so
 * only one of two simultaneous attempts succeeds.
 *
 * @returns the exchange, or undefined when the item has changed: read AWSCURRENT and the journal again
 */
export async function beginExchange(
  journal: Journal,
  secretArn: string,
  token: TokenItem,
  attempt: Attempt,
  deadline: Date,
): Promise<Exchange | undefined> {
  const exchange = { id: randomUUID(), attempt, deadline };
  const marked = await succeeds(
    journal.dynamoDb.send(
      new PutItemCommand({
        TableName: journal.tableName,
        Item: {
          ...tokenKey(token.fingerprint),
          secretArn: { S: secretArn },
          lineage: { S: token.lineage },
          generation: { N: String(token.generation) },
          status: { S: 'exchanging' },
          revision: { N: String((token.revision ?? 0) + 1) },
          exchangeId: { S: exchange.id },
          execution: { S: attempt.execution },
          redriveCount: { N: String(attempt.redriveCount) },
          enteredAt: { S: attempt.enteredAt },
          retryCount: { N: String(attempt.retryCount) },
          deadline: { S: deadline.toISOString() },
          ...(wasPresented(token) && { responseLost: { BOOL: true } }),
        },
        ...(token.revision === undefined
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : {
              ConditionExpression: 'revision = :revision',
              ExpressionAttributeValues: { ':revision': { N: String(token.revision) } },
            }),
      }),
    ),
  );
  return marked ? exchange : undefined;
}

/** Whether a token was presented before, and the response was lost. */
export function wasPresented({ exchange, responseLost }: TokenItem): boolean {
  return exchange !== undefined || responseLost === true;
}

/**
 * Ends an exchange that returned no tokens: the token is still valid (`issued`), or was refused (`rejected`).
 *
 * @returns false when the mark no longer belongs to the exchange: another attempt has recorded the token's successor
 */
export async function endExchange(
  journal: Journal,
  fingerprint: string,
  exchange: Exchange,
  status: 'issued' | 'rejected',
): Promise<boolean> {
  return succeeds(
    journal.dynamoDb.send(
      new UpdateItemCommand({
        TableName: journal.tableName,
        Key: tokenKey(fingerprint),
        UpdateExpression: `SET #status = :status ${REMOVE_EXCHANGE} ADD revision :one`,
        ConditionExpression: 'exchangeId = :exchangeId',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':status': { S: status },
          ':exchangeId': { S: exchange.id },
          ':one': { N: '1' },
        },
      }),
    ),
  );
}

/**
 * Records the result of an exchange in one transaction: the presented token is exchanged, the new one issued, and the
 * pair is the newest of its lineage unless a newer one is recorded. Safe to repeat at any later time.
 *
 * @throws TransactionCanceledException (DynamoDB) another transaction writes the same items; repeat it
 */
export async function recordExchange(
  journal: Journal,
  secretArn: string,
  pair: ExchangedPair,
): Promise<void> {
  const tokens =
    pair.fingerprint === pair.exchangedFingerprint
      ? [keptToken(journal, pair)]
      : [exchangedToken(journal, secretArn, pair), issuedToken(journal, secretArn, pair)];
  const refused = await transact(journal, [...tokens, newestPair(journal, secretArn, pair)]);
  // A newer pair is recorded, but these tokens are not.
  if (refused.length === 1 && refused[0] === tokens.length) await transact(journal, tokens);
}

/**
 * Records the first pair of a login, which was not exchanged, so that it can be stored and promoted like any other.
 *
 * @returns false when its refresh token is already in the journal
 */
export async function recordLogin(journal: Journal, secretArn: string, pair: SealedPair): Promise<boolean> {
  const refused = await transact(journal, [
    issuedToken(journal, secretArn, pair),
    newestPair(journal, secretArn, pair),
  ]);
  return refused.length === 0;
}

/**
 * Records the version in which StorePending has stored a token's pair. Promote moves AWSCURRENT only to that version:
 * another one with AWSPENDING may have no value, or a different one. Safe to repeat.
 */
export async function recordStored(
  journal: Journal,
  fingerprint: string,
  pendingVersionId: string,
): Promise<void> {
  await journal.dynamoDb.send(
    new UpdateItemCommand({
      TableName: journal.tableName,
      Key: tokenKey(fingerprint),
      UpdateExpression: 'SET pendingVersionId = :pendingVersionId',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: { ':pendingVersionId': { S: pendingVersionId } },
    }),
  );
}

/**
 * Claims a token for a Promote that is about to move AWSCURRENT to its pair. It is not exchanged before `until`.
 *
 * @returns false when the token is not, or no longer, the one to promote, or its pair is stored in another version
 */
export async function claimToken(
  journal: Journal,
  secretArn: string,
  { fingerprint, pendingVersionId }: { readonly fingerprint: string; readonly pendingVersionId: string },
  until: Date,
): Promise<boolean> {
  return succeeds(
    journal.dynamoDb.send(
      new UpdateItemCommand({
        TableName: journal.tableName,
        Key: tokenKey(fingerprint),
        UpdateExpression: 'SET claimedUntil = :until ADD revision :one',
        ConditionExpression:
          '#status = :issued AND secretArn = :secretArn AND pendingVersionId = :pendingVersionId',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':until': { S: until.toISOString() },
          ':one': { N: '1' },
          ':issued': { S: 'issued' },
          ':secretArn': { S: secretArn },
          ':pendingVersionId': { S: pendingVersionId },
        },
      }),
    ),
  );
}

const STATUSES = ['issued', 'exchanging', 'exchanged', 'rejected'] as const;

const REMOVE_EXCHANGE =
  'REMOVE exchangeId, execution, redriveCount, enteredAt, retryCount, deadline, claimedUntil';

type Item = Record<string, AttributeValue>;

function tokenKey(fingerprint: string): Item {
  return { pk: { S: `token#${fingerprint}` }, sk: { S: 'token' } };
}

function lineageKey(secretArn: string, lineage: string): Item {
  return { pk: { S: secretArn }, sk: { S: `lineage#${lineage}` } };
}

function unknownToken(fingerprint: string): TokenItem {
  return {
    fingerprint,
    lineage: fingerprint,
    generation: 0,
    status: 'issued',
    revision: undefined,
    exchange: undefined,
    claimedUntil: undefined,
  };
}

/** The response had no refresh token, so the presented one stays valid (RFC 6749, section 6). */
function keptToken({ tableName }: Journal, pair: ExchangedPair): TransactWriteItem {
  return {
    Update: {
      TableName: tableName,
      Key: tokenKey(pair.fingerprint),
      UpdateExpression: `SET #status = :issued, generation = :generation ${REMOVE_EXCHANGE}, responseLost ADD revision :one`,
      ConditionExpression: 'exchangeId = :exchangeId',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: {
        ':issued': { S: 'issued' },
        ':generation': { N: String(pair.generation) },
        ':one': { N: '1' },
        ':exchangeId': { S: pair.exchangeId },
      },
    },
  };
}

function exchangedToken({ tableName }: Journal, secretArn: string, pair: ExchangedPair): TransactWriteItem {
  return {
    Update: {
      TableName: tableName,
      Key: tokenKey(pair.exchangedFingerprint),
      UpdateExpression: `SET #status = :exchanged, secretArn = :secretArn, lineage = :lineage, generation = if_not_exists(generation, :generation) ${REMOVE_EXCHANGE} ADD revision :one`,
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: {
        ':exchanged': { S: 'exchanged' },
        ':secretArn': { S: secretArn },
        ':lineage': { S: pair.lineage },
        ':generation': { N: String(pair.generation - 1) },
        ':one': { N: '1' },
      },
    },
  };
}

function issuedToken({ tableName }: Journal, secretArn: string, pair: SealedPair): TransactWriteItem {
  return {
    Put: {
      TableName: tableName,
      Item: {
        ...tokenKey(pair.fingerprint),
        secretArn: { S: secretArn },
        lineage: { S: pair.lineage },
        generation: { N: String(pair.generation) },
        status: { S: 'issued' },
        revision: { N: '1' },
      },
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  };
}

/** Of two pairs with the same generation, both exchanged from the same token, the later one wins. */
function newestPair({ tableName }: Journal, secretArn: string, pair: SealedPair): TransactWriteItem {
  return {
    Put: {
      TableName: tableName,
      Item: {
        ...lineageKey(secretArn, pair.lineage),
        fingerprint: { S: pair.fingerprint },
        generation: { N: String(pair.generation) },
        sealedPair: { S: pair.sealedPair },
        issuedAt: { S: pair.issuedAt.toISOString() },
        ...(pair.expiresAt && { expiresAt: { S: pair.expiresAt.toISOString() } }),
      },
      ConditionExpression:
        'attribute_not_exists(pk) OR generation < :generation OR (generation = :generation AND issuedAt < :issuedAt)',
      ExpressionAttributeValues: {
        ':generation': { N: String(pair.generation) },
        ':issuedAt': { S: pair.issuedAt.toISOString() },
      },
    },
  };
}

async function getItem({ dynamoDb, tableName }: Journal, key: Item): Promise<Item | undefined> {
  const { Item } = await dynamoDb.send(
    new GetItemCommand({ TableName: tableName, Key: key, ConsistentRead: true }),
  );
  return Item;
}

/** @returns the indexes of the writes whose condition was not met; nothing was written then */
async function transact(journal: Journal, writes: readonly TransactWriteItem[]): Promise<readonly number[]> {
  try {
    await journal.dynamoDb.send(new TransactWriteItemsCommand({ TransactItems: [...writes] }));
    return [];
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code ?? 'None');
    const refused = codes.flatMap((code, index) => (code === 'ConditionalCheckFailed' ? [index] : []));
    const isConflict = codes.some(code => code !== 'None' && code !== 'ConditionalCheckFailed');
    // Without a reason, it was not an unmet condition. Nothing was written, so it must not count as recorded.
    if (isConflict || refused.length === 0) throw error;
    return refused;
  }
}

/** @returns false when the write's condition was not met */
async function succeeds(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

function exchangeOf(item: Item): Exchange | undefined {
  const deadline = instantOf(item.deadline?.S);
  const { exchangeId, execution, enteredAt } = item;
  if (!exchangeId?.S || !execution?.S || !enteredAt?.S || deadline === undefined) return undefined;
  return {
    id: exchangeId.S,
    attempt: {
      execution: execution.S,
      redriveCount: numberOf(item.redriveCount) ?? 0,
      enteredAt: enteredAt.S,
      retryCount: numberOf(item.retryCount) ?? 0,
    },
    deadline,
  };
}

function numberOf(value: AttributeValue | undefined): number | undefined {
  return value?.N === undefined ? undefined : Number(value.N);
}

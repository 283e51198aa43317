import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { SealedPair, TokenItem } from '../../functions/shared/journal/journal.ts';
import { SECRET_ARN } from './secret.ts';

/** SHA-256 of `["client-id","sentinel-current-refresh-token"]`, the refresh token of `secretValue()`. */
export const CURRENT_FINGERPRINT = 'b481967a6fcd9fcecd30c8f996731870849a763d5a22ba6a4df67e356f622145';

/** SHA-256 of `["client-id","sentinel-alternate-refresh-token"]`. */
export const ALTERNATE_FINGERPRINT = 'a35a96164bdfc9b8cbf78314e8eaa68e05ecc1ac0bd417f75dfbf1e191310408';

/** SHA-256 of `["client-id","sentinel-new-refresh-token"]`. */
export const NEW_FINGERPRINT = '417b7738fffc2ac9813cbc0d20c82199aa2bc6d6d22e71eb233ee43320088b04';

/** The journal's item of a refresh token; by default the token of AWSCURRENT, issued as the first of its login. */
export function tokenItem(changes: Partial<TokenItem> = {}): TokenItem {
  return {
    fingerprint: CURRENT_FINGERPRINT,
    lineage: CURRENT_FINGERPRINT,
    generation: 0,
    status: 'issued',
    revision: 1,
    exchange: undefined,
    claimedUntil: undefined,
    ...changes,
  };
}

/** The key of a token's item in the table. */
export function tokenKey(fingerprint: string): Record<string, AttributeValue> {
  return { pk: { S: `token#${fingerprint}` }, sk: { S: 'token' } };
}

/** The key of the item that holds the newest pair of a login. */
export function lineageKey(lineage: string, secretArn = SECRET_ARN): Record<string, AttributeValue> {
  return { pk: { S: secretArn }, sk: { S: `lineage#${lineage}` } };
}

/** A token's item as the table stores it. */
export function storedToken(token: TokenItem, secretArn = SECRET_ARN): Record<string, AttributeValue> {
  const { fingerprint, lineage, generation, status, revision = 1, exchange, claimedUntil } = token;
  return {
    ...tokenKey(fingerprint),
    secretArn: { S: secretArn },
    lineage: { S: lineage },
    generation: { N: String(generation) },
    status: { S: status },
    revision: { N: String(revision) },
    ...(exchange && {
      exchangeId: { S: exchange.id },
      execution: { S: exchange.attempt.execution },
      redriveCount: { N: String(exchange.attempt.redriveCount) },
      enteredAt: { S: exchange.attempt.enteredAt },
      retryCount: { N: String(exchange.attempt.retryCount) },
      deadline: { S: exchange.deadline.toISOString() },
    }),
    ...(claimedUntil && { claimedUntil: { S: claimedUntil.toISOString() } }),
  };
}

/** The newest pair of a login as the table stores it. */
export function storedPair(pair: SealedPair): Record<string, AttributeValue> {
  return {
    ...lineageKey(pair.lineage),
    fingerprint: { S: pair.fingerprint },
    generation: { N: String(pair.generation) },
    sealedPair: { S: pair.sealedPair },
    issuedAt: { S: pair.issuedAt.toISOString() },
    ...(pair.expiresAt && { expiresAt: { S: pair.expiresAt.toISOString() } }),
  };
}

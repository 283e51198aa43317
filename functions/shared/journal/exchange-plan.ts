import type { Attempt, Exchange, LineageState, SealedPair, TokenItem } from './journal.ts';

/** What an attempt to get a new pair must do. */
export type ExchangePlan =
  /** The newest pair is unused or may be kept, and its access token lasts until the next rotation: return it. Nothing is spent. */
  | { readonly kind: 'use'; readonly pair: SealedPair }
  /** AWSCURRENT holds the newest pair, which is newer than the one to replace, and lasts. */
  | { readonly kind: 'superseded' }
  /** Present this token. */
  | { readonly kind: 'exchange'; readonly token: TokenItem }
  /** Another attempt may run until this deadline. */
  | { readonly kind: 'wait'; readonly until: Date }
  /** The result of this exchange is unknown, and only another execution may hold it. */
  | { readonly kind: 'settle'; readonly exchange: Exchange; readonly token: TokenItem }
  /** The token was exchanged, and its successor is not recorded. */
  | { readonly kind: 'spent' };

/** The circumstances of an attempt. */
export interface PlanRequest {
  /** The fingerprint of the grant's refresh token in AWSCURRENT. */
  readonly currentFingerprint: string;
  readonly attempt: Attempt;
  /** The generation of the pair that this rotation cannot use; undefined when it has no pair yet. */
  readonly avoidGeneration: number | undefined;
  /** Whether AWSCURRENT's own pair may be kept: the rotation has promoted it, or only drops a lost alternate grant. */
  readonly mayKeepCurrent?: boolean;
  readonly longestGapMs: number;
  readonly now: Date;
}

/** The shortest lifetime of an access token, in ms (Genesys Cloud Resource Center, "Create an OAuth client"). */
const MIN_LIFETIME_MS = 300_000;

/**
 * A pair counts as just issued for this part of its access token's lifetime, and for at least this many ms: without
 * the minimum, RefreshAgain and StorePending would loop on tokens with a lifetime near 0.
 */
export const FRESH_PART = 0.1;
export const MIN_FRESH_MS = 30_000;

/** Decides from the journal how to get a new pair for a login in AWSCURRENT. Makes no calls. */
export function planExchange(
  { token, pair }: Pick<LineageState, 'token' | 'pair'>,
  request: PlanRequest,
): ExchangePlan {
  const { currentFingerprint, attempt, avoidGeneration, mayKeepCurrent = false, now } = request;
  const isCurrent = token.fingerprint === currentFingerprint;

  if (pair !== undefined && token.status === 'issued' && outlivesGap(pair, request)) {
    if ((!isCurrent || mayKeepCurrent) && pair.generation !== avoidGeneration) return { kind: 'use', pair };
    if (isCurrent && avoidGeneration !== undefined && pair.generation > avoidGeneration) {
      return { kind: 'superseded' };
    }
  }
  if (token.status === 'exchanged') return { kind: 'spent' };
  // If AWSCURRENT holds the token, the Promote that claimed it is done.
  if (token.claimedUntil !== undefined && token.claimedUntil > now && !isCurrent) {
    return { kind: 'wait', until: token.claimedUntil };
  }
  const { exchange } = token;
  if (token.status !== 'exchanging' || exchange === undefined) return { kind: 'exchange', token };
  if (exchange.deadline > now) return { kind: 'wait', until: exchange.deadline };
  if (exchange.attempt.execution !== attempt.execution) return { kind: 'settle', exchange, token };
  // An earlier attempt of this execution that still runs must not present the token after a later one.
  return isLater(exchange.attempt, attempt)
    ? { kind: 'wait', until: exchange.deadline }
    : { kind: 'exchange', token };
}

/**
 * Whether a pair's access token outlives the longest gap between two rotations. If the lifetime is shorter than the
 * gap, a token that was just issued is good enough. An unknown lifetime counts as the shortest possible.
 */
export function outlivesGap(
  { issuedAt, expiresAt }: Pick<SealedPair, 'issuedAt' | 'expiresAt'>,
  { longestGapMs, now }: Pick<PlanRequest, 'longestGapMs' | 'now'>,
): boolean {
  const expiresMs = expiresAt?.getTime() ?? issuedAt.getTime() + MIN_LIFETIME_MS;
  const lifetimeMs = expiresMs - issuedAt.getTime();
  const freshMs = Math.max(lifetimeMs * FRESH_PART, MIN_FRESH_MS);
  return expiresMs - now.getTime() >= Math.min(longestGapMs, lifetimeMs - freshMs);
}

function isLater(one: Attempt, other: Attempt): boolean {
  if (one.redriveCount !== other.redriveCount) return one.redriveCount > other.redriveCount;
  if (one.enteredAt !== other.enteredAt) return one.enteredAt > other.enteredAt;
  return one.retryCount > other.retryCount;
}

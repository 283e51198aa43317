import type { Attempt, Exchange, LineageState, SealedPair, TokenItem } from './journal.ts';

/** What an attempt to get a new pair has to do. */
export type ExchangePlan =
  /** The newest pair is unused so far, or may be kept, and lasts: return it as it is. Nothing is spent. */
  | { readonly kind: 'use'; readonly pair: SealedPair }
  /** AWSCURRENT holds the newest pair, which is newer than the one that this rotation wants replaced, and lasts. */
  | { readonly kind: 'superseded' }
  /** Present this token. */
  | { readonly kind: 'exchange'; readonly token: TokenItem }
  /** Another attempt is at work until this deadline. */
  | { readonly kind: 'wait'; readonly until: Date }
  /** The result of this exchange is unknown, and only another execution can still hold it. */
  | { readonly kind: 'settle'; readonly exchange: Exchange; readonly token: TokenItem }
  /** The token is known to be exchanged, and its successor is not recorded. */
  | { readonly kind: 'spent' };

/** The circumstances of an attempt. */
export interface PlanRequest {
  /** The fingerprint of the grant's refresh token in AWSCURRENT. */
  readonly currentFingerprint: string;
  readonly attempt: Attempt;
  /** The generation of the pair that this rotation cannot use; undefined where it has none yet. */
  readonly avoidGeneration: number | undefined;
  /** Whether AWSCURRENT's own pair is as good as a new one: only its dead alternate grant is to be dropped. */
  readonly mayKeepCurrent?: boolean;
  readonly longestGapMs: number;
  readonly now: Date;
}

/** Genesys Cloud's shortest lifetime of an access token, in ms (Resource Center, "Create an OAuth client"). */
const SHORTEST_LIFETIME_MS = 300_000;

/**
 * A pair counts as just issued for this part of its access token's lifetime, and for this many ms at least: without
 * a minimum, RefreshAgain and StorePending would exchange tokens of a lifetime near 0 without end.
 */
export const FRESH_PART = 0.1;
export const MIN_FRESH_MS = 30_000;

/** Decides how to get a new pair from what the journal knows of a login in AWSCURRENT. Calls nothing. */
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
  // Where AWSCURRENT holds the token, the Promote that claimed it is done.
  if (token.claimedUntil !== undefined && token.claimedUntil > now && !isCurrent) {
    return { kind: 'wait', until: token.claimedUntil };
  }
  const { exchange } = token;
  if (token.status !== 'exchanging' || exchange === undefined) return { kind: 'exchange', token };
  if (exchange.deadline > now) return { kind: 'wait', until: exchange.deadline };
  if (exchange.attempt.execution !== attempt.execution) return { kind: 'settle', exchange, token };
  // An earlier attempt of this execution that is still around must not present the token after a later one.
  return isLater(exchange.attempt, attempt)
    ? { kind: 'wait', until: exchange.deadline }
    : { kind: 'exchange', token };
}

/**
 * Whether a pair's access token outlives the longest gap between two rotations. Where tokens live shorter than that,
 * one that was just issued is as good as any. An unknown lifetime counts as the shortest that there is.
 */
export function outlivesGap(
  { issuedAt, expiresAt }: Pick<SealedPair, 'issuedAt' | 'expiresAt'>,
  { longestGapMs, now }: Pick<PlanRequest, 'longestGapMs' | 'now'>,
): boolean {
  const expiresMs = expiresAt?.getTime() ?? issuedAt.getTime() + SHORTEST_LIFETIME_MS;
  const lifetimeMs = expiresMs - issuedAt.getTime();
  const freshMs = Math.max(lifetimeMs * FRESH_PART, MIN_FRESH_MS);
  return expiresMs - now.getTime() >= Math.min(longestGapMs, lifetimeMs - freshMs);
}

function isLater(one: Attempt, other: Attempt): boolean {
  if (one.redriveCount !== other.redriveCount) return one.redriveCount > other.redriveCount;
  if (one.enteredAt !== other.enteredAt) return one.enteredAt > other.enteredAt;
  return one.retryCount > other.retryCount;
}

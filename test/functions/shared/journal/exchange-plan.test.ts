import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../../functions/shared/durations.ts';
import {
  type ExchangePlan,
  FRESH_PART,
  MIN_FRESH_MS,
  outlivesGap,
  type PlanRequest,
  planExchange,
} from '../../../../functions/shared/journal/exchange-plan.ts';
import type {
  Attempt,
  Exchange,
  LineageState,
  SealedPair,
  TokenItem,
} from '../../../../functions/shared/journal/journal.ts';
import { tokenItem } from '../../../helpers/journal-items.ts';

const NOW = new Date('2026-07-01T08:00:00Z');
const JUST_PASSED = NOW;
const AHEAD = new Date('2026-07-01T08:00:00.001Z');
const MIDNIGHT = new Date('2026-07-01T00:00:00Z');

/** The planning attempt: the second retry after the first redrive of an execution. */
const ATTEMPT: Attempt = {
  execution: 'arn:execution',
  redriveCount: 1,
  enteredAt: '2026-07-01T07:30:00.000Z',
  retryCount: 2,
};

/** AWSCURRENT holds the refresh token of generation 2; the newest pair is of generation 3. */
const CURRENT = tokenItem({ fingerprint: 'current', lineage: 'login', generation: 2 });
const NEWEST = tokenItem({ fingerprint: 'newest', lineage: 'login', generation: 3 });
const PAIR: SealedPair = {
  lineage: 'login',
  generation: 3,
  fingerprint: 'newest',
  sealedPair: 'v1.a.b.c',
  issuedAt: new Date('2026-07-01T07:00:00Z'),
  expiresAt: new Date('2026-07-02T07:00:00Z'),
};

function request(changes: Partial<PlanRequest> = {}): PlanRequest {
  return {
    currentFingerprint: 'current',
    attempt: ATTEMPT,
    avoidGeneration: undefined,
    longestGapMs: 9 * HOUR_MS,
    now: NOW,
    ...changes,
  };
}

/** An exchange that has no recorded result. */
function exchange(deadline: Date, attempt: Partial<Attempt> = {}): Exchange {
  return { id: 'exchange-1', attempt: { ...ATTEMPT, ...attempt }, deadline };
}

/** A token that is marked as being exchanged. */
function exchanging(token: TokenItem, ...given: Parameters<typeof exchange>): TokenItem {
  return { ...token, status: 'exchanging', exchange: exchange(...given) };
}

type Known = Pick<LineageState, 'token' | 'pair'>;

/** Nothing newer than AWSCURRENT's token is recorded. */
function onlyCurrent(token: TokenItem, pair?: SealedPair): Known {
  return { token, pair };
}

/** A newer pair than AWSCURRENT's is recorded. */
function newer(token: TokenItem = NEWEST, pair: Partial<SealedPair> = {}): Known {
  return { token, pair: { ...PAIR, ...pair } };
}

interface Situation {
  readonly situation: string;
  readonly known: Known;
  readonly request?: Partial<PlanRequest>;
  readonly plan: ExchangePlan;
}

const exchanges = (token: TokenItem): ExchangePlan => ({ kind: 'exchange', token });
const uses = (pair: Partial<SealedPair> = {}): ExchangePlan => ({ kind: 'use', pair: { ...PAIR, ...pair } });
const waits = (until: Date): ExchangePlan => ({ kind: 'wait', until });

const UNKNOWN = tokenItem({ fingerprint: 'current', lineage: 'current', revision: undefined });
const FOREIGN = { execution: 'arn:other-execution' };
const MARKED_BY_OTHER = exchanging(CURRENT, JUST_PASSED, FOREIGN);
const NEWEST_MARKED_BY_OTHER = exchanging(NEWEST, JUST_PASSED, FOREIGN);

const CURRENT_IS_NEWEST: readonly Situation[] = [
  {
    situation: 'the journal does not know the token',
    known: { token: UNKNOWN, pair: undefined },
    plan: exchanges(UNKNOWN),
  },
  {
    situation: 'the token was issued by the last exchange',
    known: onlyCurrent(CURRENT, { ...PAIR, fingerprint: 'current', generation: 2 }),
    plan: exchanges(CURRENT),
  },
  {
    situation: 'AWSCURRENT holds a newer pair than the one to be replaced, and it lasts',
    known: onlyCurrent(CURRENT, { ...PAIR, fingerprint: 'current', generation: 2 }),
    request: { avoidGeneration: 1 },
    plan: { kind: 'superseded' },
  },
  {
    situation: 'AWSCURRENT holds a newer pair than the one to be replaced, and it does not last',
    known: onlyCurrent(CURRENT, {
      ...PAIR,
      fingerprint: 'current',
      generation: 2,
      expiresAt: new Date('2026-07-01T12:00:00Z'),
    }),
    request: { avoidGeneration: 1 },
    plan: exchanges(CURRENT),
  },
  {
    situation: 'AWSCURRENT holds the pair to be replaced',
    known: onlyCurrent(CURRENT, { ...PAIR, fingerprint: 'current', generation: 2 }),
    request: { avoidGeneration: 2 },
    plan: exchanges(CURRENT),
  },
  {
    situation: 'the token was rejected: it is presented again',
    known: onlyCurrent({ ...CURRENT, status: 'rejected' }),
    plan: exchanges({ ...CURRENT, status: 'rejected' }),
  },
  {
    situation: 'the token was exchanged, and its successor is not recorded',
    known: onlyCurrent({ ...CURRENT, status: 'exchanged' }),
    plan: { kind: 'spent' },
  },
  {
    situation: 'a Promote claims the token that AWSCURRENT holds: that Promote is done',
    known: onlyCurrent({ ...CURRENT, claimedUntil: AHEAD }),
    plan: exchanges({ ...CURRENT, claimedUntil: AHEAD }),
  },
];

const NEWER_IS_RECORDED: readonly Situation[] = [
  { situation: 'the newer pair is unused and lasts', known: newer(), plan: uses() },
  {
    situation: 'the newer pair is claimed by a Promote: it is used anyway, and nothing is spent',
    known: newer({ ...NEWEST, claimedUntil: AHEAD }),
    plan: uses(),
  },
  {
    situation: 'the newer pair is the one that this rotation cannot use',
    known: newer(),
    request: { avoidGeneration: 3 },
    plan: exchanges(NEWEST),
  },
  {
    situation: 'the newer pair is newer than the one that this rotation cannot use',
    known: newer(),
    request: { avoidGeneration: 2 },
    plan: uses(),
  },
  {
    situation: 'the newer pair expires before the next rotation',
    known: newer(NEWEST, { issuedAt: MIDNIGHT, expiresAt: new Date('2026-07-01T16:59:59.999Z') }),
    plan: exchanges(NEWEST),
  },
  {
    situation: 'the newer pair lasts exactly until the next rotation',
    known: newer(NEWEST, { issuedAt: MIDNIGHT, expiresAt: new Date('2026-07-01T17:00:00Z') }),
    plan: uses({ issuedAt: MIDNIGHT, expiresAt: new Date('2026-07-01T17:00:00Z') }),
  },
  {
    situation: 'the newer token was rejected: it is presented again',
    known: newer({ ...NEWEST, status: 'rejected' }),
    plan: exchanges({ ...NEWEST, status: 'rejected' }),
  },
  {
    situation: 'the newer token was exchanged, and its successor is not recorded',
    known: newer({ ...NEWEST, status: 'exchanged' }),
    plan: { kind: 'spent' },
  },
  {
    situation: 'the newer token expires soon, and a Promote claims it',
    known: newer({ ...NEWEST, claimedUntil: AHEAD }, { expiresAt: AHEAD }),
    plan: waits(AHEAD),
  },
  {
    situation: 'the newer token expires soon, and the claim of a Promote has expired',
    known: newer({ ...NEWEST, claimedUntil: JUST_PASSED }, { expiresAt: AHEAD }),
    plan: exchanges({ ...NEWEST, claimedUntil: JUST_PASSED }),
  },
];

const EXCHANGE_IN_PROGRESS: readonly Situation[] = [
  {
    situation: 'another execution exchanges the token of AWSCURRENT',
    known: onlyCurrent(exchanging(CURRENT, AHEAD, FOREIGN)),
    plan: waits(AHEAD),
  },
  {
    situation: 'another execution exchanges the newest token',
    known: newer(exchanging(NEWEST, AHEAD, FOREIGN)),
    plan: waits(AHEAD),
  },
  {
    situation: 'an earlier attempt of this execution exchanges the token',
    known: onlyCurrent(exchanging(CURRENT, AHEAD, { retryCount: 1 })),
    plan: waits(AHEAD),
  },
];

const EXCHANGE_WITHOUT_RESULT: readonly Situation[] = [
  {
    situation: "another execution's exchange of AWSCURRENT's token",
    known: onlyCurrent(MARKED_BY_OTHER),
    plan: { kind: 'settle', exchange: exchange(JUST_PASSED, FOREIGN), token: MARKED_BY_OTHER },
  },
  {
    situation: "another execution's exchange of the newest token",
    known: newer(NEWEST_MARKED_BY_OTHER),
    plan: { kind: 'settle', exchange: exchange(JUST_PASSED, FOREIGN), token: NEWEST_MARKED_BY_OTHER },
  },
  {
    situation: "another execution's exchange of the newest token, which a Promote claims",
    known: newer({ ...NEWEST_MARKED_BY_OTHER, claimedUntil: AHEAD }),
    plan: waits(AHEAD),
  },
];

/** Marks of attempts of the same execution; the planning attempt exchanges only if it is later. */
const OWN_MARKS: readonly { readonly mark: Partial<Attempt>; readonly plan: 'exchange' | 'wait' }[] = [
  { mark: { redriveCount: 0, enteredAt: '2026-07-01T07:45:00.000Z', retryCount: 9 }, plan: 'exchange' },
  { mark: { enteredAt: '2026-07-01T07:29:59.999Z', retryCount: 9 }, plan: 'exchange' },
  { mark: { retryCount: 1 }, plan: 'exchange' },
  { mark: {}, plan: 'exchange' },
  { mark: { retryCount: 3 }, plan: 'wait' },
  { mark: { enteredAt: '2026-07-01T07:30:00.001Z', retryCount: 0 }, plan: 'wait' },
  { mark: { redriveCount: 2, enteredAt: '2026-07-01T07:00:00.000Z', retryCount: 0 }, plan: 'wait' },
];

describe('planExchange', () => {
  describe.each([
    { group: 'when nothing newer than AWSCURRENT is recorded', situations: CURRENT_IS_NEWEST },
    { group: 'when a newer pair than AWSCURRENT is recorded', situations: NEWER_IS_RECORDED },
    { group: 'while an exchange is in progress', situations: EXCHANGE_IN_PROGRESS },
    {
      group: 'when the deadline of an exchange without a result has passed',
      situations: EXCHANGE_WITHOUT_RESULT,
    },
  ])('$group', ({ situations }) => {
    it.each(situations)('plans $plan.kind: $situation', ({ known, request: changes, plan }) => {
      expect(planExchange(known, request(changes))).toEqual(plan);
    });
  });

  it.each(OWN_MARKS)(
    'plans $plan when an attempt of the same execution has left the mark $mark',
    ({ mark, plan }) => {
      const token = exchanging(CURRENT, JUST_PASSED, mark);

      expect(planExchange(onlyCurrent(token), request())).toEqual(
        plan === 'exchange' ? exchanges(token) : waits(JUST_PASSED),
      );
    },
  );

  it('exchanges a token that is marked without an exchange, because there is no attempt to wait for', () => {
    const token: TokenItem = { ...CURRENT, status: 'exchanging', exchange: undefined };

    expect(planExchange(onlyCurrent(token), request())).toEqual(exchanges(token));
  });
});

describe('outlivesGap', () => {
  const ISSUED = '2026-07-01T00:00:00Z';

  /** The instant `ms` after the pair was issued. */
  const later = (ms: number): string => new Date(Date.parse(ISSUED) + ms).toISOString();

  it.each<{ lifetime: string; expiresAt: string | undefined; now: string; gapHours: number; lasts: boolean }>(
    [
      {
        lifetime: '1 day',
        expiresAt: '2026-07-02T00:00:00Z',
        now: '2026-07-01T15:00:00Z',
        gapHours: 9,
        lasts: true,
      },
      {
        lifetime: '1 day',
        expiresAt: '2026-07-02T00:00:00Z',
        now: '2026-07-01T15:00:00.001Z',
        gapHours: 9,
        lasts: false,
      },
      // Shorter than the gap: lasts for the first part of its lifetime.
      {
        lifetime: '1 hour',
        expiresAt: '2026-07-01T01:00:00Z',
        now: later(Math.floor(FRESH_PART * HOUR_MS)),
        gapHours: 9,
        lasts: true,
      },
      {
        lifetime: '1 hour',
        expiresAt: '2026-07-01T01:00:00Z',
        now: later(Math.ceil(FRESH_PART * HOUR_MS) + 1),
        gapHours: 9,
        lasts: false,
      },
      // Barely longer than the gap: the first part of its lifetime is the less strict limit.
      {
        lifetime: '9.5 hours',
        expiresAt: '2026-07-01T09:30:00Z',
        now: later(Math.floor(FRESH_PART * 9.5 * HOUR_MS)),
        gapHours: 9,
        lasts: true,
      },
      {
        lifetime: '9.5 hours',
        expiresAt: '2026-07-01T09:30:00Z',
        now: later(Math.ceil(FRESH_PART * 9.5 * HOUR_MS) + 1),
        gapHours: 9,
        lasts: false,
      },
      // Shorter than any lifetime at Genesys Cloud: lasts for a minimum time, or RefreshAgain and StorePending would loop.
      {
        lifetime: '10 s',
        expiresAt: '2026-07-01T00:00:10Z',
        now: later(MIN_FRESH_MS),
        gapHours: 9,
        lasts: true,
      },
      {
        lifetime: '10 s',
        expiresAt: '2026-07-01T00:00:10Z',
        now: later(MIN_FRESH_MS + 1),
        gapHours: 9,
        lasts: false,
      },
      { lifetime: '0 s', expiresAt: ISSUED, now: '2026-07-01T00:00:10Z', gapHours: 9, lasts: true },
      { lifetime: '-1 s', expiresAt: '2026-06-30T23:59:59Z', now: ISSUED, gapHours: 9, lasts: true },
      // Counts as 300 s, the shortest lifetime at Genesys Cloud.
      {
        lifetime: 'unknown',
        expiresAt: undefined,
        now: later(Math.max(FRESH_PART * 300_000, MIN_FRESH_MS)),
        gapHours: 9,
        lasts: true,
      },
      {
        lifetime: 'unknown',
        expiresAt: undefined,
        now: later(Math.max(FRESH_PART * 300_000, MIN_FRESH_MS) + 1),
        gapHours: 9,
        lasts: false,
      },
    ],
  )(
    'is $lasts at $now for a token of $lifetime and a gap of $gapHours h',
    ({ expiresAt, now, gapHours, lasts }) => {
      const pair = {
        issuedAt: new Date(ISSUED),
        expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt),
      };

      expect(outlivesGap(pair, { longestGapMs: gapHours * HOUR_MS, now: new Date(now) })).toBe(lasts);
    },
  );
});

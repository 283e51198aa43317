import { LATENCIES, type LatencyName } from '../latencies.ts';

/** A call that every design needs. */
interface NeededCall {
  readonly what: string;
  readonly latency: LatencyName;
  readonly times: number;
}

/** From Genesys Cloud's response until consumers have the new token. */
const AFTER_RESPONSE: readonly NeededCall[] = [
  { what: 'store the new tokens', latency: 'secretWrite', times: 1 },
  { what: 'verify them at Genesys Cloud', latency: 'genesysApi', times: 1 },
  { what: 'move `AWSCURRENT`', latency: 'secretWrite', times: 1 },
];

const BEFORE_RESPONSE: readonly NeededCall[] = [
  { what: 'read the credential', latency: 'secretRead', times: 1 },
  { what: 'exchange the refresh token', latency: 'tokenEndpoint', times: 1 },
];

const INVOCATIONS: NeededCall = {
  what: 'be called by Secrets Manager',
  latency: 'invoke',
  times: 4,
};

const CALLS: readonly NeededCall[] = [INVOCATIONS, ...BEFORE_RESPONSE, ...AFTER_RESPONSE];

/** Three of the four steps follow the move of AWSCURRENT. */
const STEPS_AFTER_MOVE: NeededCall = { ...INVOCATIONS, times: 3 };

/** The minimum times of any design: the calls that every design needs, in sequence. */
export interface LowerBound {
  readonly totalMs: number;
  readonly untilCurrentMs: number;
  readonly tokenGapMs: number;
}

/** The part of the total for invoking the rotation function, in ms. */
export const INVOCATIONS_MS = INVOCATIONS.times * LATENCIES.invoke.p50Ms;

/** Descriptions of the calls of the lower bound, in order. */
export const LOWER_BOUND_CALLS: readonly string[] = CALLS.map(({ what, times }) =>
  times === 1 ? what : `${what} ${times} times`,
);

/** Adds up the times of the calls. */
export function lowerBound(msOf: (name: LatencyName) => number): LowerBound {
  const afterTheMoveMs = sumMs([STEPS_AFTER_MOVE], msOf);
  const tokenGapMs = sumMs(AFTER_RESPONSE, msOf);
  const untilCurrentMs = msOf(INVOCATIONS.latency) + sumMs(BEFORE_RESPONSE, msOf) + tokenGapMs;
  return { totalMs: untilCurrentMs + afterTheMoveMs, untilCurrentMs, tokenGapMs };
}

function sumMs(calls: readonly NeededCall[], msOf: (name: LatencyName) => number): number {
  return calls
    .flatMap(({ latency, times }) => Array.from({ length: times }, () => msOf(latency)))
    .reduce((sum, ms) => sum + ms, 0);
}

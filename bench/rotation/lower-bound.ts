import { LATENCIES, type LatencyName } from '../latencies.ts';

/** A call that no design can leave out. */
interface NeededCall {
  readonly what: string;
  readonly latency: LatencyName;
  readonly times: number;
}

/** From Genesys Cloud's response until consumers have the new token. */
const AFTER_THE_RESPONSE: readonly NeededCall[] = [
  { what: 'store the new tokens', latency: 'secretWrite', times: 1 },
  { what: 'verify them at Genesys Cloud', latency: 'genesysApi', times: 1 },
  { what: 'move `AWSCURRENT`', latency: 'secretWrite', times: 1 },
];

const BEFORE_THE_RESPONSE: readonly NeededCall[] = [
  { what: 'read the credential', latency: 'secretRead', times: 1 },
  { what: 'exchange the refresh token', latency: 'tokenEndpoint', times: 1 },
];

/** The shortest times of any design: the calls that no design can leave out, one after the other, and nothing else. */
export interface LowerBound {
  readonly totalMs: number;
  readonly untilCurrentMs: number;
  readonly tokenGapMs: number;
  /** The part of the total for invoking the rotation function. */
  readonly invocationMs: number;
  /** The calls in words, in their order. */
  readonly calls: readonly string[];
}

/** Adds up the medians of the latencies. */
export function lowerBound(): LowerBound {
  const toTheRotation: NeededCall = {
    what: 'be called by Secrets Manager',
    latency: 'invoke',
    times: 4,
  };
  const calls = [toTheRotation, ...BEFORE_THE_RESPONSE, ...AFTER_THE_RESPONSE];
  const totalMs = sumMs(calls);
  return {
    totalMs,
    // Three of the four steps follow the move.
    untilCurrentMs: totalMs - 3 * LATENCIES.invoke.p50Ms,
    tokenGapMs: sumMs(AFTER_THE_RESPONSE),
    invocationMs: sumMs([toTheRotation]),
    calls: calls.map(({ what, times }) => (times === 1 ? what : `${what} ${times} times`)),
  };
}

function sumMs(calls: readonly NeededCall[]): number {
  return calls.reduce((sum, { latency, times }) => sum + times * LATENCIES[latency].p50Ms, 0);
}

import { LATENCIES, type LatencyName } from '../latencies.ts';

/** A call that no design can leave out. */
interface NeededCall {
  readonly what: string;
  readonly latency: LatencyName;
  readonly times: number;
}

/** What has to happen after Genesys Cloud's answer, before consumers have the new token. */
const AFTER_THE_ANSWER: readonly NeededCall[] = [
  { what: 'store the new tokens', latency: 'secretWrite', times: 1 },
  { what: 'prove them at Genesys Cloud', latency: 'genesysApi', times: 1 },
  { what: 'move `AWSCURRENT`', latency: 'secretWrite', times: 1 },
];

const BEFORE_THE_ANSWER: readonly NeededCall[] = [
  { what: 'read the credential', latency: 'secretRead', times: 1 },
  { what: 'trade the refresh token', latency: 'tokenEndpoint', times: 1 },
];

/**
 * The shortest times that any design could have: the calls that cannot be left out, one after the other, nothing else.
 */
export interface LowerBound {
  readonly totalMs: number;
  readonly untilCurrentMs: number;
  readonly tokenGapMs: number;
  /** The part of the total that the ways to the rotation function take. */
  readonly invocationMs: number;
  /** In words, in their order. */
  readonly calls: readonly string[];
}

/** Computes it from the table of latencies; each takes its median. */
export function lowerBound(): LowerBound {
  const toTheRotation: NeededCall = {
    what: 'be called by Secrets Manager',
    latency: 'invoke',
    times: 4,
  };
  const calls = [toTheRotation, ...BEFORE_THE_ANSWER, ...AFTER_THE_ANSWER];
  const totalMs = sumMs(calls);
  return {
    totalMs,
    // Once it has moved, the other three steps are still to come.
    untilCurrentMs: totalMs - 3 * LATENCIES.invoke.p50Ms,
    tokenGapMs: sumMs(AFTER_THE_ANSWER),
    invocationMs: sumMs([toTheRotation]),
    calls: calls.map(({ what, times }) => (times === 1 ? what : `${what} ${times} times`)),
  };
}

function sumMs(calls: readonly NeededCall[]): number {
  return calls.reduce((sum, { latency, times }) => sum + times * LATENCIES[latency].p50Ms, 0);
}

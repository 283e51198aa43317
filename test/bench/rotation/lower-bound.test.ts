import { describe, expect, it } from 'vitest';
import { LOWER_BOUND_CALLS, lowerBound } from '../../../bench/rotation/lower-bound.ts';
import { fixedLatency } from './fixed-latencies.ts';

describe('lowerBound', () => {
  it('adds up the latencies of the calls that every design needs', () => {
    // 4 × 15 + 25 + 300 + 50 + 150 + 50
    expect(lowerBound(fixedLatency)).toEqual({
      totalMs: 635,
      untilCurrentMs: 590,
      tokenGapMs: 250,
    });
    expect(LOWER_BOUND_CALLS).toEqual([
      'be called by Secrets Manager 4 times',
      'read the credential',
      'exchange the refresh token',
      'store the new tokens',
      'verify them at Genesys Cloud',
      'move `AWSCURRENT`',
    ]);
  });

  it('draws a separate time for each call', () => {
    let draws = 0;

    const { totalMs } = lowerBound(() => ++draws);

    expect(draws).toBe(9);
    expect(totalMs).toBe(45);
  });
});

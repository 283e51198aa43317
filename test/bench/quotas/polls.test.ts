import { describe, expect, it } from 'vitest';
import { LATENCIES } from '../../../bench/latencies.ts';
import { meanCost, pollingCost } from '../../../bench/quotas/polls.ts';

const READ_MS = LATENCIES.secretRead.p50Ms;

// Polls begin after 100, 225, 350, 475 ms and so on.
const SCHEDULE = { firstMs: 100, intervalMs: 125 - READ_MS, growth: 1, maxMs: 125 };

describe('pollingCost', () => {
  it('counts the polls until one detects the move of AWSCURRENT', () => {
    expect(pollingCost(SCHEDULE, 300)).toEqual({ polls: 3, detectedAfterMs: 50 + READ_MS });
  });

  it('needs the next poll when AWSCURRENT moves during one', () => {
    expect(pollingCost(SCHEDULE, 110)).toEqual({ polls: 2, detectedAfterMs: 115 + READ_MS });
  });
});

describe('meanCost', () => {
  it('averages over the times at which AWSCURRENT moves', () => {
    // The second poll finds all of them. It begins 225 ms after the start.
    expect(meanCost(SCHEDULE, 110, 120)).toEqual({ polls: 2, detectedAfterMs: 110.5 + READ_MS });
  });
});

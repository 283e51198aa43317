import { describe, expect, it } from 'vitest';
import { meanCost, pollingCost } from '../../../bench/quotas/polls.ts';

// Polls begin after 100, 225, 350, 475 ms and so on, and take 25 ms each.
const SCHEDULE = { firstMs: 100, intervalMs: 100, growth: 1, maxMs: 100 };

describe('pollingCost', () => {
  it('counts the polls until one finds AWSCURRENT moved', () => {
    expect(pollingCost(SCHEDULE, 300)).toEqual({ polls: 3, seenAfterMs: 75 });
  });

  it('needs the next poll when AWSCURRENT moves during one', () => {
    expect(pollingCost(SCHEDULE, 110)).toEqual({ polls: 2, seenAfterMs: 140 });
  });
});

describe('meanCost', () => {
  it('is the mean over the times at which AWSCURRENT moves', () => {
    // The second poll finds all of them, 250 ms after the start.
    expect(meanCost(SCHEDULE, 110, 120)).toEqual({ polls: 2, seenAfterMs: 135.5 });
  });
});

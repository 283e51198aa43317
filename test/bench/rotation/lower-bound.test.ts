import { expect, it } from 'vitest';
import { lowerBound } from '../../../bench/rotation/lower-bound.ts';

it('adds up the latencies of the calls that no design can leave out', () => {
  expect(lowerBound()).toEqual({
    // 4 × 15 + 25 + 300 + 50 + 150 + 50
    totalMs: 635,
    untilCurrentMs: 590,
    tokenGapMs: 250,
    invocationMs: 60,
    calls: [
      'be called by Secrets Manager 4 times',
      'read the credential',
      'exchange the refresh token',
      'store the new tokens',
      'verify them at Genesys Cloud',
      'move `AWSCURRENT`',
    ],
  });
});

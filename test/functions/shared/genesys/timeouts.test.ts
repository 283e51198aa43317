import { describe, expect, it } from 'vitest';
import { TOKEN_TIMEOUT_MS, timeoutWithin } from '../../../../functions/shared/genesys/timeouts.ts';

describe('timeouts', () => {
  it('waits longer for the token endpoint than the 16 s of the Genesys Cloud SDK', () => {
    expect(TOKEN_TIMEOUT_MS).toBeGreaterThan(16_000);
  });

  it.each([
    { timeoutMs: 20_000, remainingMs: 30_000, reserveMs: 3_000, expectedMs: 20_000 },
    { timeoutMs: 20_000, remainingMs: 23_000, reserveMs: 3_000, expectedMs: 20_000 },
    { timeoutMs: 20_000, remainingMs: 22_999, reserveMs: 3_000, expectedMs: 19_999 },
    { timeoutMs: 10_000, remainingMs: 10_500, reserveMs: 500, expectedMs: 10_000 },
    { timeoutMs: 10_000, remainingMs: 1_200, reserveMs: 500, expectedMs: 700 },
  ])(
    'gives a call $expectedMs ms of $timeoutMs when the function has $remainingMs ms left and keeps $reserveMs',
    ({ timeoutMs, remainingMs, reserveMs, expectedMs }) => {
      expect(timeoutWithin(timeoutMs, remainingMs, reserveMs)).toBe(expectedMs);
    },
  );

  it.each([3_001, 3_000, 100, 0])(
    'gives at least 1 ms when the function has %i ms left, because 0 would mean no timeout',
    remainingMs => {
      expect(timeoutWithin(20_000, remainingMs, 3_000)).toBe(1);
    },
  );
});

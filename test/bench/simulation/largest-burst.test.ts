import { describe, expect, it } from 'vitest';
import { DEFAULT_FLEET, simulateFleet } from '../../../bench/simulation/fleet.ts';
import { isBearable, largestBurst } from '../../../bench/simulation/largest-burst.ts';

const SMALL_ACCOUNT = { ...DEFAULT_FLEET, lambda: { concurrency: 40, reserved: undefined } };

describe('isBearable', () => {
  const quiet = simulateFleet({ ...DEFAULT_FLEET, secrets: 20 });

  it('bears a fleet whose rotations all succeed at once', () => {
    expect(isBearable(quiet)).toBe(true);
  });

  it.each([
    ['an attempt failed', { failedAttempts: { RotationFailed: 1 } }],
    ['a notification was lost', { lostNotifications: 1 }],
  ])('does not when %s', (_what, changes) => {
    expect(isBearable({ ...quiet, ...changes })).toBe(false);
  });
});

describe('largestBurst', () => {
  it('finds a fleet that is borne, next to one that is not', () => {
    const secrets = largestBurst(SMALL_ACCOUNT);
    const bears = (more: number): boolean =>
      isBearable(simulateFleet({ ...SMALL_ACCOUNT, moments: 'together', secrets: secrets + more }));

    // Each rotation runs two functions at a time, and tells of its end by a third.
    expect(secrets).toBeGreaterThanOrEqual(10);
    expect(secrets).toBeLessThanOrEqual(40);
    expect(bears(0)).toBe(true);
    expect(bears(2)).toBe(false);
  });
});

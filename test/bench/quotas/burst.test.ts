import { describe, expect, it } from 'vitest';
import { simulateBurst } from '../../../bench/quotas/burst.ts';
import { FUNCTIONS } from '../../../infra/function-list.ts';

describe('simulateBurst', () => {
  it.each(['eu-central-1', 'us-east-1'])('allows 300 rotations to start together in %s', region => {
    expect(simulateBurst(300, region)).toMatchObject({ rotations: 300, failed: 0 });
  });

  it('takes at least as long as the write quota requires', () => {
    // 1,000 writes: 50 are allowed at once, and 50 in each second.
    expect(simulateBurst(500, 'eu-central-1').maxMs).toBeGreaterThan(19_000);
  });

  it('counts rotations as failed when their writes do not fit into the time of the rotation function', () => {
    const { timeoutSeconds } = FUNCTIONS.rotation;
    const rotations = 27 * timeoutSeconds;

    const { failed, maxMs } = simulateBurst(rotations, 'eu-central-1');

    // Two writes per rotation, 50 writes per second.
    expect(failed).toBeGreaterThan(rotations - 25 * timeoutSeconds);
    expect(maxMs).toBeLessThan(timeoutSeconds * 1_000);
  });

  it('gives the same figures for the same seed', () => {
    expect(simulateBurst(100, 'eu-central-1', 7)).toEqual(simulateBurst(100, 'eu-central-1', 7));
  });
});

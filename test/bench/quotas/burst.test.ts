import { describe, expect, it } from 'vitest';
import { simulateBurst } from '../../../bench/quotas/burst.ts';

describe('simulateBurst', () => {
  it.each(['eu-central-1', 'us-east-1'])('lets 300 rotations start together in %s', region => {
    expect(simulateBurst(300, region)).toMatchObject({ rotations: 300, failed: 0 });
  });

  it('takes at least as long as the quota of writes needs', () => {
    // 1,000 writes, of which 50 are allowed at once and 50 in each second.
    expect(simulateBurst(500, 'eu-central-1').maxMs).toBeGreaterThan(19_000);
  });

  it('fails rotations whose writes do not fit into the time of the rotation function', () => {
    const { failed, maxMs } = simulateBurst(1_600, 'eu-central-1');

    // 3,200 writes take 63 s, and the rotation function ends after 60 s.
    expect(failed).toBeGreaterThan(100);
    expect(maxMs).toBeLessThan(60_000);
  });

  it('gives the same figures for the same seed', () => {
    expect(simulateBurst(100, 'eu-central-1', 7)).toEqual(simulateBurst(100, 'eu-central-1', 7));
  });
});

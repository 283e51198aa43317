import { describe, expect, inject, it } from 'vitest';
import { countUsage } from '../../../bench/cost/usage.ts';

describe('countUsage', () => {
  it('counts one rotation from the first call to the last, and the resources of the template', async () => {
    const { rotation, journal, deployment } = await countUsage(inject('assemblyDirectory'));

    expect(rotation.transitions).toBe(7);
    expect(rotation.invocations).toEqual({
      rotation: 4,
      fetch: 1,
      refresh: 1,
      'store-pending': 1,
      verify: 1,
      promote: 1,
      notify: 1,
    });
    expect(rotation.keyCalls).toBe(4);
    // The mark, the pending version and the claim, and a transaction with two token items and a lineage item of more than 1 KB.
    expect(rotation).toMatchObject({ tableReads: 6, tableWrites: 1 + 1 + 1 + 2 * (1 + 1 + 2) });
    expect(journal.tokenBytes).toBeLessThan(1_024);
    expect(journal.lineageBytes).toBeGreaterThan(1_024);
    expect(deployment).toEqual({ keys: 2, alarmMetrics: 10, dashboards: 1, memoryMb: 512 });
  });
});

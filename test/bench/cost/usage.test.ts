import { describe, expect, inject, it } from 'vitest';
import { countUsage } from '../../../bench/cost/usage.ts';

describe('countUsage', () => {
  it('counts one rotation from the first call to the last, and what the template holds', async () => {
    const { rotation, deployment } = await countUsage(inject('assemblyDirectory'));

    expect(rotation.transitions).toBe(7);
    expect(rotation.invocations).toEqual({
      rotation: 4,
      fetch: 1,
      refresh: 1,
      'store-pending': 1,
      verify: 1,
      promote: 1,
      notify: 2,
    });
    expect(rotation.keyCalls).toBe(4);
    expect(deployment).toEqual({ keys: 2, alarmMetrics: 9, dashboards: 1, memoryMb: 512 });
  });
});

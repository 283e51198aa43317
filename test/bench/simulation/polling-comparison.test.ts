import { describe, expect, it } from 'vitest';
import { comparePolling } from '../../../bench/simulation/polling-comparison.ts';
import { POLLING } from '../../../functions/rotation/polling.ts';

/** Differences that mean nothing: what chance makes of them from one seed to another. */
const LOOKS = 0.02;
const SECONDS = 0.2;

describe('the polling schedule of the rotation function', () => {
  const [deployed, ...others] = [...comparePolling()].reverse();

  it('is the last of those that are compared', () => {
    expect(deployed?.polling).toEqual(POLLING);
    expect(others).toHaveLength(6);
  });

  it('fails no attempt when the quota does not feed all looks', () => {
    expect(deployed?.overloadedFailures).toBe(0);
  });

  it.each(others.map(other => ({ ...other, title: JSON.stringify(other.polling) })))(
    'is better than $title in something that matters',
    other => {
      if (deployed === undefined) throw new Error('Nothing was compared.');
      const isBetter = {
        warmLooks: deployed.warmLooks < other.warmLooks - LOOKS,
        warmWait: deployed.warmWaitedSeconds < other.warmWaitedSeconds - SECONDS,
        outage: deployed.looksInOutage < other.looksInOutage,
        overload: deployed.overloadedFailures < other.overloadedFailures,
      };

      expect(Object.values(isBetter)).toContain(true);
    },
  );
});

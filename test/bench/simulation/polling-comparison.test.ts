import { describe, expect, it } from 'vitest';
import { comparePolling } from '../../../bench/simulation/polling-comparison.ts';
import { POLLING } from '../../../functions/rotation/polling.ts';

/** Smaller differences are random: they change with the seed. */
const POLLS = 0.02;
const SECONDS = 0.2;
/** The share of attempts that may fail. */
const FEW = 0.001;

describe('the polling schedule of the rotation function', () => {
  const [deployed, ...others] = [...comparePolling()].reverse();

  it('is the last one of the comparison', () => {
    expect(deployed?.polling).toEqual(POLLING);
    expect(others).toHaveLength(6);
  });

  it('fails hardly any attempt when the quota does not allow all polls', () => {
    expect(deployed?.overloadedFailures).toBeLessThan(FEW);
  });

  it.each(others.map(other => ({ ...other, title: JSON.stringify(other.polling) })))(
    'is better than $title in one respect at least',
    other => {
      if (deployed === undefined) throw new Error('Nothing was compared.');
      const isBetter = {
        warmPolls: deployed.warmPolls < other.warmPolls - POLLS,
        warmWait: deployed.warmWaitedSeconds < other.warmWaitedSeconds - SECONDS,
        outage: deployed.pollsInOutage < other.pollsInOutage,
        overload: deployed.overloadedFailures < other.overloadedFailures - FEW,
      };

      expect(Object.values(isBetter)).toContain(true);
    },
  );
});

import type { FleetFigures } from './figures.ts';
import { DEFAULT_FLEET, simulateFleet } from './fleet.ts';
import { largestBurst } from './largest-burst.ts';
import { comparePolling, type PollingFigures } from './polling.ts';
import { type QuotaUse, quotaUse } from './quota-use.ts';

/** A region of each class of quotas. */
const REGIONS = ['eu-central-1', 'us-east-1'] as const;

/** Sizes of fleets whose rotations all begin at once. */
const BURSTS = [50, 100, 300, 1_000];

/** The figures of the page. */
export interface FleetReport {
  readonly tenThousand: FleetFigures;
  readonly quotas: readonly (readonly [region: string, uses: readonly QuotaUse[]])[];
  readonly bursts: readonly FleetFigures[];
  readonly largestBurst: number;
  readonly polling: readonly PollingFigures[];
}

/** Runs every simulation of the page. */
export function measureFleet(): FleetReport {
  const tenThousand = simulateFleet(DEFAULT_FLEET);
  return {
    tenThousand,
    quotas: REGIONS.map(region => [region, quotaUse(tenThousand, region)]),
    bursts: BURSTS.map(secrets => simulateFleet({ ...DEFAULT_FLEET, secrets, moments: 'together' })),
    largestBurst: largestBurst(DEFAULT_FLEET),
    polling: comparePolling(),
  };
}

import { requestQuota } from '../../sandbox/step-functions/request-quotas.ts';
import { type FleetFigures, sum } from './figures.ts';
import { type FleetOptions, simulateFleet } from './fleet.ts';

/** The longest p99 of a rotation, in ms: beyond it, rotations mostly wait for quotas. */
const LONGEST_P99_MS = 15_000;

/** A rate that is kept up for this long, in ms, counts as kept up for hours: an overload shows earlier. */
const SLICE_MS = 300_000;

/** The search ends when the two sides differ by less than this share. */
const PRECISION = 0.03;

/** More rotations at once than any account takes: each writes a secret twice, and the quota is 50 a second. */
const MOST_ROTATIONS_AT_ONCE = 400;

/** Whether every rotation succeeded at the first attempt and in time, and no notification was lost. */
export function isBearable(figures: FleetFigures): boolean {
  return (
    sum(figures.failedAttempts) === 0 &&
    figures.lostNotifications === 0 &&
    figures.rotation.p99Ms <= LONGEST_P99_MS
  );
}

/**
 * The most rotations a second that can be kept up when the bursts of the quotas are used up. Multiplied by the length of
 * a window, it is the largest fleet.
 */
export function largestRate(options: FleetOptions): number {
  // Every rotation polls once at least.
  const most = requestQuota('DescribeExecution', options.region).refillPerSecond;
  return largest(most, perSecond =>
    isBearable(
      simulateFleet({
        ...options,
        moments: 'uniform',
        windowMs: SLICE_MS,
        secrets: Math.round((perSecond * SLICE_MS) / 1000),
        drained: ['DescribeExecution'],
      }),
    ),
  );
}

/** The largest fleet whose rotations may all begin at the same moment. */
export function largestBurst(options: FleetOptions): number {
  return Math.floor(
    largest(MOST_ROTATIONS_AT_ONCE, secrets =>
      isBearable(simulateFleet({ ...options, moments: 'together', secrets: Math.floor(secrets) })),
    ),
  );
}

/** Finds the largest number up to `most` for which `holds`, by bisection. */
function largest(most: number, holds: (number: number) => boolean): number {
  let [good, bad] = [0, most];
  while (bad - good > PRECISION * bad) {
    const middle = (good + bad) / 2;
    if (middle < 1) break;
    if (holds(middle)) good = middle;
    else bad = middle;
  }
  return good;
}

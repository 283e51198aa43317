import { requestQuota } from '../../sandbox/step-functions/request-quotas.ts';
import { type FleetFigures, sum } from './figures.ts';
import { type FleetOptions, simulateFleet } from './fleet.ts';

/** A fleet that takes longer than this in one case of a hundred waits for its quotas most of the time, in ms. */
const LONGEST_P99_MS = 15_000;

/** A rate that is kept up for so long is taken to be kept up for hours, in ms; what it overloads shows by then. */
const SLICE_MS = 300_000;

/** The search ends when the two sides differ by less than this share. */
const PRECISION = 0.03;

/** More rotations at once than any account takes: they ask for the versions of 50 secrets a second. */
const MOST_ROTATIONS_AT_ONCE = 400;

/** Whether every rotation succeeded at the first attempt and in good time, and everybody was told. */
export function isBearable(figures: FleetFigures): boolean {
  return (
    sum(figures.failedAttempts) === 0 &&
    figures.lostNotifications === 0 &&
    figures.rotation.p99Ms <= LONGEST_P99_MS
  );
}

/**
 * The most rotations a second that can be kept up, when the bursts that quotas allow are used up: times the length of
 * a window it is the largest fleet.
 */
export function largestRate(options: FleetOptions): number {
  // Every rotation takes one look at least.
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

/** The largest fleet of which every rotation may begin at the same moment. */
export function largestBurst(options: FleetOptions): number {
  return Math.floor(
    largest(MOST_ROTATIONS_AT_ONCE, secrets =>
      isBearable(simulateFleet({ ...options, moments: 'together', secrets: Math.floor(secrets) })),
    ),
  );
}

/** The largest number up to `most` that holds, by bisection; one that holds is never above one that does not. */
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

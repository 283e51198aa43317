import { type FleetFigures, sum } from './figures.ts';
import { type FleetOptions, simulateFleet } from './fleet.ts';

/** The search ends when the two sides differ by less than this share. */
const PRECISION = 0.03;

/** More rotations at once than any account takes: each writes a secret twice, and the quota is 50 a second. */
const MOST_ROTATIONS_AT_ONCE = 1_000;

/** Whether every rotation succeeded at the first attempt, and no notification was lost. */
export function isBearable(figures: FleetFigures): boolean {
  return sum(figures.failedAttempts) === 0 && figures.lostNotifications === 0;
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

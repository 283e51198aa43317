import type { FleetFigures } from './figures.ts';
import { waitingDollars } from './waiting-cost.ts';

const HOURS_A_MONTH = 730;

/** The result of a run, as text. */
export function summary(figures: FleetFigures, intervalHours: number, longestGapHours: number): string {
  const { rotation, execution } = figures;
  const rotations = (HOURS_A_MONTH / intervalHours) * figures.secrets;
  const dollars = waitingDollars(rotations * figures.waitedSecondsPerRotation);
  return [
    `rotated: ${figures.rotated} of ${figures.secrets}; left for the next window: ${figures.unfinished}`,
    `a rotation: p50 ${rotation.p50Ms} ms, p95 ${rotation.p95Ms} ms, p99 ${rotation.p99Ms} ms, at most ${rotation.maxMs} ms`,
    `an execution without a redrive: p50 ${execution.p50Ms} ms, p95 ${execution.p95Ms} ms, p99 ${execution.p99Ms} ms`,
    `failed attempts: ${listed(figures.failedAttempts)}`,
    `failed executions: ${listed(figures.failedExecutions)}`,
    `refused requests: ${listed(figures.refused)}`,
    `lost notifications: ${figures.lostNotifications}`,
    `functions at a time, at most: ${figures.peakConcurrency}; cold starts: ${listed(figures.coldStarts)}`,
    `looks at the labels: ${figures.pollsPerRotation.toFixed(2)} per rotation; waiting: ${figures.waitedSecondsPerRotation.toFixed(2)} s, $${dollars.toFixed(2)} per month`,
    `longest time between two rotations of a credential: ${longestGapHours} h`,
  ].join('\n');
}

function listed(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}

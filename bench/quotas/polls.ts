import { type PollingSchedule, waitBeforePollMs } from '../../functions/rotation/polling.ts';
import { LATENCIES } from '../latencies.ts';

/** The cost of detecting that AWSCURRENT has moved. */
export interface PollingCost {
  readonly polls: number;
  /** From the move until the response to the poll that finds it, in ms. */
  readonly detectedAfterMs: number;
}

/** The mean of the jitter. */
const MIDDLE = (): number => 0.5;

/**
 * Adds up the polls of a schedule, each with the median latency and without jitter.
 *
 * @param movedAtMs when AWSCURRENT moves, from the first wait
 */
export function pollingCost(schedule: PollingSchedule, movedAtMs: number): PollingCost {
  let nowMs = 0;
  for (let polls = 0; ; ) {
    nowMs += waitBeforePollMs(polls, schedule, MIDDLE);
    polls += 1;
    const hasMoved = nowMs >= movedAtMs;
    nowMs += LATENCIES.secretRead.p50Ms;
    if (hasMoved) return { polls, detectedAfterMs: nowMs - movedAtMs };
  }
}

/** The mean over times at which AWSCURRENT moves, in ms from the first wait. */
export function meanCost(schedule: PollingSchedule, fromMs: number, toMs: number): PollingCost {
  const costs: PollingCost[] = [];
  for (let movedAtMs = fromMs; movedAtMs < toMs; movedAtMs++) costs.push(pollingCost(schedule, movedAtMs));
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    polls: mean(costs.map(({ polls }) => polls)),
    detectedAfterMs: mean(costs.map(({ detectedAfterMs }) => detectedAfterMs)),
  };
}

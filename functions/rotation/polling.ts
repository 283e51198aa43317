/** When a running execution is polled. */
export interface PollingSchedule {
  readonly firstLookMs: number;
  /** How many times longer each wait is than the one before it. */
  readonly growth: number;
  readonly longestWaitMs: number;
}

/**
 * Polls are rare, because a fleet shares 10 to 15 DescribeExecution calls a second. The figures follow from a simulation
 * (docs/fleet.md, "Polling"): a first poll when 95 of 100 warm executions have closed, then short waits, because backing
 * off saves nothing.
 *
 * @see AWS Step Functions Developer Guide, "Quotas"
 */
export const POLLING: PollingSchedule = { firstLookMs: 2_000, growth: 1.2, longestWaitMs: 4_000 };

/** The wait before the look number `look` (from 0), in ms; spread a little, so that a fleet does not look at once. */
export function waitBeforeLookMs(look: number, random: () => number, schedule = POLLING): number {
  const waitMs = Math.min(schedule.firstLookMs * schedule.growth ** look, schedule.longestWaitMs);
  return waitMs * (0.9 + 0.2 * random());
}

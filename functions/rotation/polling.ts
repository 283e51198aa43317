/** When an execution is looked at that runs. */
export interface PollingSchedule {
  readonly firstLookMs: number;
  /** How many times longer each wait is than the one before it. */
  readonly growth: number;
  readonly longestWaitMs: number;
}

/**
 * The first look comes when a warm rotation is usually done. Looks are rare, because a fleet of secrets shares a quota
 * of 10 to 15 DescribeExecution calls a second.
 *
 * @see AWS Step Functions Developer Guide, "Quotas"
 */
export const POLLING: PollingSchedule = { firstLookMs: 1_500, growth: 1.5, longestWaitMs: 8_000 };

/** The wait before the look number `look` (from 0), in ms; spread a little, so that a fleet does not look at once. */
export function waitBeforeLookMs(look: number, random: () => number, schedule = POLLING): number {
  const waitMs = Math.min(schedule.firstLookMs * schedule.growth ** look, schedule.longestWaitMs);
  return waitMs * (0.9 + 0.2 * random());
}

/** A polling schedule. */
export interface PollingSchedule {
  /** The wait before the first poll. */
  readonly firstMs: number;
  /** The wait before the second one. */
  readonly intervalMs: number;
  /** Each later wait is this many times as long as the previous one. */
  readonly growth: number;
  readonly maxMs: number;
}

/**
 * Polls DescribeSecret for success; an account may make 10,000 calls per second. The first poll comes shortly before a
 * warm rotation moves AWSCURRENT (docs/performance.md), because each call is billed. docs/fleet.md has the cost of
 * polling, also with other intervals.
 *
 * @see AWS Secrets Manager User Guide, "AWS Secrets Manager quotas"
 */
export const LABEL_POLLING: PollingSchedule = { firstMs: 800, intervalMs: 100, growth: 1.1, maxMs: 2_000 };

/**
 * Polls DescribeExecution for failure; an account may make 10 to 15 calls per second. A successful rotation finishes
 * before the first poll, even with cold starts.
 *
 * @see AWS Step Functions Developer Guide, "Quotas"
 */
export const FAILURE_POLLING: PollingSchedule = {
  firstMs: 10_000,
  intervalMs: 8_000,
  growth: 1,
  maxMs: 8_000,
};

/** Polls DescribeExecution for the end of an execution that moves no label. */
export const EXECUTION_POLLING: PollingSchedule = {
  firstMs: 1_000,
  intervalMs: 1_000,
  growth: 1.5,
  maxMs: 8_000,
};

/** The wait before poll number `poll` (from 0), in ms, with jitter so that a fleet does not poll simultaneously. */
export function waitBeforePollMs(poll: number, schedule: PollingSchedule, random: () => number): number {
  const { firstMs, intervalMs, growth, maxMs } = schedule;
  const waitMs = poll === 0 ? firstMs : Math.min(intervalMs * growth ** (poll - 1), maxMs);
  return waitMs * (0.9 + 0.2 * random());
}

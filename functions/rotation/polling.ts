/** When to poll, in ms. */
export interface PollingSchedule {
  /** The wait before the first poll. */
  readonly firstMs: number;
  /** The wait before the second one. */
  readonly intervalMs: number;
  /** How many times longer each later wait is than the one before it. */
  readonly growth: number;
  readonly maxMs: number;
}

/**
 * How a success is seen: by DescribeSecret, of which an account may make 10,000 calls a second. The first poll comes
 * shortly before a warm rotation has moved AWSCURRENT (docs/performance.md), because each call is billed. docs/fleet.md
 * has the cost of the polls, also with other intervals.
 *
 * @see AWS Secrets Manager User Guide, "AWS Secrets Manager quotas"
 */
export const LABEL_POLLING: PollingSchedule = { firstMs: 800, intervalMs: 100, growth: 1.1, maxMs: 2_000 };

/**
 * How a failure is seen: by DescribeExecution, of which an account may make 10 to 15 calls a second. A rotation that
 * succeeds is done before the first poll, also when its functions start cold.
 *
 * @see AWS Step Functions Developer Guide, "Quotas"
 */
export const FAILURE_POLLING: PollingSchedule = {
  firstMs: 10_000,
  intervalMs: 8_000,
  growth: 1,
  maxMs: 8_000,
};

/** How the end of an execution is seen that moves no label. */
export const EXECUTION_POLLING: PollingSchedule = {
  firstMs: 1_000,
  intervalMs: 1_000,
  growth: 1.5,
  maxMs: 8_000,
};

/** The wait before the poll number `poll` (from 0), in ms, with jitter: a fleet must not poll at the same moment. */
export function waitBeforePollMs(poll: number, schedule: PollingSchedule, random: () => number): number {
  const { firstMs, intervalMs, growth, maxMs } = schedule;
  const waitMs = poll === 0 ? firstMs : Math.min(intervalMs * growth ** (poll - 1), maxMs);
  return waitMs * (0.9 + 0.2 * random());
}

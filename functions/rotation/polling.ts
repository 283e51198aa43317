/**
 * When the first look at an execution is worth it, in ms: a warm rotation is usually done by then. Looks are rare,
 * because a fleet of secrets shares a quota of 10 to 15 DescribeExecution calls a second.
 *
 * @see AWS Step Functions Developer Guide, "Quotas"
 */
const FIRST_LOOK_MS = 1_500;

/** How much longer each wait is than the one before it, and the longest. */
const GROWTH = 1.5;
const LONGEST_WAIT_MS = 8_000;

/** The wait before the look number `look` (from 0), in ms; spread a little, so that a fleet does not look at once. */
export function waitBeforeLookMs(look: number, random: () => number): number {
  const waitMs = Math.min(FIRST_LOOK_MS * GROWTH ** look, LONGEST_WAIT_MS);
  return waitMs * (0.9 + 0.2 * random());
}

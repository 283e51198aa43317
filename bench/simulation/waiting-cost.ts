import { PRICES } from '../cost/prices.ts';

/** The default memory of a function, in GB. */
const FUNCTION_GB = 0.5;

/** The price of a rotation function that waits this long, in dollars. */
export function waitingDollars(seconds: number): number {
  return seconds * FUNCTION_GB * PRICES.lambdaGbSecond.dollars;
}

import { PRICES } from '../cost/prices.ts';

/** What a function holds by default, in GB. */
const FUNCTION_GB = 0.5;

/** What Lambda bills, in dollars, for a rotation function that waits so long. */
export function waitingDollars(seconds: number): number {
  return seconds * FUNCTION_GB * PRICES.lambdaGbSecond.dollars;
}

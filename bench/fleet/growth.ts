import { median } from '../median.ts';

/**
 * The exponent of the growth from one measurement to another: 1 is linear, 2 quadratic. Subtract the amount at size 0
 * from both amounts before.
 */
export function growthExponent(
  one: { readonly size: number; readonly amount: number },
  other: { readonly size: number; readonly amount: number },
): number {
  return Math.log(other.amount / one.amount) / Math.log(other.size / one.size);
}

/**
 * How many times longer the second half of many tasks took than the first: 1 when all take the same time.
 *
 * @param doneAfterMs when each was done, since all began
 */
export function secondHalfTimes(doneAfterMs: readonly number[]): number {
  const firstHalfMs = median(doneAfterMs);
  return (Math.max(...doneAfterMs) - firstHalfMs) / firstHalfMs;
}

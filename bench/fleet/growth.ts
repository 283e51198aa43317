import { median } from '../median.ts';

/**
 * With which power of the size a quantity grows from one measurement to another: 1 is linear, 2 quadratic. What there
 * is without any size has to be taken off both amounts before.
 */
export function growthExponent(
  one: { readonly size: number; readonly amount: number },
  other: { readonly size: number; readonly amount: number },
): number {
  return Math.log(other.amount / one.amount) / Math.log(other.size / one.size);
}

/**
 * How often longer the second half of many things took to be done than the first: 1 when each takes as long as any
 * other.
 *
 * @param doneAfterMs when each was done, after they all began
 */
export function secondHalfTimes(doneAfterMs: readonly number[]): number {
  const firstHalfMs = median(doneAfterMs);
  return (Math.max(...doneAfterMs) - firstHalfMs) / firstHalfMs;
}

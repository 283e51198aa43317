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

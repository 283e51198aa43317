import * as v from 'valibot';

/** The error for a value that AWS accepts. */
export const VALUE_NOT_EMULATED = 'Member has a value that the sandbox does not emulate';

/**
 * An enumeration of AWS. Accepts the emulated values, rejects AWS's other values as not emulated, and everything else
 * as invalid.
 */
export function enumeration<const Emulated extends string>(
  emulated: readonly Emulated[],
  notEmulated: readonly string[],
) {
  const isEmulated = (value: string): value is Emulated => emulated.some(each => each === value);
  return v.pipe(v.picklist([...emulated, ...notEmulated]), v.guard(isEmulated, VALUE_NOT_EMULATED));
}

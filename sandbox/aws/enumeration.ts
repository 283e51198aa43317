import * as v from 'valibot';

/** The error for a value that AWS accepts but the sandbox does not emulate. */
export const VALUE_NOT_EMULATED = 'Member has a value that the sandbox does not emulate';

/**
 * Validates an AWS enumeration: accepts the emulated values, and rejects AWS's other values as not emulated and
 * everything else as invalid.
 */
export function enumeration<const Emulated extends string>(
  emulated: readonly Emulated[],
  notEmulated: readonly string[],
) {
  const isEmulated = (value: string): value is Emulated => emulated.some(each => each === value);
  return v.pipe(v.picklist([...emulated, ...notEmulated]), v.guard(isEmulated, VALUE_NOT_EMULATED));
}

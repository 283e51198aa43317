import * as v from 'valibot';

/** The refusal of a value that AWS knows. */
export const VALUE_NOT_EMULATED = 'Member has a value that the sandbox does not emulate';

/**
 * An enumeration of AWS: takes the values that are emulated, refuses the others that AWS has as not emulated, and
 * everything else as invalid.
 */
export function enumeration<const Emulated extends string>(
  emulated: readonly Emulated[],
  notEmulated: readonly string[],
) {
  const isEmulated = (value: string): value is Emulated => emulated.some(each => each === value);
  return v.pipe(v.picklist([...emulated, ...notEmulated]), v.guard(isEmulated, VALUE_NOT_EMULATED));
}

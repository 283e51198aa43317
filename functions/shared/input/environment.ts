/**
 * Reads an environment variable that the function cannot do without.
 *
 * @throws Error names the variable; thrown while the function loads, so a wrong deployment shows at once
 */
export function requiredVariable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`The environment variable ${name} is missing.`);
  return value;
}

/** Reads an environment variable that tells a number above zero; undefined when it is missing or is none. */
export function optionalNumber(name: string): number | undefined {
  const value = Number(process.env[name]);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

/**
 * Reads an environment variable that must tell a number above zero.
 *
 * @throws Error names the variable
 */
export function requiredNumber(name: string): number {
  const value = optionalNumber(name);
  if (value === undefined)
    throw new Error(`The environment variable ${name} is missing, or no number above zero.`);
  return value;
}

/** Whether a variable that switches something on is `true`. */
export function isSet(name: string): boolean {
  return process.env[name] === 'true';
}

/** Reads an environment variable; undefined when it is missing or empty. */
export function optionalVariable(name: string): string | undefined {
  return process.env[name] || undefined;
}

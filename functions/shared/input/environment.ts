/**
 * Reads a required environment variable.
 *
 * @throws Error names the variable; thrown while the function loads, so a wrong deployment fails immediately
 */
export function requiredVariable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`The environment variable ${name} is missing.`);
  return value;
}

/** Reads an environment variable as a positive number; undefined when it is missing or not a positive number. */
export function optionalNumber(name: string): number | undefined {
  const value = Number(process.env[name]);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

/**
 * Reads a required environment variable as a positive number.
 *
 * @throws Error names the variable
 */
export function requiredNumber(name: string): number {
  const value = optionalNumber(name);
  if (value === undefined)
    throw new Error(`The environment variable ${name} is missing or not a positive number.`);
  return value;
}

/** Whether an environment variable is `true`. */
export function isSet(name: string): boolean {
  return process.env[name] === 'true';
}

/** Reads an environment variable; undefined when it is missing or empty. */
export function optionalVariable(name: string): string | undefined {
  return process.env[name] || undefined;
}

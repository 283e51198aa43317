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

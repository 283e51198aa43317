/**
 * What stands in place of code that a function never runs. When a library begins to run it, nobody has to guess what
 * is missing.
 *
 * @param what the thing that is not there
 * @throws Error always
 */
export function leftOut(what: string): never {
  throw new Error(
    `${what} was called, but is left out of the bundles of the functions. Take it off the list in infra/replaced-modules.ts, and deploy again.`,
  );
}

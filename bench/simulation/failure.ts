/** A call, a function or an execution that failed; its name is what retriers match. */
class Failure extends Error {
  override readonly name: string;

  constructor(name: string) {
    super(name);
    this.name = name;
  }
}

const failures = new Map<string, Failure>();

/** The failure of that name: one object for all, because each new one would take down where it was made. */
export function failure(name: string): Failure {
  let found = failures.get(name);
  if (found === undefined) {
    found = new Failure(name);
    failures.set(name, found);
  }
  return found;
}

/** The name of the failure that was thrown; anything else is a mistake in the simulation, and goes on up. */
export function failureName(error: unknown): string {
  if (error instanceof Failure) return error.name;
  throw error;
}

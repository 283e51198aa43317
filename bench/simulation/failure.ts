/** The failure of a call, a function or an execution; retriers match its name. */
class Failure extends Error {
  override readonly name: string;

  constructor(name: string) {
    super(name);
    this.name = name;
  }
}

const failures = new Map<string, Failure>();

/** The failure of that name: one object for all, because each new one would record a stack trace. */
export function failure(name: string): Failure {
  let found = failures.get(name);
  if (found === undefined) {
    found = new Failure(name);
    failures.set(name, found);
  }
  return found;
}

/** The name of a thrown failure; anything else is a bug in the simulation, and is thrown again. */
export function failureName(error: unknown): string {
  if (error instanceof Failure) return error.name;
  throw error;
}

/** A call, a function or an execution that failed; its name is what retriers match. */
export class Failure extends Error {
  override readonly name: string;

  constructor(name: string) {
    super(name);
    this.name = name;
  }
}

/** The failure that was thrown; anything else is a mistake in the simulation, and goes on up. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  throw error;
}

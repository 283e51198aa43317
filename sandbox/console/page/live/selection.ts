/** What the user has chosen to look at; what is left out follows what happens. */
export interface Selection {
  /** The name of an execution; the newest one if left out. */
  readonly execution?: string;
  /** The name of a state; the one that was entered last if left out. */
  readonly state?: string;
}

/** Reads a selection from the part of an address behind the `#`. */
export function readSelection(hash: string): Selection {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  const execution = parameters.get('execution') ?? '';
  const state = parameters.get('state') ?? '';
  return { ...(execution !== '' && { execution }), ...(state !== '' && { state }) };
}

/** Writes a selection so that {@link readSelection} reads it again, with the `#`. */
export function formatSelection({ execution, state }: Selection): string {
  const parameters = new URLSearchParams({
    ...(execution !== undefined && { execution }),
    ...(state !== undefined && { state }),
  });
  return `#${parameters}`;
}

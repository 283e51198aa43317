/** What the user has chosen to look at; what is left out follows what happens. */
export interface Selection {
  /** The name of an execution; the newest one if left out. */
  readonly execution?: string;
  /** The name of a state; the one that was entered last if left out. */
  readonly state?: string;
  /** The name of a secret; that of the execution if left out. */
  readonly secret?: string;
}

const KEYS = ['execution', 'state', 'secret'] as const;

/** Reads a selection from the part of an address behind the `#`. */
export function readSelection(hash: string): Selection {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  return Object.fromEntries(
    KEYS.flatMap(key => {
      const value = parameters.get(key) ?? '';
      return value === '' ? [] : [[key, value]];
    }),
  );
}

/** Writes a selection so that {@link readSelection} reads it again, with the `#`. */
export function formatSelection(selection: Selection): string {
  const parameters = new URLSearchParams();
  for (const key of KEYS) {
    const value = selection[key];
    if (value !== undefined) parameters.set(key, value);
  }
  return `#${parameters}`;
}

/** A selection with some of it chosen anew; undefined follows again. */
export function withChoice(
  selection: Selection,
  choice: { readonly [Key in keyof Selection]: Selection[Key] | undefined },
): Selection {
  const merged = { ...selection, ...choice };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
}

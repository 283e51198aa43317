/** What the user has selected. A missing member follows the rotation. */
export interface Selection {
  /** The name of an execution (default: the newest one, of the selected secret if there is one). */
  readonly execution?: string;
  /** The name of a state (default: the one entered last). */
  readonly state?: string;
  /** The name of a secret (default: the execution's). */
  readonly secret?: string;
}

const KEYS = ['execution', 'state', 'secret'] as const;

/** Reads a selection from the fragment of a URL. */
export function readSelection(hash: string): Selection {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  return Object.fromEntries(
    KEYS.flatMap(key => {
      const value = parameters.get(key) ?? '';
      return value === '' ? [] : [[key, value]];
    }),
  );
}

/** Formats a selection for {@link readSelection}, with the `#`. */
export function formatSelection(selection: Selection): string {
  const parameters = new URLSearchParams();
  for (const key of KEYS) {
    const value = selection[key];
    if (value !== undefined) parameters.set(key, value);
  }
  return `#${parameters}`;
}

/** Changes some members of a selection; undefined removes one. */
export function updateSelection(
  selection: Selection,
  changes: { readonly [Key in keyof Selection]: Selection[Key] | undefined },
): Selection {
  const merged = { ...selection, ...changes };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
}

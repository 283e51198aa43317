/** The parameters of a query or form that OAuth allows: each given once and not empty. */
export interface OAuthParameters {
  readonly values: Readonly<Record<string, string | undefined>>;
  /** Names that were given more than once; RFC 6749 §3.1 and §3.2 forbid that. */
  readonly repeated: readonly string[];
}

/** Reads a query or form; a parameter without a value counts as left out (RFC 6749 §3.1 and §3.2). */
export function readParameters(parameters: URLSearchParams): OAuthParameters {
  const names = [...new Set(parameters.keys())];
  return {
    values: Object.fromEntries([...parameters].filter(([, value]) => value !== '')),
    repeated: names.filter(name => parameters.getAll(name).length > 1),
  };
}

/** What a function is deployed with, beyond what all functions share. */
export interface FunctionSettings {
  /** Its construct's id; the same word as its state and its folder. */
  readonly constructId: string;
  /**
   * Lambda stops the function after this long. Longer than every limit inside the function, shorter than the
   * `TimeoutSeconds` of the Tasks that run it: Step Functions does not stop a running function, and an orphaned
   * `refresh` could still spend the token.
   */
  readonly timeoutSeconds: number;
}

/** Every function, by the name of its folder under `functions/`. What is not here is not deployed. */
export const FUNCTIONS = {
  rotation: { constructId: 'Rotation', timeoutSeconds: 60 },
  fetch: { constructId: 'Fetch', timeoutSeconds: 2 },
  refresh: { constructId: 'Refresh', timeoutSeconds: 7 },
  'store-pending': { constructId: 'StorePending', timeoutSeconds: 2 },
  verify: { constructId: 'Verify', timeoutSeconds: 3 },
  promote: { constructId: 'Promote', timeoutSeconds: 2 },
} as const satisfies Record<string, FunctionSettings>;

/** The name of a function: its folder, and the end of its name in Lambda. */
export type FunctionName = keyof typeof FUNCTIONS;

/** The names of all functions, in the order in which a rotation needs them. */
export const FUNCTION_NAMES = Object.keys(FUNCTIONS) as readonly FunctionName[];

/**
 * What every name of a deployment may begin with. Lambda allows 64 characters, of which the longest function takes a
 * hyphen and its own name.
 */
export const NAME_PREFIX = {
  pattern: /^[A-Za-z][A-Za-z0-9-]{0,49}$/,
  longest: 50,
  rule: 'is not a name of 1 to 50 letters, digits and hyphens that begins with a letter',
};

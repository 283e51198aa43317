/** What a function is deployed with, beyond what all functions share. */
interface FunctionEntry {
  /** Its construct's id; of a function of the workflow the same word as its state and its folder. */
  readonly constructId: string;
  /**
   * Lambda stops the function after this long. Longer than every limit inside the function. For a function of the
   * workflow at least 10 s shorter than the `TimeoutSeconds` of its Tasks, which may include the initialisation: Step
   * Functions does not stop a running function, and the result of an orphaned one is lost.
   */
  readonly timeoutSeconds: number;
}

/** The functions that the workflow runs as its Tasks, by the names of their folders under `functions/`. */
export const TASK_FUNCTIONS = {
  fetch: { constructId: 'Fetch', timeoutSeconds: 15 },
  refresh: { constructId: 'Refresh', timeoutSeconds: 30 },
  'store-pending': { constructId: 'StorePending', timeoutSeconds: 15 },
  verify: { constructId: 'Verify', timeoutSeconds: 18 },
  promote: { constructId: 'Promote', timeoutSeconds: 15 },
  /** Deployed only where access tokens are published. */
  publish: { constructId: 'Publish', timeoutSeconds: 15 },
} as const satisfies Record<string, FunctionEntry>;

/** The functions that look after the rotations: they touch no credential, and no rotation waits for them. */
export const OPERATIONS_FUNCTIONS = {
  notify: { constructId: 'Notify', timeoutSeconds: 30 },
  watch: { constructId: 'Watch', timeoutSeconds: 60 },
} as const satisfies Record<string, FunctionEntry>;

/** Every function, by the name of its folder. What is not here is not deployed. */
export const FUNCTIONS = {
  rotation: { constructId: 'Rotation', timeoutSeconds: 60 },
  ...TASK_FUNCTIONS,
  ...OPERATIONS_FUNCTIONS,
} as const satisfies Record<string, FunctionEntry>;

/** The name of a function: its folder, and the end of its name in Lambda. */
export type FunctionName = keyof typeof FUNCTIONS;

/** The name of a function that the workflow runs. */
export type TaskFunctionName = keyof typeof TASK_FUNCTIONS;

/**
 * The names of all functions, those of options included: first those of a rotation, in the order in which it needs
 * them.
 */
export const FUNCTION_NAMES = Object.keys(FUNCTIONS) as readonly FunctionName[];

/** The names of the functions that a deployment has. */
export function deployedFunctionNames({
  publishAccessTokens = false,
}: {
  readonly publishAccessTokens?: boolean | undefined;
}): readonly FunctionName[] {
  return FUNCTION_NAMES.filter(name => publishAccessTokens || name !== 'publish');
}

/** The settings of a function that differ between functions. */
interface FunctionEntry {
  /** Its construct's id; for a function of the workflow, the same word as its state and its folder. */
  readonly constructId: string;
  /**
   * Lambda's timeout. Longer than every limit inside the function. For a function of the workflow, at least 10 s
   * shorter than the `TimeoutSeconds` of its Tasks, which may include the initialisation: Step Functions does not stop a
   * running function, and loses the result of one that outlives its Task.
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

/** The functions that monitor rotations: they read no credential, and no rotation waits for them. */
export const OPERATIONS_FUNCTIONS = {
  notify: { constructId: 'Notify', timeoutSeconds: 30 },
  'overdue-check': { constructId: 'OverdueCheck', timeoutSeconds: 60 },
} as const satisfies Record<string, FunctionEntry>;

/** Every function, by the name of its folder. Only these are deployed. */
export const FUNCTIONS = {
  rotation: { constructId: 'Rotation', timeoutSeconds: 60 },
  ...TASK_FUNCTIONS,
  ...OPERATIONS_FUNCTIONS,
} as const satisfies Record<string, FunctionEntry>;

/** The name of a function: its folder, and the suffix of its name in Lambda. */
export type FunctionName = keyof typeof FUNCTIONS;

/** The name of a function that the workflow runs. */
export type TaskFunctionName = keyof typeof TASK_FUNCTIONS;

/**
 * The names of all functions, including optional ones. Those of a rotation come first, in the order of its steps.
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

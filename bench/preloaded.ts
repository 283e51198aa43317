import type { Sandbox } from '../sandbox/sandbox.ts';

/** Lets every process of the sandbox's functions load a module before the function itself. */
export function preload(
  sandbox: Sandbox,
  module: URL,
  variables: Readonly<Record<string, string>> = {},
): void {
  for (const definition of sandbox.stack.functions) {
    sandbox.lambda.updateFunction({
      ...definition,
      environment: { ...definition.environment, ...variables, NODE_OPTIONS: `--import=${module.href}` },
    });
  }
}

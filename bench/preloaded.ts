import { pathToFileURL } from 'node:url';
import { plainJavaScript } from '../sandbox/plain-javascript.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';

/** Lets every process of the sandbox's functions load a TypeScript module before the function itself. */
export function preload(
  sandbox: Sandbox,
  module: URL,
  variables: Readonly<Record<string, string>> = {},
): void {
  const { href } = pathToFileURL(plainJavaScript(module));
  for (const definition of sandbox.stack.functions) {
    sandbox.lambda.updateFunction({
      ...definition,
      environment: { ...definition.environment, ...variables, NODE_OPTIONS: `--import=${href}` },
    });
  }
}

import { pathToFileURL } from 'node:url';
import { plainJavaScript } from '../sandbox/plain-javascript.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';

/** Preloads a TypeScript module in every process of the sandbox's functions. */
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

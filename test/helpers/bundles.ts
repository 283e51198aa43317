import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { bundleFunctions } from '../../infra/bundle.ts';
import type { FunctionName } from '../../infra/function-list.ts';

/** The exports of a bundle. */
export interface LoadedBundle {
  readonly handler: (event: unknown, context: object) => Promise<unknown>;
}

/** Bundles all functions into a new folder, which is removed after the file's tests. */
export async function makeBundles(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'bundle-test-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  await bundleFunctions(directory);
  return directory;
}

/** Loads a function's bundle again, as Lambda does in a new execution environment. */
export function loadBundle(directory: string, name: FunctionName): LoadedBundle {
  const require = createRequire(import.meta.url);
  const file = join(directory, name, 'index.js');
  delete require.cache[file];
  return require(file);
}

import { fileURLToPath } from 'node:url';
import type { BuildOptions } from 'esbuild';

/** The folder of this project. */
export const PROJECT = fileURLToPath(new URL('..', import.meta.url));

/**
 * How the package is built. CommonJS, because `cdk init` sets up apps and tests that load nothing else, and because a
 * program in it starts in less time: an ES module that imports `node:http` loads all of `fetch` with it.
 */
export const COMMONJS = {
  absWorkingDir: PROJECT,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  define: { 'import.meta.url': '__moduleUrl' },
  banner: { js: "const __moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
} satisfies BuildOptions;

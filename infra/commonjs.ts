import { fileURLToPath } from 'node:url';
import type { BuildOptions } from 'esbuild';

/** The root folder of this project. */
export const PROJECT = fileURLToPath(new URL('..', import.meta.url));

/**
 * esbuild options of the package. CommonJS, because apps and tests from `cdk init` load nothing else, and because it
 * starts faster: an ES module that imports `node:http` also loads all of `fetch`.
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

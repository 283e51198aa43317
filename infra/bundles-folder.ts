import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FUNCTION_NAMES, type FunctionName } from './function-list.ts';
import { InvalidSetting } from './invalid-setting.ts';

/** Where the package of this construct has its bundles, beside the folder of its modules. */
const PACKAGED = fileURLToPath(new URL('../bundles', import.meta.url));

/** The folder that becomes a function's code. */
export function codeDirectory(bundles: string, name: FunctionName): string {
  return join(bundles, name);
}

/**
 * Finds the bundles of the functions. They are never made here: whoever uses the package has neither the sources nor
 * the bundler.
 *
 * @param bundles the folder with a folder for each function; without it the package's own
 * @throws InvalidSetting `bundles`: there is no such folder, or it lacks a function
 */
export function bundlesFolder(bundles: string = PACKAGED): string {
  const missing = FUNCTION_NAMES.find(name => !existsSync(codeDirectory(bundles, name)));
  if (missing === undefined) return bundles;
  throw new InvalidSetting(
    'bundles',
    `${codeDirectory(bundles, missing)} is missing; give the folder that bundleFunctions (infra/bundle.ts) wrote to.`,
  );
}

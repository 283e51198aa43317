import { cpSync, existsSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { removeTemporaryFolder, temporaryFolder } from '../temporary-folders.ts';

/**
 * Unpacks a function's code into a folder of its own, far from this project, so that a module that was left out
 * of the bundle is missing here as it would be in Lambda, and a later synthesis changes nothing.
 *
 * @returns the folder, which stands for Lambda's `/var/task`
 * @throws Error the folder with the code does not exist
 */
export function unpackCode(codeDirectory: string): string {
  if (!statSync(codeDirectory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(`The function's code is missing: ${codeDirectory} is not a folder.`);
  }
  const taskRoot = temporaryFolder();
  cpSync(codeDirectory, taskRoot, { recursive: true });
  const packageJson = path.join(taskRoot, 'package.json');
  // Lambda takes a .js file for CommonJS unless a package.json says otherwise, and none above the code counts.
  if (!existsSync(packageJson)) writeFileSync(packageJson, '{"type":"commonjs"}');
  return taskRoot;
}

/** Removes what {@link unpackCode} made. */
export function removeCode(taskRoot: string): void {
  removeTemporaryFolder(taskRoot);
}

import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { PackedFile } from './zipped-size.ts';

/**
 * The files that `npm install` installs for these packages and their dependencies.
 *
 * @param names packages that are installed
 * @param from a folder from which they can be found
 * @throws Error one of them is not installed
 */
export function installedFiles(names: readonly string[], from: string): PackedFile[] {
  return [...closure(names, from)].flatMap(folder =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile() && !withinDependency(folder, entry.parentPath))
      .map(entry => {
        const file = path.join(entry.parentPath, entry.name);
        return { path: nameInPackage(file), contents: readFileSync(file) };
      }),
  );
}

/** The folders of packages and of all their dependencies. */
function closure(names: readonly string[], from: string): Set<string> {
  const folders = new Set<string>();
  const queue = names.map(name => ({ name, from }));
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const folder = packageFolder(next.name, next.from);
    if (folders.has(folder)) continue;
    folders.add(folder);
    const { dependencies = {} } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    queue.push(...Object.keys(dependencies).map(name => ({ name, from: folder })));
  }
  return folders;
}

/** Searches as Node.js does: `require.resolve` does not find a package.json that its package does not export. */
function packageFolder(name: string, from: string): string {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const found = path.join(folder, 'node_modules', name);
    if (existsSync(path.join(found, 'package.json'))) return realpathSync(found);
    if (folder === path.dirname(folder)) throw new Error(`${name} is not installed; run npm ci.`);
  }
}

function withinDependency(folder: string, file: string): boolean {
  return path.relative(folder, file).split(path.sep).includes('node_modules');
}

function nameInPackage(file: string): string {
  return file.slice(file.indexOf(`node_modules${path.sep}`));
}

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync, stop } from 'esbuild';
import { temporaryFolder } from './temporary-folders.ts';

const built = new Map<string, string>();

/**
 * Builds a TypeScript module and its imports as JavaScript, only once: stripping the types in each process would take
 * longer than the rest of a cold start.
 *
 * @returns the file, which is removed when this process ends
 */
export function plainJavaScript(module: URL): string {
  const file = built.get(module.href) ?? build(module);
  built.set(module.href, file);
  return file;
}

function build(module: URL): string {
  const folder = temporaryFolder();
  const source = fileURLToPath(module);
  buildSync({
    entryPoints: [source],
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    logLevel: 'silent',
  });
  // Otherwise esbuild's process would run as long as this one.
  void stop();
  return path.join(folder, `${path.basename(source, '.ts')}.mjs`);
}

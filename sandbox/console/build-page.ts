import { copyFile, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, stop } from 'esbuild';
import { removeLeftovers } from '../temporary-folders.ts';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));

/** Files that are served unchanged. */
const STATIC_FILES = ['index.html', 'icon.svg'];

/** The folders of the page's sources and of the built files. */
export interface PageFolders {
  readonly source: string;
  readonly output: string;
}

const PAGE: PageFolders = { source: path.join(FOLDER, 'page'), output: path.join(FOLDER, 'dist') };

/**
 * Bundles the page: `main.tsx` with its styles, `index.html` and the icon. Replaces each file atomically, so that several
 * programs can build and read at the same time.
 *
 * @returns the folder with the built files
 * @throws Error the build failed; the message has the location
 */
export async function buildPage({ source, output }: PageFolders = PAGE): Promise<string> {
  await mkdir(output, { recursive: true });
  removeLeftovers(output);
  const fresh = await mkdtemp(path.join(output, `.build-${process.pid}-`));
  try {
    await build({
      entryPoints: [path.join(source, 'main.tsx')],
      outdir: fresh,
      bundle: true,
      minify: true,
      format: 'esm',
      target: 'es2022',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      legalComments: 'none',
      logLevel: 'silent',
    });
    for (const file of STATIC_FILES) await copyFile(path.join(source, file), path.join(fresh, file));
    const files = await readdir(fresh);
    await Promise.all(files.map(file => rename(path.join(fresh, file), path.join(output, file))));
  } finally {
    // Otherwise esbuild's process would run as long as this one.
    await stop();
    await rm(fresh, { recursive: true, force: true });
  }
  return output;
}

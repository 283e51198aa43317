import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync, stop } from 'esbuild';

let program: string | undefined;

/**
 * The file that the processes of functions run: `runtime.ts` as plain JavaScript. Built once, because every cold start
 * would otherwise take the types out anew, which takes longer than all the rest of it.
 */
export function runtimeProgram(): string {
  program ??= build();
  return program;
}

function build(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'lambda-runtime-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  buildSync({
    entryPoints: [fileURLToPath(new URL('./runtime.ts', import.meta.url))],
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    logLevel: 'silent',
  });
  // Its process would stay as long as ours.
  void stop();
  return path.join(folder, 'runtime.mjs');
}

#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { EXIT_CODES } from './exit-code.ts';

/** `npm run cli`: the command line program. */

const interruption = new AbortController();
// The first one lets the command end in good order; the second one is meant.
process.on('SIGINT', () => {
  if (interruption.signal.aborted) process.exit(EXIT_CODES.interrupted);
  interruption.abort();
});
// A reader such as head may close the pipe before all is written. What was begun is finished, and has its exit code.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

// Most of a start is reading modules. With what Node.js keeps of them from the last start, it takes half the time.
// Not in the folder for temporary files, where others could put code that this user runs.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)));
const { run } = await import('./run.ts');
const { stdin, stdout, stderr } = process;
process.exitCode = await run(process.argv.slice(2), {
  streams: { in: stdin, out: stdout, err: stderr },
  signal: interruption.signal,
});
// Calls that the command no longer waits for would keep the process alive.
if (interruption.signal.aborted) process.exit();

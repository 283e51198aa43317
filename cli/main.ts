#!/usr/bin/env node
import { keepCompiledCode } from '../desktop/compiled-code.ts';
import { EXIT_CODES } from './exit-code.ts';

/** `npm run cli`: the command line program. */

const interruption = new AbortController();
// The first one lets the command end in good order; the second one is meant.
process.on('SIGINT', () => {
  if (interruption.signal.aborted) process.exit(EXIT_CODES.interrupted.code);
  interruption.abort();
});
// A reader such as head may close the pipe before all is written. What was begun is finished, and has its exit code.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

keepCompiledCode();
const { run } = await import('./run.ts');
const { stdin, stdout, stderr } = process;
process.exitCode = await run(process.argv.slice(2), {
  streams: { in: stdin, out: stdout, err: stderr },
  signal: interruption.signal,
});
// Calls that the command no longer waits for would keep the process alive.
if (interruption.signal.aborted) process.exit();

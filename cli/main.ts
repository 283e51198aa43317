#!/usr/bin/env node
import { EXIT_CODES } from './exit-code.ts';
import { enableCompileCache } from './shared/compile-cache.ts';

const interruption = new AbortController();
// The first Ctrl-C lets the command finish or undo its writes; the second exits immediately.
process.on('SIGINT', () => {
  if (interruption.signal.aborted) process.exit(EXIT_CODES.interrupted.code);
  interruption.abort();
});
// A reader such as head may close the pipe early. The command still finishes and sets its exit code.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

enableCompileCache();
const { stdin, stdout, stderr } = process;
// Not a top-level await: this module is bundled as CommonJS, which does not support it.
void import('./program.ts')
  .then(({ run }) =>
    run(process.argv.slice(2), {
      streams: { in: stdin, out: stdout, err: stderr },
      signal: interruption.signal,
    }),
  )
  .then(exitCode => {
    process.exitCode = exitCode;
    // Abandoned calls would keep the process alive.
    if (interruption.signal.aborted) process.exit();
  });

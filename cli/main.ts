#!/usr/bin/env node
import { EXIT_CODES } from './exit-code.ts';
import { keepCompiledCode } from './shared/compiled-code.ts';

/** Starts the command line program. */

const interruption = new AbortController();
// The first Ctrl-C lets the command finish what it must; the second one ends it at once.
process.on('SIGINT', () => {
  if (interruption.signal.aborted) process.exit(EXIT_CODES.interrupted.code);
  interruption.abort();
});
// A reader such as head may close the pipe early. The command still finishes and sets its exit code.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

keepCompiledCode();
const { stdin, stdout, stderr } = process;
// No await: CommonJS, to which this module is bundled, has none at the top.
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

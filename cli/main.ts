#!/usr/bin/env node
import { CommanderError } from 'commander';
import { EXIT_CODES } from './exit-code.ts';
import { makeProgram } from './program.ts';
import { explainAwsFailure } from './shared/aws-failure.ts';
import { CliError } from './shared/cli-error.ts';

/** `npm run cli`: the command line program. */

const interruption = new AbortController();
// The first one lets the command end in good order; the second one is meant.
process.on('SIGINT', () => {
  if (interruption.signal.aborted) process.exit(EXIT_CODES.interrupted);
  interruption.abort();
});
// A reader such as head may close the pipe before all is written.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  await makeProgram(interruption.signal).parseAsync();
} catch (error) {
  process.exitCode = report(error);
}
// Calls that the command no longer waits for would keep the process alive.
if (interruption.signal.aborted) process.exit(EXIT_CODES.interrupted);

/** Says on standard error why the command ended; a stack trace helps nobody who typed it. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.done : EXIT_CODES.usage;
  const message = explainAwsFailure(error) ?? (error instanceof Error ? error.message : String(error));
  process.stderr.write(`${message}\n`);
  return error instanceof CliError ? EXIT_CODES[error.ending] : EXIT_CODES.failed;
}

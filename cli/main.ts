#!/usr/bin/env node
import { CommanderError } from 'commander';
import { EXIT_CODES } from './exit-code.ts';
import { makeProgram } from './program.ts';
import { CliError } from './shared/cli-error.ts';

/** `npm run cli`: the command line program. */

try {
  await makeProgram().parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** Says on standard error why the command ended; a stack trace helps nobody who typed it. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.done : EXIT_CODES.usage;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${message}\n`);
  return error instanceof CliError ? EXIT_CODES[error.ending] : EXIT_CODES.failed;
}

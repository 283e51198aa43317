import { CommanderError } from 'commander';
import { EXIT_CODES } from './exit-code.ts';
import { makeProgram } from './program.ts';
import { explainAwsFailure } from './shared/aws-failure.ts';
import { CliError } from './shared/cli-error.ts';
import type { Surroundings } from './shared/context.ts';
import { terminalText } from './shared/terminal.ts';

/**
 * Runs the program. Reads its settings from the environment of the process.
 *
 * @param args the command line, without the program itself
 * @returns the exit code
 */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const exitCode = await makeProgram(surroundings)
    .parseAsync(args, { from: 'user' })
    .then(
      () => EXIT_CODES.done.code,
      error => report(error, surroundings),
    );
  return surroundings.signal.aborted ? EXIT_CODES.interrupted.code : exitCode;
}

/** Prints the error to standard error, without a stack trace. */
function report(error: unknown, { streams: { err } }: Surroundings): number {
  if (error instanceof CommanderError)
    return error.exitCode === 0 ? EXIT_CODES.done.code : EXIT_CODES.usage.code;
  const message = explainAwsFailure(error) ?? (error instanceof Error ? error.message : String(error));
  if (message !== '') err.write(`${terminalText(message, false)}\n`);
  return error instanceof CliError ? EXIT_CODES[error.ending].code : EXIT_CODES.failed.code;
}

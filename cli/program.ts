import { Command, CommanderError } from 'commander';
import { DEFAULT_STACK } from '../functions/shared/output/command-line.ts';
import packageJson from '../package.json' with { type: 'json' };
import { addAuthorize } from './authorize/command.ts';
import { addDiagnose } from './diagnose/command.ts';
import { EXIT_CODES } from './exit-code.ts';
import { addFollow } from './follow/command.ts';
import { addHistory } from './history/command.ts';
import { addRedrive } from './redrive/command.ts';
import { addRotate } from './rotate/command.ts';
import { explainAwsFailure } from './shared/aws-failure.ts';
import { CliError } from './shared/cli-error.ts';
import type { ProgramIo } from './shared/context.ts';
import { terminalText, wrapForStream } from './shared/terminal.ts';
import { addStatus } from './status/command.ts';

/** Width of the help in characters when the output is not a terminal. */
const DEFAULT_WIDTH = 80;

/** Declares the program without running it. */
export function makeProgram(io: ProgramIo): Command {
  const { out, err } = io.streams;
  const program = new Command('genesys-token-rotation')
    .description('Operates the Genesys Cloud credentials of a deployment.')
    .version(packageJson.version, '--version', 'print the version')
    .option('--stack <name>', 'stack name of the deployment', DEFAULT_STACK)
    .option('--region <region>', 'AWS region (default: from the environment or the profile)')
    .option('--profile <name>', 'AWS profile')
    .option('--json', 'print the result as one JSON object')
    .option('--no-color', 'disable colours (default: colours on terminals, unless NO_COLOR is set)')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('Run with --help for usage.')
    .configureOutput({
      writeOut: text => void out.write(text),
      writeErr: text => void err.write(text),
      getOutHelpWidth: () => out.columns ?? DEFAULT_WIDTH,
      getErrHelpWidth: () => err.columns ?? DEFAULT_WIDTH,
    })
    .exitOverride();
  addAuthorize(program, io);
  addStatus(program, io);
  addHistory(program, io);
  addRotate(program, io);
  addFollow(program, io);
  addRedrive(program, io);
  addDiagnose(program, io);
  return program;
}

/**
 * Runs the program. Reads settings from the process environment.
 *
 * @param args the command-line arguments, without the program name
 * @returns the exit code
 */
export async function run(args: readonly string[], io: ProgramIo): Promise<number> {
  const exitCode = await makeProgram(io)
    .parseAsync(args, { from: 'user' })
    .then(
      () => EXIT_CODES.done.code,
      error => report(error, io),
    );
  return io.signal.aborted ? EXIT_CODES.interrupted.code : exitCode;
}

/** Prints the error to standard error, without a stack trace. */
function report(error: unknown, { streams: { err } }: ProgramIo): number {
  if (error instanceof CommanderError)
    return error.exitCode === 0 ? EXIT_CODES.done.code : EXIT_CODES.usage.code;
  const message = explainAwsFailure(error) ?? (error instanceof Error ? error.message : String(error));
  if (message !== '') err.write(`${wrapForStream(terminalText(message, false), err)}\n`);
  return error instanceof CliError ? EXIT_CODES[error.exitReason].code : EXIT_CODES.failed.code;
}

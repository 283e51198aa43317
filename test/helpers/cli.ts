import type { Sandbox } from '../../sandbox/sandbox.ts';
import { type CliOptions, type CliResult, startCli } from './cli-session.ts';

/** Additional options of a complete run. */
interface RunOptions extends CliOptions {
  /** The standard input. */
  readonly input?: string;
  /** Sends SIGINT when this has been printed. */
  readonly interruptAt?: RegExp;
}

/** Runs the command line program against a sandbox, with pipes. Rejects if it prints a secret of the sandbox. */
export async function runCli(
  sandbox: Sandbox,
  args: readonly string[],
  { input = '', interruptAt, ...options }: RunOptions = {},
): Promise<CliResult> {
  const cli = startCli({ sandbox }, args, options);
  cli.endInput(input);
  if (interruptAt !== undefined) {
    await cli.seen(interruptAt);
    cli.interrupt();
  }
  return await cli.ended;
}

/** Runs the program with `--json` and returns the object that it prints. */
export async function runCliForJson(
  sandbox: Sandbox,
  args: readonly string[],
  options?: RunOptions,
): Promise<CliResult & { readonly result: unknown }> {
  const ended = await runCli(sandbox, [...args, '--json'], options);
  return { ...ended, result: ended.stdout === '' ? undefined : JSON.parse(ended.stdout) };
}

import type { Sandbox } from '../../sandbox/sandbox.ts';
import { type CliOptions, type CliResult, startCli } from './cli-session.ts';

/** Further options of a complete run. */
interface RunOptions extends CliOptions {
  /** What it reads from standard input. */
  readonly input?: string;
  /** Sends SIGINT when this has been printed. */
  readonly interruptAt?: RegExp;
}

/** Runs the command line program against a sandbox, in a pipe. Fails when it prints a secret that the sandbox holds. */
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

/** Runs it with `--json` and returns the object that it prints. */
export async function runCliForJson(
  sandbox: Sandbox,
  args: readonly string[],
  options?: RunOptions,
): Promise<CliResult & { readonly result: unknown }> {
  const ended = await runCli(sandbox, [...args, '--json'], options);
  return { ...ended, result: ended.stdout === '' ? undefined : JSON.parse(ended.stdout) };
}

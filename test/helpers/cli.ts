import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import { leaksIn } from '../../bench/leaks.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { storedSecrets } from './stored-secrets.ts';

/** The program that the tests run. */
export const CLI = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

/** How the command line program is run. */
export interface CliOptions {
  /** What it reads from standard input. */
  readonly input?: string;
  /** Besides, or instead of, what leads it to the sandbox; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Sends SIGINT when standard error has this text. */
  readonly interruptAt?: string;
}

/** How it ended, and what it printed. */
export interface CliResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The variables that lead the program to a sandbox, as its operator; nothing of the person who runs the tests. */
export function cliEnvironment(sandbox: Sandbox): Record<string, string> {
  const { loginUrl, apiUrl } = sandbox.genesysCloud.urlsOf('{host}');
  return {
    PATH: process.env.PATH ?? '',
    AWS_ENDPOINT_URL: sandbox.awsUrl,
    AWS_REGION: sandbox.account.region,
    AWS_ACCESS_KEY_ID: sandbox.operator.accessKeyId,
    AWS_SECRET_ACCESS_KEY: sandbox.operator.secretAccessKey,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    GENESYS_LOGIN_URL: loginUrl,
    GENESYS_API_URL: apiUrl,
  };
}

/** Runs the command line program against a sandbox, in a pipe. Fails when it prints a secret that the sandbox holds. */
export async function runCli(
  sandbox: Sandbox,
  args: readonly string[],
  { input = '', env = {}, interruptAt }: CliOptions = {},
): Promise<CliResult> {
  const secretsBefore = await storedSecrets(sandbox);
  const child = spawn(process.execPath, [CLI, ...args], { env: { ...cliEnvironment(sandbox), ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  if (interruptAt !== undefined) {
    child.stderr.on('data', chunk => String(chunk).includes(interruptAt) && child.kill('SIGINT'));
  }
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  expectNoLeaks(stdout + stderr, [...secretsBefore, ...(await storedSecrets(sandbox))]);
  return { exitCode: child.exitCode, stdout, stderr };
}

/** Fails when a text holds one of the secrets in any form. */
export function expectNoLeaks(printed: string, secrets: readonly string[]): void {
  expect(leaksIn(printed, secrets)).toEqual([]);
}

/** Runs it with `--json` and answers the object that it prints. */
export async function runCliForJson(
  sandbox: Sandbox,
  args: readonly string[],
  options?: CliOptions,
): Promise<CliResult & { readonly result: unknown }> {
  const ended = await runCli(sandbox, [...args, '--json'], options);
  return { ...ended, result: ended.stdout === '' ? undefined : JSON.parse(ended.stdout) };
}

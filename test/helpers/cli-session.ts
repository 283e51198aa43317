import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import { expect, onTestFinished } from 'vitest';
import { leaksIn } from '../../bench/leaks.ts';
import { run } from '../../cli/program.ts';
import type { Output } from '../../cli/shared/terminal.ts';
import { CLI, cliEnvironment, inEnvironment, type Variables } from './cli-environment.ts';
import { OutputWatcher } from './output-watcher.ts';
import type { TestSandbox } from './sandbox.ts';
import { storedSecrets } from './stored-secrets.ts';

/** How to run the command line program. */
export interface CliOptions {
  /** Added to the variables that point to the sandbox; undefined removes a variable. */
  readonly env?: Variables;
  /**
   * Starts a process, from the sources or with the given program. By default the program runs within the test, which
   * is faster.
   */
  readonly ownProcess?: true | string;
  /** Writes to terminals of this width; only within the test. */
  readonly columns?: number;
}

/** The exit code and the output. */
export interface CliResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running program with pipes. */
export interface RunningCli {
  /** Waits until the combined output matches, and returns the match. */
  readonly seen: (pattern: RegExp) => Promise<RegExpMatchArray>;
  readonly type: (text: string) => void;
  readonly endInput: (text?: string) => void;
  /** Ctrl-C, as a terminal sends it. */
  readonly interrupt: () => void;
  readonly ended: Promise<CliResult>;
}

/** The input and outputs of a program. */
interface Started {
  readonly input: Writable;
  readonly interrupt: () => void;
  readonly exitCode: Promise<number | null>;
}

type Written = Record<'stdout' | 'stderr', string>;

/** Starts the program with pipes. `ended` rejects if the program has printed a secret. */
export function startCli(
  { sandbox }: Pick<TestSandbox, 'sandbox'>,
  args: readonly string[],
  { env, ownProcess, columns }: CliOptions = {},
): RunningCli {
  const written: Written = { stdout: '', stderr: '' };
  const watcher = new OutputWatcher(() => written.stdout + written.stderr);
  const write = (stream: keyof Written, text: string): void => {
    written[stream] += text;
    watcher.changed();
  };
  const variables = { ...cliEnvironment(sandbox), ...env };
  const secretsBefore = storedSecrets(sandbox);
  const { input, interrupt, exitCode } =
    ownProcess === undefined
      ? startWithin(args, variables, write, columns)
      : startProcess(ownProcess, args, variables, write);
  const ended = exitCode.then(async code => {
    watcher.ended();
    const printed = written.stdout + written.stderr;
    expectNoIssuedSecrets(sandbox, printed);
    expect(leaksIn(printed, [...secretsBefore, ...storedSecrets(sandbox)])).toEqual([]);
    return { exitCode: code, ...written };
  });
  return {
    seen: pattern => watcher.seen(pattern),
    type: text => void input.write(text),
    endInput: text => void input.end(text),
    interrupt,
    ended,
  };
}

type Write = (stream: keyof Written, text: string) => void;

function startProcess(
  program: true | string,
  args: readonly string[],
  env: Variables,
  write: Write,
): Started {
  const child =
    program === true ? spawn(process.execPath, [CLI, ...args], { env }) : spawn(program, args, { env });
  onTestFinished(() => void child.kill('SIGKILL'));
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => write(name, text));
  }
  // The program may exit before it has read all input.
  child.stdin.on('error', () => undefined);
  return {
    input: child.stdin,
    interrupt: () => void child.kill('SIGINT'),
    exitCode: once(child, 'close').then(() => child.exitCode),
  };
}

function startWithin(
  args: readonly string[],
  env: Variables,
  write: Write,
  columns: number | undefined,
): Started {
  const interruption = new AbortController();
  const input = new PassThrough();
  const output = (name: keyof Written): Output =>
    Object.assign(
      new Writable({
        write(chunk, _encoding, done) {
          write(name, String(chunk));
          done();
        },
      }),
      columns !== undefined && { isTTY: true, columns },
    );
  const streams = { in: input, out: output('stdout'), err: output('stderr') };
  return {
    input,
    interrupt: () => interruption.abort(),
    exitCode: inEnvironment(env, () => run(args, { streams, signal: interruption.signal })),
  };
}

/** Fails when a text contains a token, code or client secret that this Genesys Cloud has issued. */
export function expectNoIssuedSecrets(sandbox: TestSandbox['sandbox'], text: string): void {
  const printed = sandbox.genesysCloud.issuedValues().filter(value => text.includes(value));
  expect(printed).toEqual([]);
}

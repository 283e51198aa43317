import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished } from 'vitest';
import { CLI, type CliOptions, type CliResult, cliEnvironment } from './cli.ts';
import type { TestSandbox } from './sandbox.ts';

/** A running program with pipes at its ends. */
export interface RunningCli {
  /** Waits until both outputs together match, and gives the match. */
  readonly seen: (pattern: RegExp) => Promise<RegExpMatchArray>;
  readonly type: (text: string) => void;
  readonly endInput: (text?: string) => void;
  /** Ctrl-C, as a terminal sends it. */
  readonly interrupt: () => void;
  readonly ended: Promise<CliResult>;
}

/** Starts the program in a pipe; its end fails the test when it printed a secret. */
export function startCli(
  { sandbox }: Pick<TestSandbox, 'sandbox'>,
  args: readonly string[],
  { env }: Pick<CliOptions, 'env'> = {},
): RunningCli {
  const child = spawn(process.execPath, [CLI, ...args], { env: { ...cliEnvironment(sandbox), ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  const written = { stdout: '', stderr: '' };
  const watcher = new OutputWatcher(() => written.stdout + written.stderr);
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
      watcher.changed();
    });
  }
  // The program may end before it has read everything.
  child.stdin.on('error', () => undefined);
  const ended = once(child, 'close').then(([exitCode]: (number | null)[]) => {
    watcher.ended();
    expectNoIssuedSecrets(sandbox, written.stdout + written.stderr);
    return { exitCode: exitCode ?? null, ...written };
  });
  return {
    seen: pattern => watcher.seen(pattern),
    type: text => void child.stdin.write(text),
    endInput: text => void child.stdin.end(text),
    interrupt: () => void child.kill('SIGINT'),
    ended,
  };
}

/** Fails when a text holds a token, code or client secret that this Genesys Cloud ever gave out. */
export function expectNoIssuedSecrets(sandbox: TestSandbox['sandbox'], text: string): void {
  const printed = sandbox.genesysCloud.issuedValues().filter(value => text.includes(value));
  expect(printed).toEqual([]);
}

/** Waits for a text to appear in an output that grows. */
export class OutputWatcher {
  readonly #output: () => string;
  /** Undefined once the output has ended. */
  #waiting: { readonly look: () => boolean; readonly giveUp: () => void }[] | undefined = [];

  constructor(output: () => string) {
    this.#output = output;
  }

  /** The first match in all that was written; fails when the output ends without one. */
  seen(pattern: RegExp): Promise<RegExpMatchArray> {
    const { promise, resolve, reject } = Promise.withResolvers<RegExpMatchArray>();
    const look = (): boolean => {
      const match = this.#output().match(pattern);
      if (match !== null) resolve(match);
      return match !== null;
    };
    const giveUp = (): void => reject(new Error(`${pattern} did not appear in:\n${this.#output()}`));
    if (!look()) {
      if (this.#waiting === undefined) giveUp();
      else this.#waiting.push({ look, giveUp });
    }
    return promise;
  }

  /** Something was written. */
  changed(): void {
    this.#waiting = this.#waiting?.filter(({ look }) => !look());
  }

  /** Nothing more will be written. */
  ended(): void {
    for (const { giveUp } of this.#waiting ?? []) giveUp();
    this.#waiting = undefined;
  }
}

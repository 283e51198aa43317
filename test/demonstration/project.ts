import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** The project's own folder. */
export const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** The exit code and output of a program. */
interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder that is removed when the test ends. A program that runs there does not touch the project's folder. */
export function emptyFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'project-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A program of the project. It runs until it exits or the test ends. */
export class Program {
  readonly ended: Promise<Ended>;
  readonly #process: ChildProcess;
  readonly #firstLine: Promise<string>;

  /** @param script relative to the project, e.g. `sandbox/main.ts` */
  constructor(
    script: string,
    args: readonly string[],
    options: { cwd: string; env?: Readonly<Record<string, string>> },
  ) {
    const child = spawn(process.execPath, [path.join(PROJECT, script), ...args], {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    this.#process = child;
    this.#firstLine = once(createInterface(child.stdout), 'line').then(([line]) => String(line));
    this.ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]).then(
      ([stdout, stderr]) => ({ exitCode: child.exitCode, stdout, stderr }),
    );
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Waits for the first line of output. Returns standard error if the program exits before that. */
  async ready(): Promise<string> {
    return await Promise.race([this.#firstLine, this.ended.then(({ stderr }) => stderr)]);
  }

  /** Waits for output that matches. Returns all output, including errors, if the program exits before that. */
  async printed(pattern: RegExp): Promise<string> {
    let printed = '';
    const matched = new Promise<string>(resolve => {
      this.#process.stdout?.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
        if (pattern.test(printed)) resolve(printed);
      });
    });
    return await Promise.race([matched, this.ended.then(({ stdout, stderr }) => `${stdout}${stderr}`)]);
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }
}

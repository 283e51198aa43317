import { stripVTControlCharacters } from 'node:util';
import { spawn } from '@lydell/node-pty';
import { onTestFinished } from 'vitest';
import { CLI, cliEnvironment } from './cli-environment.ts';
import { type CliOptions, expectNoIssuedSecrets } from './cli-session.ts';
import { OutputWatcher } from './output-watcher.ts';
import type { TestSandbox } from './sandbox.ts';

/** The result of a run on a terminal. */
interface TerminalResult {
  readonly exitCode: number;
  /** The whole output without colours and cursor movements. */
  readonly screen: string;
  /** The whole output, unchanged. */
  readonly raw: string;
}

/** A program that runs on a pseudo-terminal. */
export interface CliTerminal {
  /** Waits until the output since the last key matches. */
  readonly seen: (pattern: RegExp) => Promise<RegExpMatchArray>;
  /** Types keys as a terminal sends them; `\r` is Enter. */
  readonly type: (keys: string) => void;
  readonly ended: Promise<TerminalResult>;
}

/** The keys of a terminal. */
export const KEYS = { enter: '\r', ctrlC: '\u0003', down: '\u001b[B' } as const;

/** Wide enough that no line wraps. */
const COLUMNS = 500;

/** Starts the program on a pseudo-terminal. `ended` rejects if a secret has appeared. */
export function openCliTerminal(
  { sandbox }: Pick<TestSandbox, 'sandbox'>,
  args: readonly string[],
  { env }: Pick<CliOptions, 'env'> = {},
): CliTerminal {
  const terminal = spawn(process.execPath, [CLI, ...args], {
    name: 'xterm-256color',
    cols: COLUMNS,
    rows: 50,
    env: { ...cliEnvironment(sandbox), TERM: 'xterm-256color', ...env },
  });
  const exit = Promise.withResolvers<TerminalResult>();
  let raw = '';
  let typedAt = 0;
  const screen = (): string => stripVTControlCharacters(raw);
  const watcher = new OutputWatcher(() => screen().slice(typedAt));
  let over = false;
  onTestFinished(() => {
    if (!over) terminal.kill('SIGKILL');
  });
  terminal.onData(data => {
    raw += data;
    watcher.changed();
  });
  terminal.onExit(({ exitCode }) => {
    over = true;
    watcher.ended();
    try {
      expectNoIssuedSecrets(sandbox, screen());
      exit.resolve({ exitCode, screen: screen(), raw });
    } catch (error) {
      exit.reject(error);
    }
  });
  return {
    seen: pattern => watcher.seen(pattern),
    type(keys) {
      typedAt = screen().length;
      terminal.write(keys);
    },
    ended: exit.promise,
  };
}

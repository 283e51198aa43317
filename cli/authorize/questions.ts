import { createInterface, type Interface } from 'node:readline';
import { type CANCEL_SYMBOL, confirm, isCancel, password, select, text } from '@clack/prompts';
import { CliError } from '../shared/cli-error.ts';
import type { Input, Terminal } from '../shared/terminal.ts';

/** The error for Ctrl-C before anything was written. */
export function interrupted(): CliError {
  return new CliError('interrupted', 'Interrupted. Nothing was written.');
}

/** Prompts the user on the terminal. Ctrl-C at any prompt ends the command. */
export class Questions {
  readonly #terminal: Terminal;
  readonly #signal: AbortSignal;

  constructor(terminal: Terminal, signal: AbortSignal) {
    this.#terminal = terminal;
    this.#signal = signal;
  }

  /**
   * Asks for a line.
   *
   * @param missing what to do without a terminal
   */
  async text(message: string, missing: string): Promise<string> {
    this.#requireTerminal(missing);
    const answer = await orInterrupted(text({ message, ...this.#streams, validate: notEmpty }));
    return answer.trim();
  }

  /** Asks for a line without echoing it. */
  async hidden(message: string, missing: string): Promise<string> {
    this.#requireTerminal(missing);
    const answer = await orInterrupted(
      password({ message, mask: '•', ...this.#streams, validate: notEmpty }),
    );
    return answer.trim();
  }

  /** Lets the user choose from a list. */
  async choice(message: string, options: readonly string[], missing: string): Promise<string> {
    this.#requireTerminal(missing);
    return orInterrupted(
      select({
        message,
        ...this.#streams,
        maxItems: 10,
        options: options.map(value => ({ value, label: value })),
      }),
    );
  }

  /** Asks yes or no. The default is no. */
  async confirm(message: string): Promise<boolean> {
    return orInterrupted(confirm({ message, ...this.#streams, initialValue: false }));
  }

  get #streams() {
    return { input: this.#terminal.in, output: this.#terminal.err, signal: this.#signal };
  }

  #requireTerminal(missing: string): void {
    if (this.#terminal.isInteractive) return;
    throw new CliError('usage', `There is no terminal for a prompt. ${missing}`);
  }
}

async function orInterrupted<Value>(answer: Promise<Value | typeof CANCEL_SYMBOL>): Promise<Value> {
  const value = await answer;
  if (isCancel(value)) throw interrupted();
  return value;
}

function notEmpty(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? 'Required.' : undefined;
}

/** Standard input, line by line. */
export class InputLines {
  readonly #input: Input;
  readonly #signal: AbortSignal;
  #lines: { readonly reader: Interface; readonly iterator: AsyncIterator<string> } | undefined;

  constructor(input: Input, signal: AbortSignal) {
    this.#input = input;
    this.#signal = signal;
  }

  /**
   * Reads the next line, trimmed.
   *
   * @param what names the line in the error message
   * @throws CliError the input has ended, the line is empty, or Ctrl-C
   */
  async next(what: string): Promise<string> {
    this.#lines ??= this.#open();
    const line = await this.#lines.iterator.next();
    if (this.#signal.aborted) throw interrupted();
    const text = line.done === true ? '' : line.value.trim();
    if (text === '') throw new CliError('usage', `Standard input has no line with ${what}.`);
    return text;
  }

  /** Stops reading, so that the program can end. */
  close(): void {
    this.#lines?.reader.close();
    this.#lines = undefined;
  }

  #open(): { readonly reader: Interface; readonly iterator: AsyncIterator<string> } {
    const reader = createInterface({ input: this.#input, terminal: false });
    this.#signal.addEventListener('abort', () => reader.close(), { once: true });
    return { reader, iterator: reader[Symbol.asyncIterator]() };
  }
}

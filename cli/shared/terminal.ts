import type { Readable, Writable } from 'node:stream';
import { styleText } from 'node:util';

/** An input that may be a terminal. */
export type Input = Readable & { readonly isTTY?: boolean };

/** An output that may be a terminal. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** The three standard streams of a program. */
export interface Streams {
  readonly in: Input;
  readonly out: Output;
  readonly err: Output;
}

type Style = Parameters<typeof styleText>[0];

/** Where a command writes: results to standard output, progress and errors to standard error. */
export class Terminal {
  readonly in: Input;
  readonly out: Output;
  readonly err: Output;
  /** Whether the result is printed as one JSON object and nothing else. */
  readonly json: boolean;
  readonly #colour: boolean;

  /** @param options.colour false disables colours; otherwise the terminal and NO_COLOR decide */
  constructor(streams: Streams, options: { json: boolean; colour: boolean }) {
    this.in = streams.in;
    this.out = streams.out;
    this.err = streams.err;
    this.json = options.json;
    this.#colour = options.colour;
  }

  /** Whether the user can be asked: input and output are a terminal. */
  get isInteractive(): boolean {
    return this.in.isTTY === true && this.err.isTTY === true && !this.json;
  }

  /** Prints a line of the result; nothing with `--json`. */
  line(text = ''): void {
    if (!this.json) this.out.write(`${text}\n`);
  }

  /** Prints the result as one JSON object with `--json`; nothing otherwise. */
  result(value: object): void {
    if (this.json) this.out.write(`${JSON.stringify(value)}\n`);
  }

  /** Prints a line about the progress; nothing with `--json`. */
  note(text: string): void {
    if (!this.json) this.err.write(`${text}\n`);
  }

  /** Colours a text where the stream shows colours. */
  style(style: Style, text: string, stream: Output = this.out): string {
    return this.#colour ? styleText(style, text, { stream }) : text;
  }
}

import type { Readable, Writable } from 'node:stream';
import { stripVTControlCharacters, styleText } from 'node:util';

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

const ESCAPE = '\u001b';

/**
 * Control, bidi and other invisible characters except line feeds, which can hide text or move the cursor. Also matches
 * the style sequences of `Terminal.style` as a whole.
 */
const CONTROL_CHARACTERS = /\p{Cc}\[(?:1|2|22|3[0-7]|39|90)m|(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Removes characters that a terminal would interpret, because parts of the text come from outside. */
export function terminalText(text: string, keepStyle: boolean): string {
  return text.replace(CONTROL_CHARACTERS, found =>
    keepStyle && found.length > 2 && found.startsWith(ESCAPE) ? found : '',
  );
}

/** JSON that is safe to print on a terminal: `JSON.stringify` escapes only the C0 controls. */
function terminalJson(value: object): string {
  return JSON.stringify(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, found =>
    found
      .split('')
      .map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/**
 * Wraps lines at spaces. Continuation lines are indented like the first line, or by `indent` columns. A word that is
 * longer than a line is not split: a broken ARN cannot be copied.
 */
export function wrap(text: string, width: number, indent?: number): string {
  return text
    .split('\n')
    .flatMap(line => wrapLine(line, width, indent ?? line.search(/\S|$/)))
    .join('\n');
}

function wrapLine(line: string, width: number, indent: number): string[] {
  const lines: string[] = [];
  let rest = '';
  for (const word of line.split(/(?<=\S) (?=\S)/)) {
    const longer = rest === '' ? word : `${rest} ${word}`;
    if (rest === '' || columns(longer) <= width) rest = longer;
    else {
      lines.push(rest);
      rest = ' '.repeat(indent) + word;
    }
  }
  return [...lines, rest];
}

/** The width of a text on a terminal in columns, without its style sequences. */
export function columns(text: string): number {
  return [...stripVTControlCharacters(text)].length;
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

  /** Whether the command can prompt the user: input and output are a terminal. */
  get isInteractive(): boolean {
    return this.in.isTTY === true && this.err.isTTY === true && !this.json;
  }

  /** The width of the output in columns; undefined if it is not a terminal. */
  get width(): number | undefined {
    return widthOf(this.out);
  }

  /**
   * Prints a line of the result; nothing with `--json`.
   *
   * @param indent of continuation lines, in columns
   */
  line(text = '', indent?: number): void {
    if (!this.json) this.#write(this.out, text, indent);
  }

  /** Prints a table of the result without wrapping its lines; nothing with `--json`. */
  table(text: string): void {
    if (!this.json) this.out.write(`${this.#shown(this.out, text)}\n`);
  }

  /** Clears the screen of a terminal; the next line is printed at the top. */
  clear(): void {
    if (!this.json && this.out.isTTY === true) this.out.write(`${ESCAPE}[H${ESCAPE}[2J`);
  }

  /** Prints the result as one JSON object with `--json`; nothing otherwise. */
  result(value: object): void {
    if (this.json) this.out.write(`${terminalJson(value)}\n`);
  }

  /** Prints a progress line to standard error; nothing with `--json`. */
  note(text: string): void {
    if (!this.json) this.print(text);
  }

  /** Prints a line to standard error, also with `--json`. */
  print(text: string): void {
    this.#write(this.err, text);
  }

  /** Colours a text if the stream supports colours. */
  style(style: Style, text: string, stream: Output = this.out): string {
    return this.#colour ? styleText(style, text, { stream }) : text;
  }

  #write(stream: Output, text: string, indent?: number): void {
    stream.write(`${wrapForStream(this.#shown(stream, text), stream, indent)}\n`);
  }

  #shown(stream: Output, text: string): string {
    return terminalText(text, this.#colour && stream.isTTY === true);
  }
}

/** Wraps a text to the width of the stream if it is a terminal. */
export function wrapForStream(text: string, stream: Output, indent?: number): string {
  const width = widthOf(stream);
  return width === undefined ? text : wrap(text, width, indent);
}

function widthOf({ isTTY, columns: width }: Output): number | undefined {
  // A terminal of unknown size reports 0.
  return isTTY === true && width !== undefined && width > 0 ? width : undefined;
}

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
 * Control, bidi and other invisible characters, which act on a terminal instead of being shown. Line feeds stay, and so
 * do the sequences of `Terminal.style`; others can hide text or move the cursor.
 */
const ACTING = /\p{Cc}\[(?:1|2|22|3[0-7]|39|90)m|(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Text for a terminal without characters that act on it: parts of it come from outside. */
export function terminalText(text: string, keepsStyle: boolean): string {
  return text.replace(ACTING, found =>
    keepsStyle && found.length > 2 && found.startsWith(ESCAPE) ? found : '',
  );
}

/** JSON that a terminal shows as it is: `JSON.stringify` escapes the C0 controls only. */
function terminalJson(value: object): string {
  return JSON.stringify(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, found =>
    found
      .split('')
      .map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/**
 * Breaks lines between words, so that a terminal does not break them within. A line that continues is indented like its
 * first, or by `indent` columns. A longer word stays whole: a broken ARN cannot be copied.
 */
export function wrapped(text: string, width: number, indent?: number): string {
  return text
    .split('\n')
    .flatMap(line => wrappedLine(line, width, indent ?? line.search(/\S|$/)))
    .join('\n');
}

function wrappedLine(line: string, width: number, indent: number): string[] {
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

/** How many columns of a terminal a text takes, without the sequences that style it. */
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

  /** Whether the user can be asked: input and output are a terminal. */
  get isInteractive(): boolean {
    return this.in.isTTY === true && this.err.isTTY === true && !this.json;
  }

  /** The width of the output in columns; undefined where it is no terminal, and lines may have any length. */
  get width(): number | undefined {
    return widthOf(this.out);
  }

  /**
   * Prints a line of the result; nothing with `--json`.
   *
   * @param indent in columns, of the lines that continue it
   */
  line(text = '', indent?: number): void {
    if (!this.json) this.#write(this.out, text, indent);
  }

  /** Prints a table of the result, whose lines are not broken; nothing with `--json`. */
  table(text: string): void {
    if (!this.json) this.out.write(`${this.#shown(this.out, text)}\n`);
  }

  /** Clears the screen of a terminal, and prints the next line at its top. */
  clear(): void {
    if (!this.json && this.out.isTTY === true) this.out.write(`${ESCAPE}[H${ESCAPE}[2J`);
  }

  /** Prints the result as one JSON object with `--json`; nothing otherwise. */
  result(value: object): void {
    if (this.json) this.out.write(`${terminalJson(value)}\n`);
  }

  /** Prints a line about the progress; nothing with `--json`. */
  note(text: string): void {
    if (!this.json) this.print(text);
  }

  /** Prints a line to standard error, also with `--json`. */
  print(text: string): void {
    this.#write(this.err, text);
  }

  /** Colours a text where the stream shows colours. */
  style(style: Style, text: string, stream: Output = this.out): string {
    return this.#colour ? styleText(style, text, { stream }) : text;
  }

  #write(stream: Output, text: string, indent?: number): void {
    stream.write(`${fitting(this.#shown(stream, text), stream, indent)}\n`);
  }

  #shown(stream: Output, text: string): string {
    return terminalText(text, this.#colour && stream.isTTY === true);
  }
}

/** A text with the line breaks that a terminal needs, if there is one; see {@link wrapped}. */
export function fitting(text: string, stream: Output, indent?: number): string {
  const width = widthOf(stream);
  return width === undefined ? text : wrapped(text, width, indent);
}

function widthOf({ isTTY, columns: width }: Output): number | undefined {
  // A terminal of unknown size reports 0.
  return isTTY === true && width !== undefined && width > 0 ? width : undefined;
}

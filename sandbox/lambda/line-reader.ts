import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { END_OF_REQUEST } from './runtime-messages.ts';

/** Splits a function's output stream into lines, and detects when all lines of a request have been read. */
export class LineReader {
  readonly #onLine: (line: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';
  #endsRead = 0;
  #closed = false;
  #waiting: (() => void) | undefined;

  constructor(stream: Readable, onLine: (line: string) => void) {
    this.#onLine = onLine;
    stream.on('data', (chunk: Buffer) => this.#read(this.#decoder.write(chunk)));
    stream.on('close', () => {
      this.#closed = true;
      if (this.#rest !== '') this.#read('\n');
      this.#waiting?.();
    });
  }

  /** Resolves once the running request's last line has been read, or the stream has ended. */
  async endOfRequest(): Promise<void> {
    if (this.#endsRead === 0 && !this.#closed) {
      await new Promise<void>(resolve => {
        this.#waiting = resolve;
      });
    }
    this.#waiting = undefined;
    this.#endsRead = 0;
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.endsWith(END_OF_REQUEST)) {
        this.#onLine(line);
        continue;
      }
      // The function's last line may lack a line break before the marker.
      const unfinished = line.slice(0, -END_OF_REQUEST.length);
      if (unfinished !== '') this.#onLine(unfinished);
      this.#endsRead += 1;
      this.#waiting?.();
    }
  }
}

import { Listeners } from '../listeners.ts';
/** A line that a function wrote. */
export interface LogLine {
  readonly functionName: string;
  /** Absent while the function's code is loaded. */
  readonly requestId?: string;
  readonly at: Date;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** The maximum number of lines to keep for each function. */
const MAX_LINES = 10_000;

/** AWS Lambda API Reference, Invoke, "LogResult". */
const LOG_RESULT_BYTES = 4096;

/** The lines that the functions wrote, without Lambda's START, END and REPORT lines. */
export class FunctionLogs {
  readonly #lines = new Map<string, { readonly line: LogLine; readonly delivered: boolean }[]>();
  readonly #listeners = new Listeners<LogLine>();

  readonly onLine = this.#listeners.add;

  /** @param delivered whether the line reaches the log; otherwise only the tail of its request shows it */
  add(line: LogLine, delivered = true): void {
    const lines = this.#lines.get(line.functionName) ?? [];
    this.#lines.set(line.functionName, lines);
    lines.push({ line, delivered });
    if (lines.length > MAX_LINES) lines.shift();
    if (delivered) this.#listeners.notify(line);
  }

  of(functionName: string): readonly LogLine[] {
    return this.#kept(functionName).flatMap(({ line, delivered }) => (delivered ? [line] : []));
  }

  /** The last 4 KB of a request's lines in base64. */
  tail(functionName: string, requestId: string): string {
    const texts = this.#kept(functionName)
      .filter(({ line }) => line.requestId === requestId)
      .map(({ line }) => `${line.text}\n`);
    return Buffer.from(texts.join('')).subarray(-LOG_RESULT_BYTES).toString('base64');
  }

  #kept(functionName: string) {
    return this.#lines.get(functionName) ?? [];
  }
}

import type { Terminal } from '../shared/terminal.ts';

const WIDTH = 30;

/**
 * A progress bar on a terminal. It does not use the one of the prompt library, which puts the terminal into raw mode
 * and ends the program at Ctrl-C with exit code 0.
 */
export class ProgressBar {
  readonly #terminal: Terminal;
  readonly #total: number;
  #done = 0;
  #failed = 0;

  constructor(total: number, terminal: Terminal) {
    this.#total = total;
    this.#terminal = terminal;
    this.#draw();
  }

  /** Counts one more rotation. */
  advance(hasFailed: boolean): void {
    this.#done++;
    if (hasFailed) this.#failed++;
    this.#draw();
  }

  /** Removes the bar. */
  end(): void {
    this.#terminal.err.write(`\r${CLEAR_LINE}`);
  }

  #draw(): void {
    const filled = Math.round((WIDTH * this.#done) / this.#total);
    const bar = `${'━'.repeat(filled)}${'─'.repeat(WIDTH - filled)}`;
    const failed = this.#failed === 0 ? '' : `, ${this.#failed} not rotated`;
    this.#terminal.err.write(
      `\r${CLEAR_LINE}${this.#terminal.style('cyan', bar, this.#terminal.err)} ${this.#done} of ${this.#total}${failed}`,
    );
  }
}

/** ECMA-48, "Erase in line": from the cursor to the end. */
const CLEAR_LINE = '\u001b[K';

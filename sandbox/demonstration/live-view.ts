import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { LabelledVersion } from '../rotation-run.ts';
import type { ExecutionEvent } from '../step-functions/executions.ts';

type Style = Parameters<typeof styleText>[0];

/** Prints a rotation; colours are used on terminals only. */
export class LiveView {
  readonly #out: NodeJS.WritableStream;
  readonly #enteredAtMs = new Map<string, number>();
  #state = '';
  #wasScheduled: boolean = false;

  constructor(out: NodeJS.WritableStream) {
    this.#out = out;
  }

  /** Prints one line. */
  line(text: string): void {
    this.#out.write(`${text}\n`);
  }

  /** Prints a heading. */
  heading(text: string): void {
    this.#out.write(`\n${this.#style('bold', text)}\n`);
  }

  /** Prints that a state was entered, retried or left, or that an attempt failed. */
  event({ type, at, details }: ExecutionEvent): void {
    if (type.endsWith('StateEntered')) {
      this.#state = String(details?.name);
      this.#enteredAtMs.set(this.#state, at.getTime());
      this.#show('→', 'cyan', 'entered');
    } else if (type === 'TaskFailed' || type === 'TaskTimedOut') {
      this.#show('✗', 'red', `failed: ${String(details?.error)}`);
    } else if (type === 'TaskScheduled' && this.#wasScheduled) {
      this.#show('↻', 'yellow', 'retried');
    } else if (type.endsWith('StateExited')) {
      const durationMs = at.getTime() - (this.#enteredAtMs.get(this.#state) ?? at.getTime());
      this.#show('✓', 'green', `left after ${durationMs} ms`);
    }
    this.#wasScheduled = type === 'TaskScheduled' || (this.#wasScheduled && !type.endsWith('StateEntered'));
  }

  /** Prints the versions of the secret with their labels before and after. */
  versions(before: readonly LabelledVersion[], after: readonly LabelledVersion[]): void {
    const labels = (versions: readonly LabelledVersion[], id: string): string => {
      const version = versions.find(candidate => candidate.id === id);
      return version === undefined ? '–' : version.labels.join(', ') || 'no label';
    };
    const table = new Table({ head: ['version', 'before', 'after'], style: { head: [], border: [] } });
    for (const { id } of after) table.push([id, labels(before, id), labels(after, id)]);
    this.line(table.toString());
  }

  #show(mark: string, style: Style, what: string): void {
    this.line(`  ${this.#style(style, mark)} ${this.#state.padEnd(16)} ${what}`);
  }

  #style(style: Style, text: string): string {
    return styleText(style, text, { stream: this.#out });
  }
}

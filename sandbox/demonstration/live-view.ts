import { styleText } from 'node:util';
import Table from 'cli-table3';
import { StepReader } from '../../cli/shared/execution-steps.ts';
import { stepLine } from '../../cli/shared/live-view.ts';
import type { LabelledVersion } from '../rotation-run.ts';
import type { ExecutionEvent } from '../step-functions/executions.ts';
import { detailsMember } from '../step-functions/history-wire.ts';

type Style = Parameters<typeof styleText>[0];

/** Prints a rotation; colours are used on terminals only. */
export class LiveView {
  readonly #out: NodeJS.WritableStream;
  readonly #steps = new StepReader();

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

  /** Prints the steps that an event of an execution describes. */
  event(event: ExecutionEvent): void {
    const details = detailsMember(event.type);
    const steps = this.#steps.read({
      id: event.id,
      type: event.type,
      timestamp: event.at,
      [details]: event.details,
    });
    for (const step of steps) this.line(stepLine(step, (style, text) => this.#style(style, text)));
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

  #style(style: Style, text: string): string {
    return styleText(style, text, { stream: this.#out });
  }
}

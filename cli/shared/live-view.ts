import type { ExecutionStep } from './execution-steps.ts';
import type { Terminal } from './terminal.ts';

type Style = Parameters<Terminal['style']>[0];

/** The width of the longest state name. */
const STATE_WIDTH = 18;

/** Formats a step of an execution as one line; `style` colours its mark. */
export function stepLine(step: ExecutionStep, style: (style: Style, text: string) => string): string {
  const [mark, markStyle, subject, what] = lineOf(step);
  return `  ${style(markStyle, mark)} ${subject.padEnd(STATE_WIDTH)} ${what}`;
}

type Line = readonly [mark: string, style: Style, subject: string, what: string];

function lineOf(step: ExecutionStep): Line {
  switch (step.kind) {
    case 'entered':
      return ['→', 'cyan', step.state, 'entered'];
    case 'attemptFailed':
      return ['✗', 'red', step.state, `attempt ${step.attempt} failed: ${step.error}`];
    case 'retried':
      return ['↻', 'yellow', step.state, `attempt ${step.attempt}, after ${step.error}`];
    case 'left': {
      const caught = step.caught === undefined ? '' : `, caught ${step.caught}`;
      return ['✓', 'green', step.state, `left after ${duration(step.durationMs)}${caught}`];
    }
    case 'redriven':
      return ['↻', 'yellow', 'redriven', `redrive ${step.redriveCount} of this execution`];
    case 'closed':
      return step.failure === undefined
        ? ['●', 'green', 'succeeded', `after ${duration(step.durationMs)}`]
        : ['●', 'red', 'failed', `after ${duration(step.durationMs)}`];
  }
}

function duration(ms: number): string {
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

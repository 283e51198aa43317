import type { ExecutionStep } from './execution-steps.ts';
import type { Terminal } from './terminal.ts';

type Style = Parameters<Terminal['style']>[0];

/** How wide the longest name of a state is. */
const STATE_WIDTH = 18;

/** Shows a step to the person who waits. */
export function showStep(step: ExecutionStep, terminal: Terminal): void {
  const show = (mark: string, style: Style, state: string, what: string): void =>
    terminal.note(`  ${terminal.style(style, mark, terminal.err)} ${state.padEnd(STATE_WIDTH)} ${what}`);
  switch (step.kind) {
    case 'entered':
      return show('→', 'cyan', step.state, 'entered');
    case 'attemptFailed':
      return show('✗', 'red', step.state, `failed: ${step.error}`);
    case 'retried':
      return show('↻', 'yellow', step.state, `attempt ${step.attempt}, after ${step.error}`);
    case 'left':
      return show(
        '✓',
        'green',
        step.state,
        `left after ${duration(step.durationMs)}${step.caught === undefined ? '' : `, caught ${step.caught}`}`,
      );
    case 'redriven':
      return show('↻', 'yellow', 'redriven', `for the ${ordinal(step.redriveCount)} time`);
    case 'closed':
      return step.failure === undefined
        ? show('●', 'green', 'succeeded', `after ${duration(step.durationMs)}`)
        : show('●', 'red', 'failed', `after ${duration(step.durationMs)}`);
  }
}

/** A short time for a person. */
export function duration(ms: number): string {
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

function ordinal(count: number): string {
  return count === 1 ? 'first' : `${count}.`;
}

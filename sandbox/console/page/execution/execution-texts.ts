import type { StateRun } from '../../../step-functions/state-runs.ts';
import type { ExecutionView } from '../../views.ts';
import { APPEARANCES } from '../appearance.ts';

/** The status of an execution, in one or two sentences. */
export function executionSentence(
  { status, error, redriveCount, isRedrivable }: ExecutionView,
  states: readonly StateRun[],
): string {
  const { word } = APPEARANCES[status];
  const after =
    redriveCount === 0 ? '' : ` after ${redriveCount === 1 ? 'a redrive' : `${redriveCount} redrives`}`;
  const state = states.at(-1)?.name;
  const where = state === undefined ? '' : ` in ${state}`;
  const why = error === undefined ? '' : `: ${error}`;
  const next = isRedrivable ? ' It can be redriven.' : '';
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}${after}${where}${why}.${next}`;
}

/** The text of a cause: the message in Lambda's JSON, or the cause itself. */
export function failureText(cause: string): string {
  try {
    const failure: unknown = JSON.parse(cause);
    if (typeof failure !== 'object' || failure === null || !('errorMessage' in failure)) return cause;
    return typeof failure.errorMessage === 'string' ? failure.errorMessage : cause;
  } catch {
    return cause;
  }
}

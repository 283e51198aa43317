import type { StateRun } from '../../../step-functions/state-runs.ts';
import { APPEARANCES, type Tone } from '../appearance.ts';

/** How the graph shows a state. */
export interface StateLook {
  readonly tone: Tone;
  /** Its status in words. */
  readonly word: string;
  /** Counts, such as `retried ×1`. */
  readonly badges: readonly string[];
  /** All of it in one sentence, starting with the text in the graph. */
  readonly sentence: string;
}

/** The look of a state that was not entered. */
const NOT_ENTERED: Omit<StateLook, 'sentence'> = { ...APPEARANCES.notEntered, badges: [] };

/** The look of a state after the execution's visits to it. */
export function stateLook(name: string, states: readonly StateRun[]): StateLook {
  const visits = states.filter(run => run.name === name);
  const last = visits.at(-1);
  if (last === undefined) return { ...NOT_ENTERED, sentence: `${name}: ${NOT_ENTERED.word}` };
  const { tone, word } = APPEARANCES[last.status];
  const badges = [
    ...times('retried', retryCount(last)),
    ...times('redriven', last.redriveCount),
    ...(visits.length > 1 ? [`entered ×${visits.length}`] : []),
  ];
  const why = last.error === undefined ? [] : [last.error];
  return { tone, word, badges, sentence: `${name}: ${[word, ...badges, ...why].join(', ')}` };
}

/** The number of automatic retries; the first attempt after a redrive does not count. */
export function retryCount({ attempts }: StateRun): number {
  return attempts.filter(({ redriveCount }, index) => attempts[index - 1]?.redriveCount === redriveCount)
    .length;
}

function times(what: string, count: number): readonly string[] {
  return count === 0 ? [] : [`${what} ×${count}`];
}

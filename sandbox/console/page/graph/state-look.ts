import type { StateRun } from '../../../step-functions/state-runs.ts';
import { APPEARANCES, type Tone } from '../appearance.ts';

/** How a state of the graph looks, after its last stay. */
export interface StateLook {
  readonly tone: Tone;
  /** Its status in words. */
  readonly word: string;
  /** Counts, such as `retried ×1`. */
  readonly badges: readonly string[];
  /** All of it in one sentence, which begins with what the graph shows. */
  readonly sentence: string;
}

/** The look of a state that was not entered. */
const UNTOUCHED: Omit<StateLook, 'sentence'> = { ...APPEARANCES.notEntered, badges: [] };

/** The look of a state after the execution's stays in it. */
export function stateLook(name: string, states: readonly StateRun[]): StateLook {
  const stays = states.filter(run => run.name === name);
  const last = stays.at(-1);
  if (last === undefined) return { ...UNTOUCHED, sentence: `${name}: ${UNTOUCHED.word}` };
  const { tone, word } = APPEARANCES[last.status];
  const badges = [
    ...times('retried', retryCount(last)),
    ...times('redriven', last.redriveCount),
    ...(stays.length > 1 ? [`entered ×${stays.length}`] : []),
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

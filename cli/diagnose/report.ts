import type { Ending } from '../exit-code.ts';
import type { Terminal } from '../shared/terminal.ts';
import type { StepResult } from './steps.ts';

const MARKS = {
  ok: { word: 'ok', style: 'green' },
  wrong: { word: 'wrong', style: 'red' },
  skipped: { word: 'skipped', style: 'yellow' },
} as const;
const WORD_WIDTH = 8;
const STEP_WIDTH = 19;

/** What a diagnosis comes to. */
export interface Verdict {
  readonly ending: Extract<Ending, 'done' | 'failed' | 'unhealthy'>;
  /** One paragraph. */
  readonly text: string;
}

/** Prints one step as a line. */
export function printStep({ step, status, found }: StepResult, terminal: Terminal): void {
  const { word, style } = MARKS[status];
  terminal.line(`${terminal.style(style, word.padEnd(WORD_WIDTH))}${step.padEnd(STEP_WIDTH)}${found}`);
}

/** What the steps come to: the first one that is wrong counts, since those after it may only follow from it. */
export function verdictOf(results: readonly StepResult[], secretId: string): Verdict {
  const first = results.find(({ status }) => status === 'wrong');
  if (first !== undefined) {
    return { ending: 'unhealthy', text: `The first thing that is wrong is ${first.step}. ${first.fix}` };
  }
  const unseen = results.filter(result => result.unseen === true).map(({ step }) => step);
  if (unseen.length > 0) {
    return {
      ending: 'failed',
      text: `Nothing wrong was seen, but your identity may not look at ${unseen.join(', ')}. Use one that may, with --profile, or have these calls allowed.`,
    };
  }
  const tested = results.some(({ step }) => step === 'configuration-test');
  const proof = tested
    ? ''
    : ' What the functions themselves may do shows when they run: --test lets Secrets Manager test the configuration, which spends nothing.';
  return {
    ending: 'done',
    text: `All is well.${proof} The smoke test of a new deployment is a rotation: npm run cli -- rotate ${secretId}`,
  };
}

/** The diagnosis as one object. */
export function diagnosisResult(secretId: string, results: readonly StepResult[], verdict: Verdict): object {
  const first = results.find(({ status }) => status === 'wrong');
  return {
    secret: secretId,
    healthy: verdict.ending === 'done',
    ...(first !== undefined && { firstWrong: first.step, fix: first.fix }),
    steps: results.map(({ step, status, found, fix }) => ({
      step,
      status,
      found,
      ...(fix !== undefined && { fix }),
    })),
  };
}

import type { Ending } from '../exit-code.ts';
import type { CommandLine } from '../shared/command-line.ts';
import type { Terminal } from '../shared/terminal.ts';
import type { StepName, StepResult } from './steps.ts';

const COLOURS = { ok: 'green', wrong: 'red', skipped: 'yellow' } as const;
const STATUS_WIDTH = 8;
const STEP_WIDTH = 19;

/** What a diagnosis comes to. */
export interface Verdict {
  readonly ending: Extract<Ending, 'done' | 'failed' | 'unhealthy'>;
  /** One paragraph. */
  readonly text: string;
}

/** Prints one step as a line. */
export function printStep({ step, status, found }: StepResult, terminal: Terminal): void {
  const word = terminal.style(COLOURS[status], status.padEnd(STATUS_WIDTH));
  terminal.line(`${word}${step.padEnd(STEP_WIDTH)}${found}`);
}

/** What the steps come to: the first one that is wrong counts, since those after it may only follow from it. */
export function verdictOf(results: readonly StepResult[], secretId: string, command: CommandLine): Verdict {
  const first = results.find(({ status }) => status === 'wrong');
  if (first !== undefined) {
    return { ending: 'unhealthy', text: `The first thing that is wrong is ${first.step}. ${first.fix}` };
  }
  const seen = (name: StepName): boolean =>
    results.some(({ step, status }) => step === name && status === 'ok');
  // The test of the configuration is another way to see what the functions may do.
  const unseen = results
    .filter(({ step, unseen }) => unseen === true && !(step === 'permissions' && seen('configuration-test')))
    .map(({ step }) => step);
  if (unseen.length > 0) {
    const byTest = unseen.includes('permissions')
      ? ' --test lets Secrets Manager test the configuration, in which the functions that it runs show what they may do; it spends nothing.'
      : '';
    return {
      ending: 'failed',
      text: `Nothing wrong was seen, but ${unseen.join(', ')} could not be looked at. Use an identity that may, with --profile, or have these calls allowed.${byTest}`,
    };
  }
  return {
    ending: 'done',
    text: `All is well${seen('permissions') ? '' : ', as far as a test shows it'}. The smoke test of a new deployment is a rotation: ${command(`rotate ${secretId}`)}`,
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

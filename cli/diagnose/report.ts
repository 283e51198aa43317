import type { CommandLine } from '../../functions/shared/output/command-line.ts';
import type { ExitReason } from '../exit-code.ts';
import type { Terminal } from '../shared/terminal.ts';
import type { StepName, StepResult } from './steps.ts';

const COLOURS = { ok: 'green', wrong: 'red', skipped: 'yellow' } as const;
const STATUS_WIDTH = 8;
const STEP_WIDTH = 19;

/** The result of a diagnosis. */
export interface Verdict {
  readonly exitReason: Extract<ExitReason, 'done' | 'failed' | 'unhealthy'>;
  /** One paragraph. */
  readonly text: string;
}

/** Prints one step as a line. */
export function printStep({ step, status, found }: StepResult, terminal: Terminal): void {
  const word = terminal.style(COLOURS[status], status.padEnd(STATUS_WIDTH));
  terminal.line(`${word}${step.padEnd(STEP_WIDTH)}${found}`, STATUS_WIDTH + STEP_WIDTH);
}

/** Summarises the steps. Reports only the first problem, because it may have caused the later ones. */
export function verdictOf(results: readonly StepResult[], secretId: string, command: CommandLine): Verdict {
  const first = results.find(({ status }) => status === 'wrong');
  if (first !== undefined) {
    return { exitReason: 'unhealthy', text: `First problem: ${first.step}. ${first.fix}` };
  }
  const passed = (name: StepName): boolean =>
    results.some(({ step, status }) => step === name && status === 'ok');
  // The configuration test also shows what the functions may do.
  const unchecked = results
    .filter(
      ({ step, isUnchecked }) =>
        isUnchecked === true && !(step === 'permissions' && passed('configuration-test')),
    )
    .map(({ step }) => step);
  if (unchecked.length > 0) {
    const byTest = unchecked.includes('permissions')
      ? ' --test lets Secrets Manager test the configuration, which runs some of the functions with their own roles and spends nothing.'
      : '';
    return {
      exitReason: 'failed',
      text: `No problem found, but your identity may not check ${unchecked.join(', ')}. Use another identity with --profile, or request permission for these calls.${byTest}`,
    };
  }
  return {
    exitReason: 'done',
    text: `No problem found${passed('permissions') ? '' : ' by the configuration test'}. To test a new deployment completely, rotate: ${command`rotate ${secretId}`}`,
  };
}

/** The diagnosis as one object. */
export function diagnosisResult(secretId: string, results: readonly StepResult[], verdict: Verdict): object {
  const first = results.find(({ status }) => status === 'wrong');
  return {
    secret: secretId,
    healthy: verdict.exitReason === 'done',
    ...(first !== undefined && { firstWrong: first.step, fix: first.fix }),
    steps: results.map(({ step, status, found, fix }) => ({
      step,
      status,
      found,
      fix,
    })),
  };
}

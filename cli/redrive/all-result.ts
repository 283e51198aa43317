import type { CommandLine } from '../../functions/shared/output/command-line.ts';
import type { Ending } from '../exit-code.ts';
import { endText, type RotationEnd } from '../shared/rotation-end.ts';

/** The result of one of many executions. */
export type AllResult = { readonly secret: string; readonly execution: string } & (
  | RotationEnd
  /** It is running, or another execution of the secret is. */
  | { readonly outcome: 'running' }
  /** Somebody else, such as Secrets Manager, redrove it, and it succeeded. */
  | { readonly outcome: 'succeeded' }
  /** Ctrl-C came first. */
  | { readonly outcome: 'notBegun' }
  /** Its cause does not seem fixed. */
  | { readonly outcome: 'leftOut'; readonly message: string }
  /** Step Functions no longer redrives it, or AWS refused a call. */
  | { readonly outcome: 'notRedrivable' | 'error'; readonly message: string }
);

type Outcome = AllResult['outcome'];

/** The sum of many results. */
export interface Summary {
  readonly counts: Readonly<Record<'rotated' | 'failed' | 'stillRunning' | 'leftOut' | 'notBegun', number>>;
  readonly ending: Ending;
  readonly text: string;
}

const GOOD: ReadonlySet<Outcome> = new Set(['rotated', 'superseded', 'configurationChecked', 'succeeded']);
const BAD: ReadonlySet<Outcome> = new Set(['failed', 'notRedrivable', 'error']);
const GOING_ON: ReadonlySet<Outcome> = new Set(['stillRunning', 'running']);

/** Whether the rotation has succeeded. */
export function isGood({ outcome }: AllResult): boolean {
  return GOOD.has(outcome);
}

/** One result: in one line, or the secret's name above the blocks of a failure. */
export function resultText(result: AllResult, command: CommandLine): string {
  const { secret } = result;
  switch (result.outcome) {
    case 'running':
      return `${secret}: a rotation is already running.`;
    case 'succeeded':
      return `${secret}: its rotation has succeeded in the meantime.`;
    case 'notBegun':
      return `${secret}: not redriven, because of Ctrl-C.`;
    case 'leftOut':
      return `${secret}: not redriven. ${result.message}`;
    case 'notRedrivable':
    case 'error':
      return `${secret}: ${result.message}`;
    case 'failed':
      return `${secret}\n${endText(result, { secretName: secret, command })}`;
    default:
      return `${secret}: ${endText(result, { secretName: secret, command })}`;
  }
}

/** Sums up the results; the worst one determines the exit code. */
export function summaryOf(results: readonly AllResult[]): Summary {
  const among = (outcomes: ReadonlySet<Outcome>): number =>
    results.filter(({ outcome }) => outcomes.has(outcome)).length;
  const counts = {
    rotated: among(GOOD),
    failed: among(BAD),
    stillRunning: among(GOING_ON),
    leftOut: among(new Set(['leftOut'])),
    notBegun: among(new Set(['notBegun'])),
  };
  return { counts, ending: endingOf(counts), text: textOf(counts, results.length) };
}

function endingOf({ failed, stillRunning, leftOut }: Summary['counts']): Ending {
  if (failed > 0) return 'rotationFailed';
  if (leftOut > 0) return 'refused';
  return stillRunning > 0 ? 'stillRunning' : 'done';
}

function textOf(
  { rotated, failed, stillRunning, leftOut, notBegun }: Summary['counts'],
  all: number,
): string {
  if (all === 0) return 'No failed rotations to redrive.';
  const parts = [
    `${rotated} done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(stillRunning > 0 ? [`${stillRunning} still running`] : []),
    ...(leftOut > 0
      ? [`${leftOut} skipped, because their cause does not seem fixed (--force redrives them)`]
      : []),
    ...(notBegun > 0 ? [`${notBegun} not started`] : []),
  ];
  return `Of ${all} failed rotations: ${parts.join(', ')}.`;
}

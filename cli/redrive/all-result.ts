import type { Ending } from '../exit-code.ts';
import type { CommandLine } from '../shared/command-line.ts';
import { endText } from '../shared/end-text.ts';
import type { RotationEnd } from '../shared/rotation-end.ts';

/** What became of one of many executions. */
export type AllResult = { readonly secret: string; readonly execution: string } & (
  | RotationEnd
  /** It runs, or another one of the secret does. */
  | { readonly outcome: 'running' }
  /** It was redriven meanwhile by somebody else, Secrets Manager perhaps, and has succeeded. */
  | { readonly outcome: 'succeeded' }
  /** Ctrl-C came first. */
  | { readonly outcome: 'notBegun' }
  /** Its cause does not look gone. */
  | { readonly outcome: 'leftOut'; readonly message: string }
  /** Step Functions does not redrive it any more, or a call was refused. */
  | { readonly outcome: 'notRedrivable' | 'error'; readonly message: string }
);

type Outcome = AllResult['outcome'];

/** What many results come to. */
export interface Summary {
  readonly counts: Readonly<Record<'rotated' | 'failed' | 'stillRunning' | 'leftOut' | 'notBegun', number>>;
  readonly ending: Ending;
  readonly text: string;
}

const GOOD: ReadonlySet<Outcome> = new Set(['rotated', 'superseded', 'configurationChecked', 'succeeded']);
const BAD: ReadonlySet<Outcome> = new Set(['failed', 'notRedrivable', 'error']);
const GOING_ON: ReadonlySet<Outcome> = new Set(['stillRunning', 'running']);

/** Whether the rotation is done. */
export function isGood({ outcome }: AllResult): boolean {
  return GOOD.has(outcome);
}

/** One result in one line. */
export function resultText(result: AllResult, command: CommandLine): string {
  const { secret, execution } = result;
  switch (result.outcome) {
    case 'running':
      return `${secret}: a rotation runs already.`;
    case 'succeeded':
      return `${secret}: its rotation has succeeded meanwhile.`;
    case 'notBegun':
      return `${secret}: not redriven any more.`;
    case 'leftOut':
      return `${secret}: not redriven. ${result.message}`;
    case 'notRedrivable':
    case 'error':
      return `${secret}: ${result.message}`;
    default:
      return `${secret}: ${endText(result, { secretName: secret, executionArn: execution, command })}`;
  }
}

/** Sums the results up; the worst of them decides how the program ends. */
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
  if (all === 0) return 'No failed rotation waits for a redrive.';
  const parts = [
    `${rotated} done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(stillRunning > 0 ? [`${stillRunning} still running`] : []),
    ...(leftOut > 0
      ? [`${leftOut} left out, because their cause does not look gone (--force takes them)`]
      : []),
    ...(notBegun > 0 ? [`${notBegun} not begun`] : []),
  ];
  return `Of ${all} failed rotations: ${parts.join(', ')}.`;
}

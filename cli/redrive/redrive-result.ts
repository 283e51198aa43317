import type { CommandLine } from '../../functions/shared/output/command-line.ts';
import type { ExitReason } from '../exit-code.ts';
import { describeResult, type RotationResult } from '../shared/rotation-result.ts';

/** The result of redriving one of many executions. */
export type RedriveResult = { readonly secret: string; readonly execution: string } & (
  | RotationResult
  /** It or another execution of the secret is running. */
  | { readonly outcome: 'running' }
  /** Somebody else, such as Secrets Manager, has redriven it, and it succeeded. */
  | { readonly outcome: 'succeeded' }
  /** Interrupted by Ctrl-C before it was redriven. */
  | { readonly outcome: 'notBegun' }
  /** Skipped, because its cause does not seem fixed. */
  | { readonly outcome: 'leftOut'; readonly message: string }
  /** It can no longer be redriven, or AWS refused a call. */
  | { readonly outcome: 'notRedrivable' | 'error'; readonly message: string }
);

type Outcome = RedriveResult['outcome'];

/** The summary of many results. */
export interface Summary {
  readonly counts: Readonly<Record<'rotated' | 'failed' | 'stillRunning' | 'leftOut' | 'notBegun', number>>;
  readonly exitReason: ExitReason;
  readonly text: string;
}

const SUCCEEDED: ReadonlySet<Outcome> = new Set([
  'rotated',
  'superseded',
  'configurationChecked',
  'succeeded',
]);
const FAILED: ReadonlySet<Outcome> = new Set(['failed', 'notRedrivable', 'error']);
const RUNNING: ReadonlySet<Outcome> = new Set(['stillRunning', 'running']);

/** Whether the rotation succeeded. */
export function hasSucceeded({ outcome }: RedriveResult): boolean {
  return SUCCEEDED.has(outcome);
}

/** Describes a result in one line; a failure in several lines below the secret's name. */
export function resultText(result: RedriveResult, command: CommandLine): string {
  const { secret } = result;
  switch (result.outcome) {
    case 'running':
      return `${secret}: a rotation is already running.`;
    case 'succeeded':
      return `${secret}: the rotation has already succeeded.`;
    case 'notBegun':
      return `${secret}: not redriven, interrupted by Ctrl-C.`;
    case 'leftOut':
      return `${secret}: not redriven. ${result.message}`;
    case 'notRedrivable':
    case 'error':
      return `${secret}: ${result.message}`;
    case 'failed':
      return `${secret}\n${describeResult(result, { secretName: secret, command })}`;
    default:
      return `${secret}: ${describeResult(result, { secretName: secret, command })}`;
  }
}

/** Summarises the results. The worst one determines the exit code. */
export function summaryOf(results: readonly RedriveResult[]): Summary {
  const count = (outcomes: ReadonlySet<Outcome>): number =>
    results.filter(({ outcome }) => outcomes.has(outcome)).length;
  const counts = {
    rotated: count(SUCCEEDED),
    failed: count(FAILED),
    stillRunning: count(RUNNING),
    leftOut: count(new Set(['leftOut'])),
    notBegun: count(new Set(['notBegun'])),
  };
  return { counts, exitReason: exitReasonOf(counts), text: textOf(counts, results.length) };
}

function exitReasonOf({ failed, stillRunning, leftOut }: Summary['counts']): ExitReason {
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
    `${rotated} succeeded`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(stillRunning > 0 ? [`${stillRunning} still running`] : []),
    ...(leftOut > 0
      ? [`${leftOut} skipped because the cause does not seem fixed (--force redrives them)`]
      : []),
    ...(notBegun > 0 ? [`${notBegun} not started`] : []),
  ];
  return `Redrive of ${all} failed ${all === 1 ? 'rotation' : 'rotations'}: ${parts.join(', ')}.`;
}

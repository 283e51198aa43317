import type { CommandLine } from './command-line.ts';
import type { ExecutionFailure } from './executions.ts';
import type { RotationEnd } from './rotation-end.ts';

/** Where the end is told of. */
interface Subject {
  readonly secretName: string;
  readonly executionArn: string;
  readonly command: CommandLine;
}

/** The end of a rotation in one paragraph. */
export function endText(end: RotationEnd, { secretName, executionArn, command }: Subject): string {
  switch (end.outcome) {
    case 'rotated':
      return `Rotated ${secretName}: AWSCURRENT moved${end.previousVersionId === undefined ? '' : ` from version ${end.previousVersionId}`} to ${end.currentVersionId}.`;
    case 'superseded':
      return `Superseded: somebody stored a newer credential in ${secretName} meanwhile, version ${end.currentVersionId}, and it stays. Nothing is left to do.`;
    case 'configurationChecked':
      return `The configuration of ${secretName} was tested, and nothing changed.`;
    case 'stillRunning':
      return `The rotation of ${secretName} goes on; this program has stopped waiting for it. Follow it again with: ${command(`redrive ${executionArn}`)}`;
    case 'failed':
      return `The rotation of ${secretName} ${failureText(end)} ${end.credential} ${end.action} Then: ${command(`redrive ${executionArn}`)} (see ${end.runbook})`;
  }
}

/** What failed, and why, without what to do. */
export function failureText({
  state,
  error,
  message,
}: Omit<ExecutionFailure, 'message'> & { readonly message?: string | undefined }): string {
  return `failed${state === undefined ? '' : ` in ${state}`}: ${error}. ${message === undefined ? '' : withoutRunbook(message)}`.trim();
}

/** The functions' messages end with the runbook's entry, which stands at the end of what is printed. */
function withoutRunbook(message: string): string {
  return message.replace(/ Runbook: \S+$/, '');
}

import type { CommandLine } from './command-line.ts';
import type { ExecutionFailure } from './executions.ts';
import type { RotationEnd } from './rotation-end.ts';

/** What the text is about. */
interface Subject {
  readonly secretName: string;
  readonly executionArn: string;
  readonly command: CommandLine;
}

/** Describes the end of a rotation in one paragraph. */
export function endText(end: RotationEnd, { secretName, executionArn, command }: Subject): string {
  switch (end.outcome) {
    case 'rotated':
      return `Rotated ${secretName}: AWSCURRENT moved${end.previousVersionId === undefined ? '' : ` from version ${end.previousVersionId}`} to ${end.currentVersionId}.`;
    case 'superseded':
      return `Superseded: AWSCURRENT of ${secretName} got a newer login or newer tokens during the rotation, in version ${end.currentVersionId}. They stay. Nothing is left to do.`;
    case 'configurationChecked':
      return `The configuration of ${secretName} is valid. Nothing was changed.`;
    case 'stillRunning':
      return `Timed out. The rotation of ${secretName} is still running. Follow it with: ${command`redrive ${executionArn}`}`;
    case 'failed':
      return `The rotation of ${secretName} ${failureText(end)} ${end.credential} ${end.action} Then: ${command`redrive ${executionArn}`} (see ${end.runbook})`;
  }
}

/** What failed and why. */
export function failureText({
  state,
  error,
  message,
}: Omit<ExecutionFailure, 'message'> & { readonly message?: string | undefined }): string {
  return `failed${state === undefined ? '' : ` in ${state}`}: ${error}. ${message === undefined ? '' : withoutRunbook(message)}`.trim();
}

/** The functions' messages end with the runbook entry, which is printed at the end of the text instead. */
function withoutRunbook(message: string): string {
  return message.replace(/ Runbook: \S+$/, '');
}

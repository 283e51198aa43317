import { stepLines, type Verdict } from '../../functions/shared/executions/verdict.ts';
import type { CommandLine } from '../../functions/shared/output/command-line.ts';

/** What the text is about. */
interface Subject {
  readonly secretName: string;
  /** The message of the function that failed. */
  readonly message?: string | undefined;
  readonly command: CommandLine;
}

/** A verdict in lines: the impact, the cause, and a line for each thing to do. */
export function verdictLines(
  { impact, cause, steps, runbookEntry }: Verdict,
  { secretName, message, command }: Subject,
): readonly string[] {
  return [
    impact,
    ...(cause === undefined ? [] : [cause]),
    ...(message === undefined ? [] : [message]),
    ...stepLines(steps, secretName, command),
    ...(runbookEntry === undefined ? [] : [`Runbook: docs/runbook.md#${runbookEntry}`]),
  ];
}

/** A verdict as members of a JSON object; the commands are complete. */
export function verdictResult(
  { impact, cause, steps, runbookEntry }: Verdict,
  { secretName, command }: Subject,
): object {
  return {
    impact,
    cause: cause ?? null,
    next: steps.map(({ text, command: words }) => ({
      text,
      command: words === undefined ? null : command`${words} ${secretName}`,
    })),
    runbook: runbookEntry === undefined ? null : `docs/runbook.md#${runbookEntry}`,
  };
}

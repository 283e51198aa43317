import type { Step, Verdict } from '../../functions/shared/executions/verdict.ts';
import type { CommandLine } from '../../functions/shared/output/command-line.ts';

/** The credential and its failure. */
interface Subject {
  readonly secretName: string;
  /** The message of the function that failed. */
  readonly message?: string | undefined;
  readonly command: CommandLine;
}

/** Formats a verdict: the impact, what happened, and what to do, each command on its own line. */
export function verdictLines(
  { impact, cause, steps, runbookEntry }: Verdict,
  { secretName, message, command }: Subject,
): readonly string[] {
  const happened = [cause, message].filter(text => text !== undefined);
  const next = ({ text, command: words }: Step): string[] =>
    words === undefined ? [`  ${text}.`] : [`  ${text}:`, `    ${command`${words} ${secretName}`}`];
  return [
    'Impact',
    `  ${impact}`,
    ...(happened.length === 0 ? [] : ['What happened', ...happened.map(text => `  ${text}`)]),
    ...(steps.length === 0 ? [] : ['Next', ...steps.flatMap(next)]),
    ...(runbookEntry === undefined ? [] : [`Runbook: docs/runbook.md#${runbookEntry}`]),
  ];
}

/** A verdict as members of a JSON object, with complete commands. */
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
